"""How the account is judged: risk levels, which figures are believed, when a day begins."""

from __future__ import annotations

from riskplugin.config.fields import Clock, Duration, Number, Zone, key, percent
from riskplugin.config.schema.keys import Keys


class Levels(Keys):
    """Risk score at which each level begins; below ``low`` the level is MINIMAL (MO-2)."""

    low: Number = key(20.0, "score at which LOW begins", "score", above=0, at_most=100)
    medium: Number = key(40.0, "score at which MEDIUM begins", "score", above=0, at_most=100)
    high: Number = key(60.0, "score at which HIGH begins", "score", above=0, at_most=100)
    critical: Number = key(80.0, "score at which CRITICAL begins", "score", above=0, at_most=100)


class Trust(Keys):
    """When a wallet that disagrees with the book is disbelieved (CB-11)."""

    tolerance_pct: Number = percent(0.5, "disagreement that is still believed", "equity", below=100)
    confirm_after: Duration = key(
        "2m", "a disagreement that stays this long is a fact", validate_default=True
    )
    max_jump_pct: Number = percent(
        90.0, "a fall by more than this is confirmed by a person only", "equity"
    )


class Reconciliation(Keys):
    """How far fills may differ from what was approved, holdings from the trades (MO-4)."""

    amount_tolerance_pct: Number = percent(
        1.0, "difference that rounding, fees and dust explain", "the amount", below=100
    )
    slippage_warn_pct: Number = percent(1.0, "slippage of a fill that is told", "the price")


class Day(Keys):
    """When the trading day begins (CB-10)."""

    timezone: Zone = key("UTC", "time zone of the trading day", "a name such as Europe/Berlin")
    starts_at: Clock = key("00:00", "time of day at which it begins", "HH:MM, 24 hours")
