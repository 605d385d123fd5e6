"""Spot orders: funds are locked when an order is admitted; buys pay the fee in the base asset."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from riskplugin.sandbox.accounts import Account
from riskplugin.sandbox.desk import SPOT_FEES, FeeRates, Floor, Settlement
from riskplugin.sandbox.instruments import Instrument
from riskplugin.sandbox.matching import Execution
from riskplugin.sandbox.orders import ZERO, Order


@dataclass(frozen=True, slots=True)
class SpotDesk:
    """The desk of the spot market."""

    floor: Floor
    fees: FeeRates = SPOT_FEES

    def admit(self, account: Account, order: Order, now_ms: int) -> None:
        """Lock what the order may cost. Raises ApiError −2010 when there is not enough."""
        ticket = order.ticket
        quote = self.floor.market.quote(ticket.symbol, now_ms)
        price = ticket.price or ticket.stop_price or quote.ask
        amount = order.quantity * price if ticket.side == "BUY" else order.quantity
        account.spot.lock(self._pays(order), amount)
        order.locked = amount

    def fillable(
        self, account: Account, order: Order, quantity: Decimal, execution: Execution
    ) -> Decimal:
        """All of it, unless the price has run away from what a market buy had locked."""
        if order.ticket.side == "SELL":
            return quantity
        funds = order.locked + account.spot.balance(self._pays(order)).free
        return min(quantity, self._instrument(order).floor_step(funds / execution.price, "spot"))

    def settle(
        self, account: Account, order: Order, quantity: Decimal, execution: Execution
    ) -> Settlement:
        """Exchange base against quote."""
        instrument = self._instrument(order)
        part = order.locked * quantity / order.remaining
        part = order.locked if quantity == order.remaining else part
        account.spot.unlock(self._pays(order), part)
        order.locked -= part
        value, rate = quantity * execution.price, self.fees.rate(maker=execution.maker)
        if order.ticket.side == "BUY":
            commission, asset = quantity * rate, instrument.base
            base, quote = quantity - commission, -value
        else:
            commission, asset = value * rate, instrument.quote
            base, quote = -quantity, value - commission
        account.spot.balance(instrument.base).free += base
        account.spot.balance(instrument.quote).free += quote
        return Settlement(commission, asset, ZERO, account.spot.balance(instrument.base).total)

    def release(self, account: Account, order: Order) -> None:
        """Unlock what was not used."""
        account.spot.unlock(self._pays(order), order.locked)
        order.locked = ZERO

    def _instrument(self, order: Order) -> Instrument:
        return self.floor.market.instruments[order.ticket.symbol]

    def _pays(self, order: Order) -> str:
        instrument = self._instrument(order)
        return instrument.quote if order.ticket.side == "BUY" else instrument.base
