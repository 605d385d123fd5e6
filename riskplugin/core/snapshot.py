"""What the core sees of the world: positions, working entries, the account, a proposed entry.

All amounts are in stake currency unless said otherwise; margin ("stake") and notional are kept
apart. Knows no rule, no limit and no freqtrade.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import EntryKind, RiskLevel, Side
from riskplugin.core.made import made_quickly
from riskplugin.core.sums import NO_HOLDING, Holding, Sums, sums_of
from riskplugin.core.units import Quote, Ratio, is_number

_NO_TIME = timedelta(0)
#: What may be None, and else is a number from 0 on: a NaN would compare False with every limit.
_NEVER_NEGATIVE = (
    "peak_equity",
    "day_start_equity",
    "week_start_equity",
    "volatility",
    "rejected_ratio",
)
#: Sets a field of a frozen value while it is made.
_fill = object.__setattr__


@made_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """An open position, all fills together.

    ``amount`` is in base currency (> 0 while open), ``stake`` the margin bound in it,
    ``unrealised`` its result if closed at ``mark_price``, net of fees and funding.
    ``stop_price`` and ``liquidation_price`` are None where unknown or not applicable.
    """

    pair: str
    side: Side
    amount: float
    entry_price: float
    mark_price: float
    stake: Quote
    leverage: float = 1.0
    unrealised: Quote = Quote(0.0)
    trade_id: int | None = None
    opened_at: datetime | None = None
    stop_price: float | None = None
    liquidation_price: float | None = None

    @property
    def notional(self) -> Quote:
        """|amount x mark price|, the position's exposure."""
        return Quote(abs(self.amount * self.mark_price))

    @property
    def liquidation_room(self) -> Ratio | None:
        """Share of the way from entry to liquidation that is left: 1 at entry, 0 at liquidation.

        None where there is no liquidation price on the losing side of the entry.
        """
        return liquidation_room(
            self.entry_price, self.mark_price, self.liquidation_price, self.side.sign
        )


@made_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingEntry:
    """The unfilled rest of an entry order: margin and notional that it may still bind."""

    pair: str
    side: Side
    stake: Quote
    notional: Quote
    leverage: float = 1.0
    trade_id: int | None = None
    order_id: str | None = None
    opened_at: datetime | None = None


Entry = Position | WorkingEntry
"""Whatever binds margin in a pair."""


class Account(Protocol):
    """What a rule may ask of an account: figures, and what one pair holds."""

    @property
    def equity(self) -> Quote: ...
    @property
    def peak_equity(self) -> Quote | None: ...
    @property
    def day_start_equity(self) -> Quote | None: ...
    @property
    def week_start_equity(self) -> Quote | None: ...
    @property
    def exposure(self) -> Quote: ...
    @property
    def open_count(self) -> int: ...
    @property
    def level(self) -> RiskLevel: ...
    @property
    def breaker(self) -> BreakerState: ...
    @property
    def probes(self) -> int: ...
    @property
    def half_open_since(self) -> datetime | None: ...
    @property
    def emergency(self) -> bool: ...
    @property
    def untrusted(self) -> str | None: ...
    @property
    def fault(self) -> str | None: ...
    @property
    def consecutive_errors(self) -> int: ...
    @property
    def price_age(self) -> timedelta: ...
    @property
    def drawdown(self) -> Ratio: ...
    @property
    def daily_loss(self) -> Ratio: ...
    @property
    def weekly_loss(self) -> Ratio: ...
    def holding(self, pair: str) -> Holding: ...
    def opened(self, pair: str) -> tuple[datetime | None, ...]: ...


class Falls:
    """Drawdown and losses, from equity and its references."""

    __slots__ = ()
    equity: Quote
    peak_equity: Quote | None
    day_start_equity: Quote | None
    week_start_equity: Quote | None

    @property
    def drawdown(self) -> Ratio:
        """Fall from the peak, >= 0: (peak - equity) / peak."""
        return fall(self.peak_equity, self.equity)

    @property
    def daily_loss(self) -> Ratio:
        """Fall since the start of the day, >= 0."""
        return fall(self.day_start_equity, self.equity)

    @property
    def weekly_loss(self) -> Ratio:
        """Fall since the start of the week, >= 0; 0 when no weekly reference is kept."""
        return fall(self.week_start_equity, self.equity)


