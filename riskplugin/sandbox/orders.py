"""Orders and their fills, as the exchange keeps them. Exact decimal arithmetic; no rules here."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from riskplugin.sandbox.instruments import MarketKind

ZERO = Decimal(0)
Side = Literal["BUY", "SELL"]


class Status(StrEnum):
    """Binance's words for the state of an order."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    REJECTED = "REJECTED"
    FINISHED = "FINISHED"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What somebody asks the exchange to do, checked for form but not for funds.

    `price` is zero for market orders, `stop_price` for orders without a trigger.
    """

    kind: MarketKind
    symbol: str
    side: Side
    type: str
    quantity: Decimal
    price: Decimal = ZERO
    stop_price: Decimal = ZERO
    time_in_force: str = "GTC"
    reduce_only: bool = False
    close_position: bool = False
    working_type: str = "CONTRACT_PRICE"
    client_id: str = ""
    algo: bool = False

    @property
    def sign(self) -> int:
        """+1 for a buy, −1 for a sell."""
        return 1 if self.side == "BUY" else -1

    @property
    def is_market(self) -> bool:
        """Whether it executes at any price once active."""
        return self.price == ZERO

    @property
    def is_conditional(self) -> bool:
        """Whether it waits for a trigger first."""
        return self.stop_price != ZERO

    @property
    def is_take_profit(self) -> bool:
        """Whether its trigger lies on the winning side."""
        return self.type.startswith("TAKE_PROFIT")

    @property
    def is_post_only(self) -> bool:
        """Whether it must not take liquidity."""
        return self.type == "LIMIT_MAKER" or self.time_in_force == "GTX"


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution. `position_after` is signed: base held (spot) or contracts (futures)."""

    id: int
    time_ms: int
    price: Decimal
    quantity: Decimal
    commission: Decimal
    commission_asset: str
    realized: Decimal
    maker: bool
    position_after: Decimal


@dataclass(slots=True)
class Order:
    """A ticket that was taken in, and what became of it."""

    id: int
    key: str
    ticket: Ticket
    leverage: int
    created_ms: int
    quantity: Decimal
    status: Status = Status.NEW
    updated_ms: int = 0
    triggered: bool = False
    locked: Decimal = ZERO
    child_id: int | None = None
    origin: str = "user"
    reason: str = ""
    fills: list[Fill] = field(default_factory=list)
    filled: Decimal = ZERO
    quote_filled: Decimal = ZERO
    last_fill_ms: int = 0
    rested: bool = False

    @property
    def remaining(self) -> Decimal:
        """What is still to be executed."""
        return self.quantity - self.filled

    @property
    def is_open(self) -> bool:
        """Whether it can still be executed."""
        return self.status in (Status.NEW, Status.PARTIALLY_FILLED)

    @property
    def average(self) -> Decimal:
        """Mean execution price, zero without fills."""
        return self.quote_filled / self.filled if self.filled else ZERO

    def add(self, fill: Fill) -> None:
        """Book an execution."""
        self.fills.append(fill)
        self.filled += fill.quantity
        self.quote_filled += fill.quantity * fill.price
        self.last_fill_ms = self.updated_ms = fill.time_ms
        self.status = Status.PARTIALLY_FILLED if self.remaining else Status.FILLED

    def end(self, status: Status, now_ms: int, reason: str = "") -> None:
        """No more executions."""
        self.status, self.updated_ms, self.reason = status, now_ms, reason
