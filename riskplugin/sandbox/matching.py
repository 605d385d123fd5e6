"""When and at what price an order executes against a quote, and how much of it. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from riskplugin.sandbox.instruments import Instrument
from riskplugin.sandbox.market import Quote
from riskplugin.sandbox.orders import Order, Ticket


@dataclass(frozen=True, slots=True)
class Execution:
    """A price at which an order may be filled, whether it made the price, and when."""

    price: Decimal
    maker: bool
    time_ms: int


@dataclass(frozen=True, slots=True)
class FillPolicy:
    """How willingly the exchange fills.

    `limit`: `cross` fills limit orders when the price crosses them, `never` does not;
    `market`: `full`, or `never` to let market orders hang. `fraction_per_second` (0 < f <= 1)
    fills that part of each order per second, beginning with one second's worth; None fills all.
    """

    limit: Literal["cross", "never"] = "cross"
    market: Literal["full", "never"] = "full"
    fraction_per_second: Decimal | None = None

    def __post_init__(self) -> None:
        if self.limit not in ("cross", "never") or self.market not in ("full", "never"):
            raise ValueError("limit is 'cross' or 'never', market is 'full' or 'never'")
        fraction = self.fraction_per_second
        if fraction is not None and not 0 < fraction <= 1:
            raise ValueError("fraction_per_second must be above 0 and at most 1")

    def allows(self, ticket: Ticket) -> bool:
        """Whether an order of this type is filled at all."""
        return (self.market if ticket.is_market else self.limit) != "never"

    def allowance(self, order: Order, instrument: Instrument, now_ms: int) -> Decimal:
        """How much of the order may be filled now, in whole steps."""
        if self.fraction_per_second is None:
            return order.remaining
        elapsed = Decimal(now_ms - order.last_fill_ms) / 1000 if order.last_fill_ms else Decimal(1)
        portion = instrument.floor_step(
            order.quantity * self.fraction_per_second * elapsed, order.ticket.kind
        )
        if elapsed >= 1:
            portion = max(portion, instrument.step_of(order.ticket.kind))
        return min(order.remaining, portion)


def execution(ticket: Ticket, quote: Quote, now_ms: int, *, rested: bool) -> Execution | None:
    """The execution a quote offers, or None while the price is out of reach.

    What crosses on arrival takes the other side's price; what has rested gets its own.
    """
    touch = quote.ask if ticket.side == "BUY" else quote.bid
    if ticket.is_market:
        return Execution(touch, maker=False, time_ms=now_ms)
    if ticket.sign * (ticket.price - touch) < 0:
        return None
    return Execution(ticket.price if rested else touch, maker=rested, time_ms=now_ms)


def triggers(ticket: Ticket, price: Decimal) -> bool:
    """Whether this price sets a conditional order off."""
    upwards = (ticket.side == "BUY") != ticket.is_take_profit
    return price >= ticket.stop_price if upwards else price <= ticket.stop_price
