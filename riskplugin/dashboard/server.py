"""`riskplugin dashboard` as an application: every bot of a ledger, behind a sign-in of its own.

While nobody is registered it serves its own machine only; whoever sits there acts under the login
name of the shell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

from fastapi import FastAPI, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from riskplugin.control.people import People
from riskplugin.dashboard.api import install
from riskplugin.dashboard.ledger_desk import LedgerDesk
from riskplugin.dashboard.page import PAGE_HEADERS
from riskplugin.dashboard.routing import said
from riskplugin.ledger.reader import LedgerReader

#: What a browser calls this machine. Any other name on a loopback address is somebody's trick: a
#: page from elsewhere whose host name was pointed here.
_HERE = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
_ALWAYS = ("X-Frame-Options", "Content-Security-Policy", "X-Content-Type-Options")
#: Chains in the ledger that are no bot's.
PEOPLES, WATCHDOGS = "people", ".watchdog"


@dataclass(frozen=True)
class LedgerOffice:
    """The bots of one ledger; ``only`` names one of them, ``shell`` whoever started this."""

    reader: LedgerReader
    people: People
    shell: str
    only: str | None = None
    patience: float = 8.0
    via: str = "dashboard"
    own_login: bool = False

    def bots(self) -> list[str]:
        """The bots that are shown."""
        if self.only is not None:
            return [self.only]
        return [b for b in self.reader.bots() if b != PEOPLES and not b.endswith(WATCHDOGS)]

    def desk(self, bot: str) -> LedgerDesk:
        """The desk of one bot, or of its watchdog."""
        return LedgerDesk(self.reader, bot, self.via)

    def guest(self, login: str | None) -> str:
        """Whoever can reach this machine's own address sits at it."""
        return self.shell


def dashboard_app(
    office: LedgerOffice, *, loopback: bool, leaving: Callable[[], bool] | None = None
) -> FastAPI:
    """The application. ``loopback``: it listens on this machine's own address only; ``leaving``:
    the server is about to end (without it the page has no stream, and asks now and then).
    """
    app = FastAPI(title="riskplugin", docs_url=None, redoc_url=None, openapi_url=None)
    install(app, office, leaving=leaving)

    @app.get("/", include_in_schema=False)
    def home() -> Response:
        return RedirectResponse("risk")

    app.add_middleware(Gate, loopback=loopback)
    return app


class Gate:
    """Before every route: whoever calls a loopback address by another name is refused. Behind
    it: no answer is without the headers of the page.
    """

    def __init__(self, app: ASGIApp, *, loopback: bool) -> None:
        self._app, self._loopback = app, loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it through, or answer 403."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = self._app
        if self._loopback and _host(Headers(scope=scope)) not in _HERE:
            answer = said(403, "this dashboard answers on the address of its own machine only")

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in (
                    "X-Frame-Options",
                    "Content-Security-Policy",
                    "X-Content-Type-Options",
                ):
                    headers.setdefault(name, PAGE_HEADERS[name])
            await send(message)

        await answer(scope, receive, dressed)


def _host(headers: Headers) -> str:
    called = headers.get("host", "")
    return called.rpartition(":")[0] or called


def is_loopback(address: str) -> bool:
    """True for an address that no other machine can reach.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost")
    (True, True, True)
    >>> is_loopback("0.0.0.0"), is_loopback("192.168.1.4"), is_loopback("example")
    (False, False, False)
    """
    if address == "localhost":
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
