"""The exchange through ccxt, with as little as a dead man's action needs: look, cancel, reduce."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from riskplugin.core.levels import Side
from riskplugin.core.units import is_number
from riskplugin.watchdog.closing import Close, Held, Working


class VenueError(RuntimeError):
    """The exchange refused, or did not answer; ``uncertain``: what was asked may have happened."""

    def __init__(self, message: str, *, uncertain: bool = False) -> None:
        super().__init__(message)
        self.uncertain = uncertain


@dataclass(frozen=True, slots=True)
class Answer:
    """What the exchange said to an order; ``filled`` is None where it did not say."""

    order_id: str
    filled: float | None


class Venue(Protocol):
    """An account at an exchange. Every method may raise VenueError."""

    futures: bool

    def check(self) -> None:
        """See that the keys work."""

    def working(self, pairs: Sequence[str]) -> list[Working]:
        """Open orders in ``pairs``."""

    def held(self, pairs: Sequence[str]) -> list[Held]:
        """Futures: positions in ``pairs``."""

    def free(self) -> Mapping[str, float]:
        """Spot: what can be sold, by coin."""

    def cancel(self, order: Working) -> None:
        """Cancel; an order that is gone already is no error."""

    def close(self, order: Close) -> Answer:
        """Send it as a market order."""

    def too_small(self, pair: str, amount: float) -> bool:
        """The exchange takes no order this small."""


class CcxtVenue:
    """One account through ccxt."""

    def __init__(self, api: Any, *, futures: bool) -> None:
        self._api = api
        self.futures = futures

    def check(self) -> None:
        """See that the keys work."""
        with _spoken("reading the balance"):
            self._api.load_markets()
            self._api.fetch_balance()

    def working(self, pairs: Sequence[str]) -> list[Working]:
        """Open orders in ``pairs``, conditional ones where the exchange tells them apart."""
        found: list[Working] = []
        for pair in pairs:
            with _spoken(f"reading the orders of {pair}"):
                found += [self._working(o, pair) for o in self._api.fetch_open_orders(pair)]
            if self.futures:
                found += self._triggers(pair)
        return list({order.id: order for order in found}.values())

    def held(self, pairs: Sequence[str]) -> list[Held]:
        """Positions in ``pairs``, in contracts."""
        with _spoken("reading the positions"):
            told = self._api.fetch_positions(list(pairs))
        return [
            Held(pair=p["symbol"], side=Side(p["side"]), amount=abs(float(p["contracts"])))
            for p in told
            if p.get("symbol") in pairs and p.get("side") in ("long", "short") and p["contracts"]
        ]

    def free(self) -> Mapping[str, float]:
        """What can be sold, by coin."""
        with _spoken("reading the balance"):
            told = self._api.fetch_balance()["free"]
        return {coin: float(amount) for coin, amount in told.items() if is_number(amount)}

    def cancel(self, order: Working) -> None:
        """Cancel; an order that is gone already is no error."""
        import ccxt

        with _spoken(f"cancelling order {order.id}"):
            try:
                more = {"trigger": True} if order.trigger else {}
                self._api.cancel_order(order.id, order.pair, more)
            except ccxt.OrderNotFound:
                return

    def close(self, order: Close) -> Answer:
        """Send it as a market order."""
        more = {"reduceOnly": True} if order.reduce_only else {}
        with _spoken(f"{order.side} {order.pair}"):
            amount = float(self._api.amount_to_precision(order.pair, order.amount))
            told = self._api.create_order(order.pair, "market", order.side, amount, None, more)
        filled = told.get("filled")
        return Answer(str(told.get("id") or ""), float(filled) if is_number(filled) else None)

    def too_small(self, pair: str, amount: float) -> bool:
        """Below the exchange's smallest amount, or its smallest value."""
        import ccxt

        try:
            self._api.load_markets()
            limits = self._api.market(pair).get("limits") or {}
            least = (limits.get("amount") or {}).get("min") or 0.0
            cost = (limits.get("cost") or {}).get("min") or 0.0
            rounded = float(self._api.amount_to_precision(pair, amount))
            price = float(self._api.fetch_ticker(pair).get("last") or 0.0) if cost else 0.0
        except ccxt.InvalidOrder:
            return True
        except ccxt.BaseError:
            return False
        return rounded <= 0 or rounded < least or 0 < rounded * price < cost

    def _working(self, order: Mapping[str, Any], pair: str, *, trigger: bool = False) -> Working:
        info = order.get("info") or {}
        if self.futures:
            closes = str(info.get("closePosition")).lower() == "true"
            reduces = bool(order.get("reduceOnly")) or closes
        else:
            reduces = order.get("side") == "sell"
        return Working(pair=pair, id=str(order["id"]), reduces=reduces, trigger=trigger)

    def _triggers(self, pair: str) -> list[Working]:
        """Not every exchange has these; one that refuses has none that we know of."""
        import ccxt

        try:
            told = self._api.fetch_open_orders(pair, None, None, {"trigger": True})
        except ccxt.BaseError:
            return []
        return [self._working(order, pair, trigger=True) for order in told]


def open_venue(exchange: Mapping[str, Any], keys: Mapping[str, str], *, futures: bool) -> CcxtVenue:
    """The account of ``keys`` at the exchange that the section ``exchange`` of a bot names.

    Raises VenueError when ccxt does not know it.
    """
    import ccxt

    name = str(exchange.get("name") or "")
    maker = getattr(ccxt, name, None) if name in ccxt.exchanges else None
    if maker is None:
        raise VenueError(f"ccxt knows no exchange {name!r}")
    settings: dict[str, Any] = {"options": {"defaultType": "swap"}} if futures else {}
    for more in ("ccxt_config", "ccxt_sync_config"):
        own: Any = exchange.get(more)
        settings = _over(settings, own or {})
    secrets = ("apiKey", "secret", "password", "uid")  # the bot's own, if they stand in there
    settings = {name: value for name, value in settings.items() if name not in secrets}
    return CcxtVenue(maker({"enableRateLimit": True, **settings, **keys}), futures=futures)


def _over(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in more.items():
        known: Any = merged.get(name)
        both = isinstance(known, Mapping) and isinstance(value, Mapping)
        merged[name] = _over(known, value) if both else value
    return merged


@contextmanager
def _spoken(doing: str) -> Iterator[None]:
    import ccxt

    try:
        yield
    except ccxt.NetworkError as error:
        raise VenueError(f"{doing}: {_plain(error)}", uncertain=True) from error
    except ccxt.BaseError as error:
        raise VenueError(f"{doing}: {_plain(error)}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise VenueError(
            f"{doing}: the answer makes no sense: {error!r}", uncertain=True
        ) from error


def _plain(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:200]}"
