"""The exchange's order log, typed, and the book that can be rebuilt from it at any moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_ENDED = frozenset({"FILLED", "CANCELED", "EXPIRED", "REJECTED", "FINISHED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """An execution; ids rise with time, ``position_after`` is the signed quantity held then."""

    id: int
    at: datetime
    price: float
    quantity: float
    position_after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One line of the log. ``limit`` is 0 for market orders."""

    id: int
    symbol: str
    buy: bool
    reduces: bool
    origin: str
    quantity: float
    limit: float
    leverage: float
    status: str
    created: datetime
    updated: datetime
    fills: tuple[Fill, ...] = ()

    @property
    def entry(self) -> bool:
        """It opens or enlarges a position. The exchange's own liquidations do not."""
        return not self.reduces

    def price(self, market: float) -> float:
        """What it is valued at: the higher of its own price and the market's."""
        filled = max((fill.price for fill in self.fills), default=0.0)
        return max(self.limit, market) if self.limit else max(filled, market)

    def filled(self, at: datetime) -> float:
        """The quantity executed up to and including ``at``."""
        return sum(fill.quantity for fill in self.fills if fill.at <= at)

    def working(self, at: datetime) -> bool:
        """It lay in the book, unfilled at least in part, at that moment."""
        if not self.created <= at or self.status == "REJECTED":
            return False
        return self.status not in _ENDED or at < self.updated


def read(lines: Iterable[Mapping[str, Any]]) -> tuple[Order, ...]:
    """The log as the exchange's control endpoint gives it."""
    return tuple(_order(line) for line in lines)


def held(orders: Sequence[Order], at: datetime) -> dict[str, float]:
    """Signed quantities by symbol, flat ones left out: what the fills up to ``at`` amount to."""
    fills = [(f.id, o.symbol, f.position_after) for o in orders for f in o.fills if f.at <= at]
    last = {symbol: quantity for _, symbol, quantity in sorted(fills)}
    return {symbol: quantity for symbol, quantity in last.items() if quantity}


def working_entries(orders: Sequence[Order], at: datetime) -> list[Order]:
    """Entry orders that lay in the book."""
    return [order for order in orders if order.entry and order.working(at)]


def _order(line: Mapping[str, Any]) -> Order:
    return Order(
        id=line["id"],
        symbol=line["symbol"],
        buy=line["side"] == "BUY",
        reduces=line["reduce_only"],
        origin=line["origin"],
        quantity=float(line["quantity"]),
        limit=float(line["price"]),
        leverage=float(line["leverage"]),
        status=line["status"],
        created=_moment(line["created_ms"]),
        updated=_moment(line["updated_ms"]),
        fills=tuple(
            Fill(
                id=fill["id"],
                at=_moment(fill["time_ms"]),
                price=float(fill["price"]),
                quantity=float(fill["quantity"]),
                position_after=float(fill["position_after"]),
            )
            for fill in line["fills"]
        ),
    )


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
