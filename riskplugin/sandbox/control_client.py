"""A client for the control endpoints, for tests, demos and scripts. Standard library only."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal
from typing import Any

Json = dict[str, Any]
_TIMEOUT_S = 10.0


class ControlError(RuntimeError):
    """The sandbox refused a control request; the text says why."""


class ControlClient:
    """Talks to `/control/…` at a sandbox's base address."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reads no certificates: 25 ms
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # self-signed, and loopback only
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )

    def state(self) -> Json:
        """Scenario, phase and prices."""
        answer: Json = self._ask("GET", "state")
        return answer

    def scenario(self, name: str, *, speed: float = 1.0, after_seconds: float = 0.0) -> Json:
        """Start a scenario."""
        answer: Json = self._ask(
            "POST", "scenario", name=name, speed=speed, after_seconds=after_seconds
        )
        return answer

    def price(self, pair: str | None, factor: float) -> Json:
        """Multiply the price of a pair, or of all with None, by a factor."""
        chosen = {} if pair is None else {"pair": pair}
        answer: Json = self._ask("POST", "price", factor=factor, **chosen)
        return answer

    def hold(self) -> Json:
        """Freeze all prices."""
        answer: Json = self._ask("POST", "hold", hold=True)
        return answer

    def resume(self) -> Json:
        """Let frozen prices go on."""
        answer: Json = self._ask("POST", "hold", hold=False)
        return answer

    def deposit(self, key: str, amount: Decimal | float | str, *, market: str = "futures") -> Json:
        """Pay USDT into an account; negative withdraws."""
        answer: Json = self._ask("POST", "deposit", key=key, amount=str(amount), market=market)
        return answer

    def fault(self, kind: str, **settings: object) -> Json:
        """Let requests fail: match, method, key, name, count, seconds, delay_s, code, …"""
        answer: Json = self._ask("POST", "fault", kind=kind, **settings)
        return answer

    def faults(self) -> list[Json]:
        """The faults and how often each has struck."""
        answer: list[Json] = self._ask("GET", "fault")
        return answer

    def clear_faults(self) -> None:
        """Remove all faults."""
        self._ask("DELETE", "fault")

    def fill_policy(self, **settings: object) -> Json:
        """Change limit (cross, never), market (full, never), fraction_per_second."""
        answer: Json = self._ask("POST", "fill_policy", **settings)
        return answer

    def orders(self, key: str | None = None, *, after: int = 0) -> list[Json]:
        """The order log, oldest first, of one API key or all."""
        chosen = {} if key is None else {"key": key}
        answer: list[Json] = self._ask("GET", "orders", after=after, **chosen)
        return answer

    def accounts(self) -> Json:
        """Balances, positions and equity by API key."""
        answer: Json = self._ask("GET", "accounts")
        return answer

    def requests(self) -> Json:
        """Request counters."""
        answer: Json = self._ask("GET", "requests")
        return answer

    def reset_requests(self) -> None:
        """Begin counting at zero."""
        self._ask("DELETE", "requests")

    def _ask(self, method: str, path: str, /, **fields: object) -> Any:
        query = "?" + urllib.parse.urlencode(fields) if fields and method == "GET" else ""
        body = json.dumps(fields).encode() if fields and method != "GET" else None
        request = urllib.request.Request(  # noqa: S310  # the address is a sandbox's
            f"{self._url}/control/{path}{query}", data=body, method=method
        )
        try:
            with self._opener.open(request, timeout=_TIMEOUT_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise ControlError(error.read().decode()) from error
