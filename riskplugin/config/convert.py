"""From the section's percentages to the core's ratios. The only place that divides by a hundred."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, time, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo

from riskplugin.config.schema import Section
from riskplugin.config.schema.breaker import Breaker
from riskplugin.config.schema.entries import BasePct, Emergency, Leverage, MaxLeverage, Sizing
from riskplugin.config.schema.judgement import Day, Reconciliation, Trust
from riskplugin.core.alerts.plan import AlertPlan, Level, QuietHours
from riskplugin.core.levels import Mode, OnTrip, Severity
from riskplugin.core.policy import (
    BreakerPolicy,
    DayPolicy,
    EmergencyPolicy,
    HalfOpenPolicy,
    LeveragePolicy,
    Policy,
    ReconciliationPolicy,
    SizingPolicy,
    Threshold,
    TrustPolicy,
    by_level,
)
from riskplugin.core.units import Quote, Ratio


def policy_of(section: Section) -> Policy:
    """The limits of ``section`` in the core's units."""
    levels = section.levels
    return Policy(
        sizing=_sizing(section.sizing),
        leverage=_leverage(section.leverage),
        stop=ratio(section.stop.normal_pct),
        max_positions=section.positions.max,
        levels=by_level(0, levels.low, levels.medium, levels.high, levels.critical),
        breaker=_breaker(section.breaker),
        emergency=_emergency(section.emergency),
        trust=_trust(section.trust),
        reconciliation=_reconciliation(section.reconciliation),
        day=_day(section.day),
        modes=_observed(section.modes),
    )


def alert_plan_of(section: Section) -> AlertPlan:
    """Who is told what; quiet hours are those of the trading day's time zone."""
    alerts, routes = section.alerts, section.alerts.routes
    span = alerts.quiet_hours
    quiet = span and QuietHours(
        begin=time.fromisoformat(span["from"]),
        until=time.fromisoformat(span["to"]),
        timezone=_zone(section.day),
    )
    return AlertPlan(
        routes=MappingProxyType(
            {
                Severity.INFO: routes.info,
                Severity.WARNING: routes.warning,
                Severity.CRITICAL: routes.critical,
            }
        ),
        levels=tuple(
            Level(name=each.name, channels=each.channels, after=each.after)
            for each in alerts.levels
        ),
        again_after=alerts.again_after,
        per_minute=alerts.per_minute,
        quiet=quiet or None,
        digest=alerts.digest,
    )


def _observed(modes: Mapping[str, str]) -> Mapping[str, Mode]:
    """What is only observed; to enforce is the default and needs no word."""
    return MappingProxyType(
        {name: Mode(mode) for name, mode in modes.items() if mode == Mode.OBSERVE}
    )


def ratio(pct: float) -> Ratio:
    """Percent as a ratio: 5 is 0.05."""
    return Ratio(pct / 100)


def _ratios(pair: object) -> Threshold:
    warn, trip = getattr(pair, "warn_pct"), getattr(pair, "trip_pct")  # noqa: B009
    return Threshold(
        warn=None if warn is None else ratio(warn), trip=None if trip is None else ratio(trip)
    )


def _values(table: BasePct | MaxLeverage) -> tuple[float, ...]:
    return table.minimal, table.low, table.medium, table.high, table.critical


def _sizing(sizing: Sizing) -> SizingPolicy:
    risk = sizing.max_risk_per_trade_pct
    return SizingPolicy(
        base=by_level(*(ratio(pct) for pct in _values(sizing.base_pct))),
        estimator=sizing.volatility.estimator,
        curve=sizing.volatility.curve,
        medium_volatility=ratio(sizing.volatility.medium_pct),
        high_volatility=ratio(sizing.volatility.high_pct),
        full_size_equity=Quote(sizing.full_size_equity),
        min_position=Quote(sizing.min_position),
        max_risk_per_trade=None if risk is None else ratio(risk),
    )


def _leverage(leverage: Leverage) -> LeveragePolicy:
    return LeveragePolicy(
        max=by_level(*_values(leverage.max)),
        liquidation_buffer=ratio(leverage.liquidation_buffer_pct),
    )


def _breaker(breaker: Breaker) -> BreakerPolicy:
    test = breaker.half_open
    return BreakerPolicy(
        drawdown=_ratios(breaker.drawdown),
        daily_loss=_ratios(breaker.daily_loss),
        weekly_loss=_ratios(breaker.weekly_loss),
        exposure=_ratios(breaker.exposure),
        score=Threshold(warn=breaker.score.warn, trip=breaker.score.trip),
        losing_streak=Threshold(warn=breaker.losing_streak.warn, trip=breaker.losing_streak.trip),
        volatility=_ratios(breaker.volatility),
        rejected_orders=_ratios(breaker.rejected_orders),
        liquidation_room=_ratios(breaker.liquidation_room),
        max_consecutive_errors=breaker.system.max_consecutive_errors,
        max_price_age=breaker.system.max_price_age,
        hold_daily_loss=breaker.daily_loss.hold_until_next_day,
        cooldown=breaker.cooldown,
        max_cooldown=breaker.max_cooldown,
        on_trip=OnTrip(breaker.on_trip),
        half_open=HalfOpenPolicy(
            max_positions=test.max_positions,
            size_factor=Ratio(test.size_factor),
            wins=test.wins,
            max_loss=ratio(test.max_loss_pct),
        ),
    )


def _emergency(emergency: Emergency) -> EmergencyPolicy:
    return EmergencyPolicy(
        max_leverage=emergency.max_leverage,
        max_position=ratio(emergency.max_position_pct),
        max_positions=emergency.max_positions,
        stop=ratio(emergency.stop_pct),
    )


def _trust(trust: Trust) -> TrustPolicy:
    return TrustPolicy(
        tolerance=ratio(trust.tolerance_pct),
        confirm_after=trust.confirm_after,
        max_jump=ratio(trust.max_jump_pct),
    )


def _reconciliation(section: Reconciliation) -> ReconciliationPolicy:
    return ReconciliationPolicy(
        amount_tolerance=ratio(section.amount_tolerance_pct),
        slippage_warn=ratio(section.slippage_warn_pct),
    )


def _day(day: Day) -> DayPolicy:
    return DayPolicy(timezone=_zone(day), starts_at=time.fromisoformat(day.starts_at))


def _zone(day: Day) -> tzinfo:
    return UTC if day.timezone == "UTC" else ZoneInfo(day.timezone)
