"""`riskplugin dashboard` as an application: every bot of a ledger, behind a sign-in of its own.

While nobody is registered it serves its own machine only; whoever sits there acts under the login
name of the shell.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from riskplugin.control.people import People
from riskplugin.dashboard.api import install
from riskplugin.dashboard.ledger_desk import LedgerDesk
from riskplugin.dashboard.page import PAGE_HEADERS
from riskplugin.dashboard.routing import said
from riskplugin.ledger.reader import LedgerReader

#: What a browser calls this machine. Any other name on a loopback address is somebody's trick: a
#: page from elsewhere whose host name was pointed here.
_HERE = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
#: Chains in the ledger that are no bot's.
PEOPLES, WATCHDOGS = "people", ".watchdog"

Next = Callable[[Request], Awaitable[Response]]


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
        """The desk of one bot."""
        return LedgerDesk(self.reader, bot, self.via)

    def guest(self, login: str | None) -> str:
        """Whoever can reach this machine's own address sits at it."""
        return self.shell


def dashboard_app(office: LedgerOffice, *, loopback: bool) -> FastAPI:
    """The application. ``loopback``: it listens on this machine's own address only."""
    app = FastAPI(title="riskplugin", docs_url=None, redoc_url=None, openapi_url=None)
    install(app, office)

    @app.get("/", include_in_schema=False)
    def home() -> Response:
        return RedirectResponse("risk")

    @app.middleware("http")
    async def at_the_gate(request: Request, go_on: Next) -> Response:
        host = (request.headers.get("host") or "").rpartition(":")[0] or request.headers.get("host")
        if loopback and host not in _HERE:
            return said(403, "this dashboard answers on the address of its own machine only")
        response = await go_on(request)
        for name in ("X-Frame-Options", "Content-Security-Policy", "X-Content-Type-Options"):
            response.headers.setdefault(name, PAGE_HEADERS[name])
        return response

    return app


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
