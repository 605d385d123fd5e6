"""The answers of an exchange that is not well, and the two plain kinds of answer."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from aiohttp import web

from riskplugin.sandbox.errors import insufficient_balance, insufficient_margin
from riskplugin.sandbox.faults import Fault

_HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


def json_answer(answer: object, status: int = 200) -> web.Response:
    """An answer in JSON."""
    return web.Response(status=status, body=orjson.dumps(answer), content_type="application/json")


def text_answer(text: str, content_type: str) -> web.Response:
    """An answer as it stands."""
    return web.Response(text=text, content_type=content_type)


def broken_answer(fault: Fault, path: str) -> web.Response:
    """Answers that need no endpoint."""
    if fault.kind in ("rate_limit", "ban"):
        return _slow_down(fault)
    return _READY[fault.kind]() if fault.kind in _READY else _refusal(fault, path)


def _unknown_error() -> web.Response:
    return json_answer({"code": -1000, "msg": "An unknown error occurred."}, 500)


def _unavailable() -> web.Response:
    return web.Response(status=503, text=_HTML, content_type="text/html")


def _slow_down(fault: Fault) -> web.Response:
    status = 429 if fault.kind == "rate_limit" else 418
    body = {"code": -1003, "msg": "Too many requests; current limit is 2400 requests per minute."}
    headers = {"Retry-After": str(fault.retry_after_s)}
    return web.Response(
        status=status, body=orjson.dumps(body), headers=headers, content_type="application/json"
    )


def _refusal(fault: Fault, path: str) -> web.Response:
    usual = insufficient_balance() if path.startswith("/api/") else insufficient_margin()
    code = usual.code if fault.code is None else fault.code
    return json_answer({"code": code, "msg": fault.msg or usual.msg}, 400)


_READY: dict[str, Callable[[], web.Response]] = {
    "http_500": _unknown_error,
    "balance_down": _unknown_error,
    "http_503": _unavailable,
    "malformed": lambda: text_answer('{"balances": [{"asset": "USD', "application/json"),
    "empty": lambda: text_answer("", "application/json"),
    "html": lambda: text_answer(_HTML, "text/html"),
}
