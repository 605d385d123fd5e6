"""The door behind L3: stands on the exchange library's own order methods.

freqtrade sends every entry through ``exchange.create_order``, where L3 stands. What comes here
without having passed there was sent around it: by ``Exchange.create_order(exchange, …)``, by
``exchange._api``, by one of its helpers. Only what reduces may; the stop on the exchange does.
Requests that no method of the library made cannot be told from good ones in time: they latch the
breaker, and the next loop reads the wallet anew.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from riskplugin.adapter.guards.base import Guard, MethodGuard, RiskDenied, plainly_reduces
from riskplugin.adapter.reducing import leverage_of, not_reducing
from riskplugin.adapter.underway import Leaving, ThreadState
from riskplugin.core.units import is_number

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
_LEVERAGES = re.compile(r"leverage|marginType|margin-?mode", re.IGNORECASE)
_LEVERAGE = ("set_leverage", "setLeverage", "set_margin_mode", "setMarginMode")
_ASKS = re.compile(
    r"cancel|query|open|close|info|his|test|fee|get-|detail|stoporder$|/r/|status|preview|check",
    re.IGNORECASE,
)

#: Names under which a size or a leverage can be slipped into an order's params.
_SIZES = frozenset(
    {"cost", "amount", "quantity", "qty", "sz", "size", "vol", "volume", "funds", "notional"}
    | {"quoteorderqty", "quoteorderquantity", "quoteordersize", "quote_size", "leverage", "lever"}
)
#: Names of the amount in requests; on spot some exchanges use the later ones for a cost.
_QUANTITIES = ("quantity", "qty", "sz", "size", "vol", "volume")


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
        for name in _LEVERAGE:
            yield client, name, LeverageGuard(client, name, strategy)
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

    def _thread(self) -> ThreadState:
        session = self.session()
        return ThreadState() if session is None else session.thread

    def _refuse(self, what: str) -> RiskDenied:
        session = self.session()
        if session is not None:
            session.fault("venue", what)
        return RiskDenied(f"riskplugin refused an order: {what}")

    def _past(self) -> str:
        return f"an order came to {self.name} past the bot's create_order"


class VenueGuard(DoorGuard):
    """A method of ccxt that sends orders: as L3 let it go, or a stop that only reduces."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        thread = self._thread()
        if thread.most is None:  # else it is one of ccxt's own calls from within
            if self.name not in _CREATE:
                raise self._refuse(self._past())
            told = self._told(args, kwargs)
            wrong = self._wrong(told, thread.leaving)
            if wrong is not None:
                raise self._refuse(wrong)
            return self._inside(told)
        return self.proceed(*args, **kwargs)

    def _inside(self, told: dict[str, Any]) -> Any:
        thread = self._thread()
        thread.most = told["amount"]
        try:
            return self.proceed(**told)
        finally:
            thread.most = None

    def _told(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        method = getattr(type(self.owner), self.name)
        try:
            bound = inspect.signature(method).bind(self.owner, *args, **kwargs)
            told = {name: value for name, value in bound.arguments.items() if name != "self"}
        except TypeError as error:
            raise self._refuse(f"{self._past()}: {error}") from error
        if not is_number(told.get("amount")):
            raise self._refuse(f"{self._past()}: its amount is {told.get('amount')!r}")
        return told

    def _wrong(self, told: dict[str, Any], leaving: Leaving | None) -> str | None:
        """Why the order must not go: what was patched below L3 shows here at the latest."""
        session, pair, side = self.session(), told["symbol"], told["side"]
        reduces = (told.get("params") or {}).get("reduceOnly") is True
        if session is None:
            passes = plainly_reduces(pair, side, marked=reduces)
            return None if passes else "the guard has lost its session; restart the bot"
        if leaving is not None:
            if session.futures and leaving.reduces and not reduces:
                return f"an exit of {pair} has lost its mark reduceOnly"
            return self._beyond(told, leaving, session.policy.order_tolerance)
        if reduces if session.futures else side == "sell":
            return not_reducing(session, pair, side)
        return self._past()

    def _beyond(self, told: dict[str, Any], leaving: Leaving, tolerance: float) -> str | None:
        """In what the order goes beyond what passed; an exit is cut and goes out all the same."""
        pair, side = told["symbol"], told["side"]
        if (pair, side) != (leaving.pair, leaving.side):
            return f"{side} {pair} is not the order that passed: {leaving.side} {leaving.pair}"
        named = _SIZES & {str(name).lower() for name in told.get("params") or {}}
        if named and not leaving.reduces:
            return f"the order names its size once more: {', '.join(sorted(named))}"
        amount = told["amount"] * self._contract_size(pair)
        if amount <= leaving.amount * (1 + tolerance):
            return None
        if not leaving.reduces:
            return f"{amount:g} {pair} are more than the {leaving.amount:g} that passed"
        told["amount"] = leaving.amount / self._contract_size(pair)
        return None

    def _contract_size(self, pair: str) -> float:
        market = (self.owner.markets or {}).get(pair) or {}
        size: Any = market.get("contractSize")
        return float(size) if is_number(size) and size > 0 else 1.0


class LeverageGuard(DoorGuard):
    """Leverage is set for the entry that passed, or for a stop at no more than its trade has."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        named = {**dict(zip(("value", "symbol", "params"), args, strict=False)), **kwargs}
        value: Any = named.get("value", named.get("leverage", named.get("marginMode")))
        pair, params = str(named.get("symbol")), named.get("params") or {}
        wrong = self._wrong(value, pair)
        for name in ("leverage", "lever"):
            if wrong is None and name in params:
                wrong = self._too_high(params[name], pair)
        if wrong is not None:
            raise self._refuse(wrong)
        thread = self._thread()
        thread.geared = True
        try:
            return self.proceed(*args, **kwargs)
        finally:
            thread.geared = False

    def _wrong(self, value: Any, pair: str) -> str | None:
        session = self.session()
        if session is None:
            return "the guard has lost its session; restart the bot"
        if "everage" not in self.name:
            own = getattr(session.config.get("margin_mode"), "value", None)
            return None if value == own else f"margin mode {value!r} is not the bot's, {own!r}"
        return self._too_high(value, pair)

    def _too_high(self, value: Any, pair: str) -> str | None:
        session, leaving = self.session(), self._thread().leaving
        if session is None:
            return "the guard has lost its session; restart the bot"
        most = leverage_of(session, pair) if leaving is None else leaving.leverage
        told = _number({"": value}, "")
        if told is not None and told <= most:
            return None
        return f"leverage {value!r} of {pair} was to be set past the bot's create_order"


class DryRunGuard(DoorGuard):
    """freqtrade's simulation of the same: what would be refused in earnest is refused here."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._thread().leaving is not None or kwargs.get("stop_loss"):
            return self.proceed(*args, **kwargs)
        raise self._refuse(self._past())


class RequestGuard(DoorGuard):
    """Every request of the library, the raw ones included; notes orders that nobody let in."""

    def __call__(
        self, path: str, api: Any = "public", method: str = "GET", *args: Any, **kwargs: Any
    ) -> Any:
        if method in ("POST", "PUT"):
            if _ORDERS.search(path) and not _ASKS.search(path):
                self._look(path, args[0] if args else kwargs.get("params"))
            elif _LEVERAGES.search(path) and not self._thread().geared:
                self._note(path)
        return self.proceed(path, api, method, *args, **kwargs)

    def _look(self, path: str, params: Any) -> None:
        session, most, leaving = self.session(), self._thread().most, self._thread().leaving
        if session is None:
            return
        if most is None:
            self._note(path)
            return
        for name in _QUANTITIES if session.futures else _QUANTITIES[:1]:
            quantity = _number(params, name)
            if quantity is None or quantity <= most * (1 + session.policy.order_tolerance):
                continue
            if leaving is not None and leaving.reduces:
                params[name] = f"{most:.12f}".rstrip("0").rstrip(".")
            else:
                raise self._refuse(f"a request for {quantity:g}, {most:g} had passed")

    def _note(self, path: str) -> None:
        session = self.session()
        if session is not None:
            session.intruded(f"a request to {path} went to the exchange past every method")


def _number(params: Any, name: str) -> float | None:
    try:
        return float(params[name])
    except (KeyError, TypeError, ValueError):
        return None
