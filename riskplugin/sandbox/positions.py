"""A futures position: quantity, cost, margin, and when it is liquidated. Pure arithmetic.

Formulas: Binance, "How to calculate liquidation price of USDT-margined futures contracts" (one-way,
isolated). Profit and loss are kept as cost, not as a rounded average, so that what is realised over
the life of a position is exactly what came in less what went out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from riskplugin.sandbox.instruments import bracket_for
from riskplugin.sandbox.orders import ZERO

_CENT = Decimal("1e-8")


@dataclass(slots=True)
class Position:
    """Signed `quantity` bought for signed `cost`; `margin` is the isolated wallet."""

    symbol: str
    isolated: bool
    leverage: int
    quantity: Decimal = ZERO
    cost: Decimal = ZERO
    margin: Decimal = ZERO
    updated_ms: int = 0

    @property
    def entry(self) -> Decimal:
        """Average price of what is held, zero when flat."""
        return self.cost / self.quantity if self.quantity else ZERO

    def notional(self, mark: Decimal) -> Decimal:
        """Signed value at the mark price."""
        return self.quantity * mark

    def profit(self, mark: Decimal) -> Decimal:
        """Unrealised profit at the mark price."""
        return self.quantity * mark - self.cost

    def maintenance(self, mark: Decimal) -> Decimal:
        """Maintenance margin at the mark price."""
        notional = abs(self.notional(mark))
        tier = bracket_for(notional)
        return notional * tier.ratio - tier.cum

    def initial(self, mark: Decimal) -> Decimal:
        """Initial margin at the mark price."""
        return abs(self.notional(mark)) / self.leverage

    def is_bust(self, mark: Decimal) -> bool:
        """Whether an isolated position's margin is down to maintenance."""
        return self.margin + self.profit(mark) <= self.maintenance(mark)

    def liquidation_price(self, wallet: Decimal) -> Decimal:
        """The mark price at which `wallet` is used up to the maintenance margin; 0 if none."""
        if not self.quantity:
            return ZERO
        tier = bracket_for(abs(self.cost))
        divisor = abs(self.quantity) * tier.ratio - self.quantity
        return max(ZERO, (wallet + tier.cum - self.cost) / divisor)

    def bankruptcy_price(self) -> Decimal:
        """The price at which the isolated margin is gone."""
        return max(ZERO, (self.cost - self.margin) / self.quantity)

    def reduce(self, amount: Decimal, price: Decimal) -> Decimal:
        """Close `amount` (positive, at most what is held). Returns the profit realised."""
        sign = 1 if self.quantity > ZERO else -1
        cost = self._share(self.cost, amount)
        self.margin -= self._share(self.margin, amount)
        self.quantity -= sign * amount
        self.cost -= cost
        return sign * amount * price - cost

    def _share(self, whole: Decimal, amount: Decimal) -> Decimal:
        """The part of `whole` that goes with `amount`; eight decimals, the last takes the rest."""
        if amount == abs(self.quantity):
            return whole
        return (whole * amount / abs(self.quantity)).quantize(_CENT)

    def increase(self, amount: Decimal, price: Decimal) -> None:
        """Open or enlarge by a signed amount; an isolated position takes margin along."""
        self.quantity += amount
        self.cost += amount * price
        if self.isolated:
            self.margin += abs(amount) * price / self.leverage
