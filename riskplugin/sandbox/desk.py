"""What spot and futures do differently with an order: admit it, settle an execution, let it go."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from riskplugin.sandbox.accounts import Account
from riskplugin.sandbox.market import Market
from riskplugin.sandbox.matching import Execution
from riskplugin.sandbox.order_log import OrderLog
from riskplugin.sandbox.orders import Order


@dataclass(frozen=True, slots=True)
class FeeRates:
    """Commission as a part of what is traded; spot buys pay it in the base asset."""

    maker: Decimal
    taker: Decimal

    def rate(self, *, maker: bool) -> Decimal:
        """The rate of one execution."""
        return self.maker if maker else self.taker


SPOT_FEES = FeeRates(Decimal("0.001"), Decimal("0.001"))
FUTURES_FEES = FeeRates(Decimal("0.0002"), Decimal("0.0005"))


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an execution cost and led to."""

    commission: Decimal
    commission_asset: str
    realized: Decimal
    position_after: Decimal


@dataclass(frozen=True, slots=True)
class Floor:
    """What both desks work with: the market and the log of all orders."""

    market: Market
    log: OrderLog

    def mark(self, now_ms: int) -> MarkAt:
        """Mark prices at one time."""
        return MarkAt(self.market, now_ms)


@dataclass(frozen=True, slots=True)
class MarkAt:
    """Mark price by symbol at a fixed time."""

    market: Market
    now_ms: int

    def __call__(self, symbol: str) -> Decimal:
        """The mark price of a symbol."""
        return self.market.quote(symbol, self.now_ms).last


class Desk(Protocol):
    """One of spot and futures."""

    def admit(self, account: Account, order: Order, now_ms: int) -> None:
        """Check for funds and set them aside. Raises ApiError when refused."""
        ...

    def fillable(
        self, account: Account, order: Order, quantity: Decimal, execution: Execution
    ) -> Decimal:
        """How much of this quantity may be executed now; zero ends the order."""
        ...

    def settle(
        self, account: Account, order: Order, quantity: Decimal, execution: Execution
    ) -> Settlement:
        """Move the balances for an execution."""
        ...

    def release(self, account: Account, order: Order) -> None:
        """Give back what is still set aside."""
        ...
