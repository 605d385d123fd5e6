"""The exchange's memory of orders. Finds them; changes none."""

from __future__ import annotations

from collections.abc import Iterator

from riskplugin.sandbox.instruments import MarketKind
from riskplugin.sandbox.orders import Order, Status


class OrderLog:
    """Every order there ever was, in order of arrival, refused ones included."""

    def __init__(self) -> None:
        self._orders: dict[int, Order] = {}
        self._open: dict[int, Order] = {}
        self._fills = 0

    def __iter__(self) -> Iterator[Order]:
        return iter(self._orders.values())

    def next_id(self) -> int:
        """The id of the order that arrives next."""
        return 1_000_001 + len(self._orders)

    def next_fill_id(self) -> int:
        """A new id for an execution."""
        self._fills += 1
        return 500_000 + self._fills

    def add(self, order: Order) -> None:
        """Take an order in."""
        self._orders[order.id] = order
        if order.is_open:
            self._open[order.id] = order

    def open(self) -> list[Order]:
        """Orders that still work, oldest first; forgets those that ended since."""
        self._open = {number: order for number, order in self._open.items() if order.is_open}
        return list(self._open.values())

    def of(
        self, key: str, kind: MarketKind, symbol: str | None = None, *, algo: bool = False
    ) -> list[Order]:
        """All accepted orders of one account, oldest first; conditional futures apart."""
        return [
            order
            for order in self._orders.values()
            if order.key == key
            and (order.ticket.kind, order.ticket.algo) == (kind, algo)
            and symbol in (None, order.ticket.symbol)
            and order.status is not Status.REJECTED
        ]

    def find(
        self, key: str, kind: MarketKind, order_id: str, client_id: str, *, algo: bool = False
    ) -> Order | None:
        """The account's order with this id, else with this client id."""
        if order_id:
            order = self._orders.get(int(order_id)) if order_id.isdigit() else None
            candidates = [order] if order and order.key == key else []
        else:
            candidates = [
                order
                for order in self.of(key, kind, algo=algo)
                if order.ticket.client_id == client_id
            ]
        wanted = (kind, algo)
        found = (o for o in candidates if (o.ticket.kind, o.ticket.algo) == wanted)
        return next(found, None)
