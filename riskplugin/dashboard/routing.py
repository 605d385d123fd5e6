"""How every route answers what goes wrong: one shape, never a traceback, never a secret echoed."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from riskplugin.calm import calm_logger
from riskplugin.control.people import Denied
from riskplugin.ports import LedgerError

logger = calm_logger(__name__)

#: What no browser may keep, and none may guess the kind of.
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
#: Seconds after which a ledger that could not be read is worth another try.
AGAIN = 5

#: The largest request, in bytes.
MOST = 65_536

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class RiskRoute(APIRoute):
    """A route whose errors are answers, whichever application it is part of."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            refusal = _unreadable(request)
            response = refusal or await _answered(handle, request)
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return answer


def _unreadable(request: Request) -> Response | None:
    """Bodies are JSON that says so: no other site can make a browser send that unasked."""
    length = request.headers.get("content-length", "0")
    chunked = "transfer-encoding" in request.headers
    if not chunked and length == "0":
        return None
    if not length.isdecimal() or int(length) > MOST or chunked:
        return said(413, f"a request is at most {MOST} bytes, and says how many it has")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return None if kind == "application/json" else said(415, "send JSON: application/json")


async def _answered(handle: Handler, request: Request) -> Response:
    try:
        return await handle(request)
    except Denied as denied:
        return _denied(denied)
    except HTTPException as refused:
        return JSONResponse(
            {"detail": refused.detail}, status_code=refused.status_code, headers=refused.headers
        )
    except RequestValidationError as wrong:
        return JSONResponse(
            {"detail": "the request cannot be read", "problems": _problems(wrong.errors())},
            status_code=422,
        )
    except LedgerError as error:
        logger.warning("riskplugin: %s", error)
        return said(503, str(error), retry_after=AGAIN)


def _denied(denied: Denied) -> JSONResponse:
    more = {"wants_code": True} if denied.wants_code else {}
    return said(denied.status, denied.text, retry_after=denied.retry_after or None, **more)


def said(status: int, text: str, *, retry_after: float | None = None, **more: Any) -> JSONResponse:
    """An answer that is a sentence."""
    headers = {} if retry_after is None else {"Retry-After": str(max(1, round(retry_after)))}
    if status == 401:
        headers["WWW-Authenticate"] = "RiskToken"
    return JSONResponse({"detail": text, **more}, status_code=status, headers=headers)


def _problems(errors: Sequence[Any]) -> list[dict[str, str]]:
    """Where and what, without the value: it may be a password."""
    return [
        {"where": ".".join(str(part) for part in error["loc"]), "what": str(error["msg"])}
        for error in errors
    ]
