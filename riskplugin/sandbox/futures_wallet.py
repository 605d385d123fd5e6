"""One account's USDT-margined futures wallet: balance, settings, positions, income. One-way mode.

Knows no orders and no clock; marks and times are arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from riskplugin.sandbox.errors import ApiError
from riskplugin.sandbox.instruments import MAX_LEVERAGE
from riskplugin.sandbox.orders import ZERO
from riskplugin.sandbox.positions import Position

Mark = Callable[[str], Decimal]


@dataclass(frozen=True, slots=True)
class Income:
    """One line of the account statement."""

    id: int
    symbol: str
    type: str
    amount: Decimal
    time_ms: int


@dataclass(slots=True)
class Setting:
    """What applies to the next order of a symbol."""

    leverage: int = 20
    isolated: bool = False


class FuturesWallet:
    """`balance` is everything paid in and realised, isolated margin included."""

    def __init__(self, balance: Decimal) -> None:
        self.balance = balance
        self.positions: dict[str, Position] = {}
        self.incomes: list[Income] = []
        self._settings: dict[str, Setting] = {}

    def setting(self, symbol: str) -> Setting:
        """Leverage and margin type of a symbol, Binance's defaults at first."""
        return self._settings.setdefault(symbol, Setting())

    def held(self, symbol: str) -> Decimal:
        """The signed quantity held."""
        position = self.positions.get(symbol)
        return position.quantity if position else ZERO

    def set_leverage(self, symbol: str, leverage: int) -> None:
        """Change the leverage. Refused out of range, and lower under an isolated position."""
        if not 1 <= leverage <= MAX_LEVERAGE:
            raise ApiError(-4028, f"Leverage {leverage} is not valid")
        position = self.positions.get(symbol)
        if position:
            if position.isolated and leverage < position.leverage:
                raise ApiError(
                    -4161,
                    "Leverage reduction is not supported in Isolated Margin Mode "
                    "with open positions.",
                )
            position.leverage = leverage
        self.setting(symbol).leverage = leverage

    def set_isolated(self, symbol: str, *, isolated: bool) -> None:
        """Change the margin type. Refused when it is so already or a position is open."""
        setting = self.setting(symbol)
        if setting.isolated == isolated:
            raise ApiError(-4046, "No need to change margin type.")
        if symbol in self.positions:
            raise ApiError(-4048, "Margin type cannot be changed if there exists position.")
        setting.isolated = isolated

    def trade(
        self, symbol: str, amount: Decimal, price: Decimal, commission: Decimal, now_ms: int
    ) -> Decimal:
        """Book an execution of a signed amount. Returns the profit realised, before commission."""
        setting = self.setting(symbol)
        position = self.positions.setdefault(
            symbol, Position(symbol, setting.isolated, setting.leverage)
        )
        realized, opening = ZERO, amount
        if position.quantity * amount < ZERO:
            closing = min(abs(amount), abs(position.quantity))
            realized = position.reduce(closing, price)
            opening = amount + closing if amount < ZERO else amount - closing
        if opening:
            position.increase(opening, price)
        position.updated_ms = now_ms
        if not position.quantity:
            del self.positions[symbol]
        if realized:
            self.record(symbol, "REALIZED_PNL", realized, now_ms)
        if commission:
            self.record(symbol, "COMMISSION", -commission, now_ms)
        return realized

    def fund(self, symbol: str, rate: Decimal, mark: Decimal, now_ms: int) -> None:
        """Pay (positive rate, long) or receive funding on an open position."""
        position = self.positions[symbol]
        amount = -position.notional(mark) * rate
        if position.isolated:
            position.margin += amount
        self.record(symbol, "FUNDING_FEE", amount, now_ms)

    def record(self, symbol: str, kind: str, amount: Decimal, now_ms: int) -> None:
        """Move the balance, with a line in the statement."""
        self.balance += amount
        self.incomes.append(Income(len(self.incomes) + 1, symbol, kind, amount, now_ms))

    def isolated_margin(self) -> Decimal:
        """What is tied up in isolated positions."""
        return sum((p.margin for p in self.positions.values()), ZERO)

    def profit(self, mark: Mark) -> Decimal:
        """Unrealised profit of all positions."""
        return sum((p.profit(mark(p.symbol)) for p in self.positions.values()), ZERO)

    def crossed(self) -> list[Position]:
        """Positions in cross margin."""
        return [p for p in self.positions.values() if not p.isolated]

    def cross_equity(self, mark: Mark) -> Decimal:
        """What stands behind the cross positions, their profit included."""
        profit = sum((p.profit(mark(p.symbol)) for p in self.crossed()), ZERO)
        return self.balance - self.isolated_margin() + profit

    def available(self, mark: Mark) -> Decimal:
        """Free for new margin, working orders not yet deducted; never negative."""
        used = sum((p.initial(mark(p.symbol)) for p in self.crossed()), ZERO)
        return max(ZERO, self.cross_equity(mark) - used)

    def liquidation_price(self, position: Position, mark: Mark) -> Decimal:
        """Where this position would be liquidated, all else unchanged."""
        if position.isolated:
            return position.liquidation_price(position.margin)
        spare = ZERO
        for other in self.crossed():
            if other is not position:
                price = mark(other.symbol)
                spare += other.profit(price) - other.maintenance(price)
        return position.liquidation_price(self.balance - self.isolated_margin() + spare)