@made_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSnapshot:
    """The account at one moment, marked to market.

    ``equity`` is capital + realised + unrealised, net of fees and funding. ``peak_equity``,
    ``day_start_equity`` and ``week_start_equity`` are the references of drawdown, daily and weekly
    loss; None means "equity itself". ``untrusted`` holds the reason while the figures must not be
    believed. ``probes`` counts the positions and working entries opened since the breaker went
    half-open, which was at ``half_open_since``. ``price_age`` is the age of the oldest mark in
    use, ``volatility`` the notional-weighted volatility per day of the open book (None: not enough
    data).

    Raises ValueError when a figure is not finite, or negative where it cannot be.
    """

    equity: Quote
    peak_equity: Quote | None = None
    day_start_equity: Quote | None = None
    week_start_equity: Quote | None = None
    positions: tuple[Position, ...] = ()
    working: tuple[WorkingEntry, ...] = ()
    untrusted: str | None = None
    breaker: BreakerState = BreakerState.CLOSED
    probes: int = 0
    half_open_since: datetime | None = None
    emergency: bool = False
    level: RiskLevel = RiskLevel.MINIMAL
    price_age: timedelta = _NO_TIME
    consecutive_errors: int = 0
    fault: str | None = None
    losing_streak: int = 0
    rejected_ratio: Ratio = Ratio(0.0)
    volatility: Ratio | None = None
    sums: Sums | None = field(default=None, repr=False, compare=False)
    """What positions and working entries add up to, where that is known: of any others than these
    it is not taken.
    """
    exposure: Quote = field(init=False)
    """Gross exposure: sum of the notional of positions and working entries."""
    open_count: int = field(init=False)
    """Pairs with a position or a working entry."""
    max_leverage: float = field(init=False)
    """Highest leverage in use, 0 for a flat book."""
    liquidation_room: Ratio | None = field(init=False)
    """Smallest liquidation room of all positions."""
    holdings: Mapping[str, Holding] = field(init=False, repr=False, compare=False)
    exposure_ratio: Ratio = field(init=False, repr=False, compare=False)
    """Gross exposure / equity; infinite when positions stand on no equity."""
    drawdown: Ratio = field(init=False, repr=False, compare=False)
    """As in :class:`Falls`, like the two that follow: every rule and trigger asks for them."""
    daily_loss: Ratio = field(init=False, repr=False, compare=False)
    weekly_loss: Ratio = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        equity, fill = self.equity, _fill
        if not is_number(equity):
            raise ValueError(f"equity must be a finite number, not {equity!r}")
        for name in _NEVER_NEGATIVE:
            value = getattr(self, name)
            if value is not None and not (is_number(value) and value >= 0):
                raise ValueError(f"{name} must be a finite number >= 0, not {value!r}")
        peak, day = self.peak_equity, self.day_start_equity
        if peak is None:
            fill(self, "peak_equity", equity)
        if day is None:
            fill(self, "day_start_equity", equity)
        sums = self.sums
        if sums is None or sums.positions is not self.positions or sums.working is not self.working:
            sums = sums_of(self.positions, self.working)
            fill(self, "sums", sums)
        _, _, exposure, count, leverage, room, holdings = sums
        fill(self, "exposure", exposure)
        fill(self, "open_count", count)
        fill(self, "max_leverage", leverage)
        fill(self, "liquidation_room", room)
        fill(self, "holdings", holdings)
        fill(self, "exposure_ratio", share(exposure, equity))
        fill(self, "drawdown", fall(peak, equity))
        fill(self, "daily_loss", fall(day, equity))
        fill(self, "weekly_loss", fall(self.week_start_equity, equity))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Positions, then working entries."""
        return (*self.positions, *self.working)

    def at_level(self, level: RiskLevel) -> AccountSnapshot:
        """The same account at another level. Nothing is added up again."""
        other = object.__new__(AccountSnapshot)
        for name in AccountSnapshot.__slots__:
            _fill(other, name, getattr(self, name))
        _fill(other, "level", level)
        return other

    def holding(self, pair: str) -> Holding:
        """What ``pair`` binds already."""
        return self.holdings.get(pair, NO_HOLDING)

    def opened(self, pair: str) -> tuple[datetime | None, ...]:
        """When each position and working entry of ``pair`` was opened."""
        return tuple(entry.opened_at for entry in self.entries if entry.pair == pair)


@made_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRequest:
    """A proposed entry order.

    ``stake`` is margin, ``leverage`` >= 1. ``price`` is the order's, ``market_price`` the market's;
    the notional is valued at the higher of both. ``min_stake`` is the exchange's minimum margin.
    ``stoploss`` is the strategy's own stop as a ratio of margin (freqtrade's convention, positive:
    0.1 at 5x is a price distance of 2 %), None when it has none. ``exchange_max_leverage`` and
    ``maintenance_ratio`` (share of notional) come from the exchange's brackets.
    ``volatility`` is the pair's, per day; None means not enough data. ``fee`` is per side.
    Figures are taken as they come: the rule ``input`` refuses what is not a usable number.
    """

    at: datetime
    pair: str
    side: Side
    stake: Quote
    price: float
    market_price: float
    leverage: float = 1.0
    kind: EntryKind = EntryKind.OPEN
    min_stake: Quote | None = None
    max_stake: Quote | None = None
    stoploss: Ratio | None = None
    can_liquidate: bool = False
    exchange_max_leverage: float | None = None
    maintenance_ratio: Ratio = Ratio(0.005)
    volatility: Ratio | None = None
    fee: Ratio = Ratio(0.0)
    tag: str | None = None
    stale: str | None = None

    @property
    def price_factor(self) -> float:
        """max(price, market price) / price: what the order is worth against stake x leverage."""
        price, market = self.price, self.market_price
        return 1.0 if market <= price else market / price

    @property
    def notional(self) -> Quote:
        """Exposure that the order adds: stake x leverage, valued at the higher of both prices."""
        return Quote(self.stake * self.leverage * self.price_factor)


def liquidation_room(
    entry: float, mark: float, liquidation: float | None, sign: int
) -> Ratio | None:
    """As :attr:`Position.liquidation_room`; ``sign`` is 1 for long and -1 for short."""
    if liquidation is None:
        return None
    way = (entry - liquidation) * sign
    return Ratio((mark - liquidation) * sign / way) if way > 0 else None


def share(part: float, whole: float) -> float:
    """``part`` / ``whole``; infinite where there is a part of nothing."""
    if whole > 0:
        return part / whole
    return 0.0 if part == 0 else float("inf")


def fall(reference: Quote | None, equity: Quote) -> Ratio:
    """(reference - equity) / reference, >= 0; 0 without a reference, 1 where that is not > 0."""
    if reference is None or equity >= reference:
        return Ratio(0.0)
    return Ratio((reference - equity) / reference) if reference > 0 else Ratio(1.0)
