"""Futures orders: margin, leverage brackets, reduce-only. The fee is paid in USDT."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from riskplugin.sandbox.accounts import Account
from riskplugin.sandbox.desk import FUTURES_FEES, FeeRates, Floor, Settlement
from riskplugin.sandbox.errors import (
    insufficient_margin,
    position_too_large,
    reduce_only_rejected,
)
from riskplugin.sandbox.instruments import max_notional
from riskplugin.sandbox.matching import Execution
from riskplugin.sandbox.orders import ZERO, Order


@dataclass(frozen=True, slots=True)
class FuturesDesk:
    """The desk of the USDT-margined perpetuals."""

    floor: Floor
    fees: FeeRates = FUTURES_FEES

    def admit(self, account: Account, order: Order, now_ms: int) -> None:
        """Check margin and bracket. Raises ApiError −2019, −2022 or −2027."""
        ticket = order.ticket
        closing = self.closing(account, order)
        if ticket.reduce_only:
            if not closing:
                raise reduce_only_rejected()
            order.quantity = min(order.quantity, closing)
            return
        opening = order.quantity - closing
        if not opening > ZERO:
            return
        quote = self.floor.market.quote(ticket.symbol, now_ms)
        price = max(ticket.price, quote.last) if ticket.price else quote.ask
        held = abs(account.futures.held(ticket.symbol)) if not closing else ZERO
        if (held + opening) * price > max_notional(order.leverage):
            raise position_too_large()
        needed = opening * price / order.leverage + opening * price * self.fees.taker
        if needed > self.available(account, now_ms):
            raise insufficient_margin()

    def available(self, account: Account, now_ms: int) -> Decimal:
        """Margin free for new orders: working orders have theirs set aside."""
        free = account.futures.available(self.floor.mark(now_ms))
        return max(ZERO, free - self.order_margin(account))

    def order_margin(self, account: Account, symbol: str | None = None) -> Decimal:
        """Margin set aside for working orders that would open or enlarge a position."""
        return sum(
            (
                self._opening(account, order) * order.ticket.price / order.leverage
                for order in self.floor.log.open()
                if order.key == account.key
                and order.ticket.kind == "futures"
                and not (order.ticket.algo or order.ticket.reduce_only)
                and symbol in (None, order.ticket.symbol)
            ),
            ZERO,
        )

    def fillable(
        self, account: Account, order: Order, quantity: Decimal, execution: Execution
    ) -> Decimal:
        """A reduce-only order never does more than close."""
        closing = self.closing(account, order)
        return min(quantity, closing) if order.ticket.reduce_only else quantity

    def settle(
        self, account: Account, order: Order, quantity: Decimal, execution: Execution
    ) -> Settlement:
        """Change the position and pay the fee."""
        symbol = order.ticket.symbol
        rate = self.fees.rate(maker=execution.maker) if order.origin != "liquidation" else ZERO
        commission = quantity * execution.price * rate
        realized = account.futures.trade(
            symbol, order.ticket.sign * quantity, execution.price, commission, execution.time_ms
        )
        return Settlement(commission, "USDT", realized, account.futures.held(symbol))

    def release(self, account: Account, order: Order) -> None:
        """Nothing is locked: margin is computed from the working orders."""

    def closing(self, account: Account, order: Order) -> Decimal:
        """How much the order's side could close of the position held."""
        return max(ZERO, -order.ticket.sign * account.futures.held(order.ticket.symbol))

    def _opening(self, account: Account, order: Order) -> Decimal:
        return max(ZERO, order.remaining - self.closing(account, order))
