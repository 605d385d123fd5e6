"""The limits in the core's units: ratios, durations, integers. Built by config.py, read by all
rules.

Field names follow the section "risk"; its percentages are ratios here. Frozen: nothing changes a
policy, a new one replaces it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, time, timedelta, tzinfo
from types import MappingProxyType

from riskplugin.core.levels import Mode, OnTrip, RiskLevel
from riskplugin.core.units import Quote, Ratio


def by_level(*values: float) -> Mapping[RiskLevel, float]:
    """One value per level, MINIMAL first, as a read-only mapping."""
    return MappingProxyType(dict(zip(RiskLevel, values, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SizingPolicy:
    """stake = equity x base(level) x volatility factor x balance factor (SZ-1 to SZ-7)."""

    base: Mapping[RiskLevel, float] = field(
        default_factory=lambda: by_level(0.02, 0.01, 0.005, 0.0025, 0.0025)
    )
    estimator: str = "ewma"
    curve: str = "linear"
    medium_volatility: Ratio = Ratio(0.10)
    high_volatility: Ratio = Ratio(0.15)
    full_size_equity: Quote = Quote(1000.0)
    min_position: Quote = Quote(1.0)
    max_risk_per_trade: Ratio | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeveragePolicy:
    """Caps by level, and the share of the way to liquidation that a stop must leave free."""

    max: Mapping[RiskLevel, float] = field(default_factory=lambda: by_level(20, 15, 10, 5, 5))
    liquidation_buffer: Ratio = Ratio(0.20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A warning and a trip value; None switches that half off."""

    warn: float | None = None
    trip: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfOpenPolicy:
    """The test that a breaker has to pass before it closes."""

    max_positions: int = 1
    size_factor: Ratio = Ratio(0.25)
    wins: int = 2
    max_loss: Ratio = Ratio(0.005)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerPolicy:
    """Triggers (ratios unless named otherwise), cooldown and half-open test."""

    drawdown: Threshold = Threshold(warn=0.10, trip=0.15)
    daily_loss: Threshold = Threshold(warn=0.01, trip=0.02)
    weekly_loss: Threshold = Threshold()
    exposure: Threshold = Threshold(warn=0.45, trip=0.50)
    """Entries fill up to ``warn``; the room up to ``trip`` is for price moves."""
    score: Threshold = Threshold(warn=80.0, trip=95.0)
    losing_streak: Threshold = Threshold(warn=5, trip=10)
    volatility: Threshold = Threshold(warn=0.50, trip=1.00)
    rejected_orders: Threshold = Threshold(warn=0.30, trip=0.60)
    liquidation_room: Threshold = Threshold(warn=0.40, trip=0.15)
    """Share of the way to liquidation that is left; the only threshold that acts from below."""
    max_consecutive_errors: int = 5
    max_price_age: timedelta = timedelta(minutes=2)
    hold_daily_loss: bool = False
    """True: after a daily (weekly) loss the breaker stays open until the next day (week)."""
    cooldown: timedelta = timedelta(hours=1)
    max_cooldown: timedelta = timedelta(hours=24)
    on_trip: OnTrip = OnTrip.EMERGENCY
    half_open: HalfOpenPolicy = HalfOpenPolicy()


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyPolicy:
    """Limits while emergency mode is on."""

    max_leverage: float = 5
    max_position: Ratio = Ratio(0.005)
    max_positions: int = 3
    stop: Ratio = Ratio(0.10)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPolicy:
    """When a wallet that disagrees with the book is disbelieved, and what confirms it (CB-11)."""

    tolerance: Ratio = Ratio(0.005)
    confirm_after: timedelta = timedelta(minutes=2)
    max_jump: Ratio = Ratio(0.9)
    """A fall by more than this share is never confirmed by time alone, only by a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationPolicy:
    """How far fills and holdings may differ from what was approved and booked (MO-4)."""

    amount_tolerance: Ratio = Ratio(0.01)
    slippage_warn: Ratio = Ratio(0.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPolicy:
    """When the trading day begins."""

    timezone: tzinfo = UTC
    starts_at: time = time(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Every limit. ``max_positions`` None: the bot's own max_open_trades, frozen at start."""

    sizing: SizingPolicy = SizingPolicy()
    leverage: LeveragePolicy = LeveragePolicy()
    stop: Ratio = Ratio(0.05)
    max_positions: int | None = None
    levels: Mapping[RiskLevel, float] = field(default_factory=lambda: by_level(0, 20, 40, 60, 80))
    """Score at which each level begins."""
    breaker: BreakerPolicy = BreakerPolicy()
    emergency: EmergencyPolicy = EmergencyPolicy()
    trust: TrustPolicy = TrustPolicy()
    reconciliation: ReconciliationPolicy = ReconciliationPolicy()
    day: DayPolicy = DayPolicy()
    modes: Mapping[str, Mode] = field(default_factory=dict)
    order_tolerance: Ratio = Ratio(0.005)
    """How far an order's notional may exceed what was approved: tick and step rounding, and the
    market's move between approval and order."""

    def enforced(self, name: str) -> bool:
        """False when the rule or trigger ``name`` only observes."""
        return self.modes.get(name, Mode.ENFORCE) is Mode.ENFORCE
