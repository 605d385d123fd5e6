"""The group "breaker": what trips it, how it recovers."""

from __future__ import annotations

from typing import Literal

from riskplugin.config.fields import (
    Duration,
    Number,
    NumberOrOff,
    Switch,
    Whole,
    WholeOrOff,
    key,
    percent,
)
from riskplugin.config.schema.keys import Keys, Pair


class Drawdown(Pair):
    """Fall of equity from its peak (CB-2)."""

    warn_pct: NumberOrOff = percent(10.0, "drawdown that warns", "the peak")
    trip_pct: NumberOrOff = percent(15.0, "drawdown that trips the breaker", "the peak")


class DailyLoss(Pair):
    """Fall of equity since the start of the day (CB-2, CB-10)."""

    warn_pct: NumberOrOff = percent(1.0, "daily loss that warns", "the day's first equity")
    trip_pct: NumberOrOff = percent(2.0, "daily loss that trips", "the day's first equity")
    hold_until_next_day: Switch = key(
        default=False,
        about="true: after a daily or weekly loss the breaker stays open until the next period",
    )


class WeeklyLoss(Pair):
    """Fall of equity since the start of the week (CB-10); off by default."""

    warn_pct: NumberOrOff = percent(
        None, "weekly loss that warns", "the week's first equity", example=3
    )
    trip_pct: NumberOrOff = percent(
        None, "weekly loss that trips", "the week's first equity", example=5
    )


class Exposure(Pair):
    """Gross exposure: notional of positions and working entries (CB-2)."""

    warn_pct: NumberOrOff = percent(
        45.0, "entries fill up to here; the room above is for prices", "equity", at_most=10_000
    )
    trip_pct: NumberOrOff = percent(
        50.0, "exposure that trips the breaker", "equity", at_most=10_000
    )


class Score(Pair):
    """Risk score (MO-2)."""

    names = ("warn", "trip")
    warn: NumberOrOff = key(80.0, "score that warns", "score", above=0, at_most=100)
    trip: NumberOrOff = key(95.0, "score that trips", "score", above=0, at_most=100)


class LosingStreak(Pair):
    """Losing trades in a row."""

    names = ("warn", "trip")
    warn: WholeOrOff = key(5, "losses in a row that warn", "trades", at_least=1)
    trip: WholeOrOff = key(10, "losses in a row that trip", "trades", at_least=1)


class VolatilitySpike(Pair):
    """Volatility of the open book."""

    warn_pct: NumberOrOff = percent(
        50.0, "volatility of the book that warns", "price per day", at_most=1000
    )
    trip_pct: NumberOrOff = percent(
        100.0, "volatility of the book that trips", "price per day", at_most=1000
    )


class RejectedOrders(Pair):
    """Share of recent orders that the exchange refused."""

    warn_pct: NumberOrOff = percent(30.0, "refused orders that warn", "recent orders")
    trip_pct: NumberOrOff = percent(60.0, "refused orders that trip", "recent orders")


class LiquidationRoom(Pair):
    """What is left of the way to liquidation; the only limit that acts from below (LV-4)."""

    highest_warning = 100.0
    warn_pct: NumberOrOff = percent(40.0, "room at and below which it warns", "the whole way")
    trip_pct: NumberOrOff = percent(15.0, "room at and below which it trips", "the whole way")


class System(Keys):
    """When the bot itself is not to be trusted (CB-2)."""

    max_consecutive_errors: Whole = key(5, "errors in a row that trip", "errors", at_least=1)
    max_price_age: Duration = key("2m", "an older price is stale", validate_default=True)


class HalfOpen(Keys):
    """The test that a breaker has to pass before it closes (CB-6)."""

    max_positions: Whole = key(1, "probe positions at a time", "positions", at_least=1)
    size_factor: Number = key(0.25, "size of a probe", "times the normal size", above=0, at_most=1)
    wins: Whole = key(2, "won probes that close the breaker", "trades", at_least=1)
    max_loss_pct: Number = percent(0.5, "loss of the test that opens it again", "equity")


class Breaker(Keys):
    """The circuit breaker: what trips it, how it recovers."""

    drawdown: Drawdown = Drawdown()
    daily_loss: DailyLoss = DailyLoss()
    weekly_loss: WeeklyLoss = WeeklyLoss()
    exposure: Exposure = Exposure()
    score: Score = Score()
    losing_streak: LosingStreak = LosingStreak()
    volatility: VolatilitySpike = VolatilitySpike()
    rejected_orders: RejectedOrders = RejectedOrders()
    liquidation_room: LiquidationRoom = LiquidationRoom()
    system: System = System()
    cooldown: Duration = key("1h", "rest after a trip", validate_default=True)
    max_cooldown: Duration = key("1d", "longest rest after failed tests", validate_default=True)
    on_trip: Literal["halt", "emergency", "flatten"] = key(
        "emergency",
        "halt: no entries; emergency: also close what exceeds the emergency limits; "
        "flatten: also close everything",
    )
    half_open: HalfOpen = HalfOpen()
