"""The door behind L3: stands on the exchange library's own order methods.

freqtrade sends every entry through ``exchange.create_order``, where L3 stands. What comes here
without having passed there was sent around it: by ``Exchange.create_order(exchange, …)``, by
``exchange._api``, by one of its helpers. Only what reduces may; the stop on the exchange does.
Requests that no method of the library made cannot be told from good ones in time: they are noted,
and the next loop reads the wallet anew.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from riskplugin.adapter.guards.base import Guard, MethodGuard, RiskDenied

if TYPE_CHECKING:
    from freqtrade.exchange import Exchange
    from freqtrade.strategy.interface import IStrategy

#: ccxt's clients of an exchange: for orders, for candles, for websockets.
_CLIENTS = ("_api", "_api_async", "_ws_async")
#: Methods that send orders, in both of ccxt's spellings; those that only word a request are none.
_SENDS = re.compile(r"(create|edit)\w*orders?(_|with|ws|$)", re.IGNORECASE)
_CREATE = ("create_order", "createOrder")
#: Paths that order something, but for those that cancel or ask.
_ORDERS = re.compile(r"order", re.IGNORECASE)
_ASKS = re.compile(r"cancel|query|open|close|info|his|test|fee", re.IGNORECASE)


def posts(
    exchange: Exchange, strategy: IStrategy, *, dry_run: bool
) -> Iterator[tuple[Any, str, Guard]]:
    """A guard for every method that sends orders: where it stands, and itself."""
    if dry_run:
        name = "create_dry_run_order"
        yield exchange, name, DryRunGuard(exchange, name, strategy)
    for client in (getattr(exchange, name, None) for name in _CLIENTS):
        if client is None:
            continue
        for name in _senders(type(client)):
            yield client, name, VenueGuard(client, name, strategy)
        yield client, "request", RequestGuard(client, "request", strategy)


def _senders(kind: type) -> Iterator[str]:
    """Methods of this exchange's own; ccxt's general ones (``class Exchange``) call these."""
    for name in dir(kind):
        if not _SENDS.match(name) or name.lower().endswith("request"):
            continue
        owner = getattr(getattr(kind, name), "__qualname__", "").split(".")[0]
        if not owner.endswith("Exchange"):
            yield name


class DoorGuard(MethodGuard):
    """Lets through what passed L3 in this very call."""

    def _may_send(self) -> bool:
        session = self.session()
        return session is not None and session.thread.sending

    def _refuse(self, what: str) -> RiskDenied:
        text = f"{what} came to {self.name} past the bot's create_order"
        session = self.session()
        if session is not None:
            session.fault("venue", text)
        return RiskDenied(f"riskplugin refused an order: {text}")


class VenueGuard(DoorGuard):
    """A method of ccxt that sends orders."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._may_send() or (self.name in _CREATE and self._reduces(args, kwargs)):
            return self._inside(args, kwargs)
        raise self._refuse("an order")

    def _inside(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """ccxt's own calls from within are of the same order."""
        session = self.session()
        if session is None:
            return self.proceed(*args, **kwargs)
        before, session.thread.sending = session.thread.sending, True
        try:
            return self.proceed(*args, **kwargs)
        finally:
            session.thread.sending = before

    def _reduces(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        session = self.session()
        method = getattr(type(self.owner), self.name)
        try:
            told = inspect.signature(method).bind(self.owner, *args, **kwargs).arguments
        except TypeError:
            return False
        if session is not None and session.futures:
            return (told.get("params") or {}).get("reduceOnly") is True
        return told.get("side") == "sell"


class DryRunGuard(DoorGuard):
    """freqtrade's simulation of the same: what would be refused in earnest is refused here."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        session = self.session()
        sells = (
            session is not None and not session.futures and "sell" in (*args, kwargs.get("side"))
        )
        if self._may_send() or kwargs.get("stop_loss") or sells:
            return self.proceed(*args, **kwargs)
        raise self._refuse("a simulated order")


class RequestGuard(DoorGuard):
    """Every request of the library, the raw ones included; notes orders that nobody let in."""

    def __call__(
        self, path: str, api: Any = "public", method: str = "GET", *args: Any, **kwargs: Any
    ) -> Any:
        if method in ("POST", "PUT") and _ORDERS.search(path) and not _ASKS.search(path):
            self._note(path)
        return self.proceed(path, api, method, *args, **kwargs)

    def _note(self, path: str) -> None:
        session = self.session()
        if session is not None and not session.thread.sending:
            session.intruded(f"a request to {path} went to the exchange past every method")
