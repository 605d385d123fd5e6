"""The words that the section "risk" may use. Tests hold them against the registries they name."""

from __future__ import annotations

from riskplugin.core.rules import RULES

RULE_NAMES = (*(rule.name for rule in RULES), "minimum")
"""Rules that an entry has to pass; ``minimum`` is the gate's own."""

TRIGGER_NAMES = (
    "drawdown",
    "daily_loss",
    "weekly_loss",
    "exposure",
    "score",
    "losing_streak",
    "volatility",
    "rejected_orders",
    "liquidation_room",
    "system",
)
"""Limits that trip the breaker."""

MODE_NAMES = tuple(dict.fromkeys((*RULE_NAMES, *TRIGGER_NAMES, "stop", "reconciliation")))
"""Everything that ``modes`` may name; a name that is a rule and a trigger means both."""

ALWAYS_ENFORCED = ("input", "minimum", "trust")
"""Rules without which figures are not figures: they cannot be set to observe."""

ESTIMATOR_NAMES = ("ewma", "atr")
"""Volatility estimators, the keys of riskplugin.analytics.volatility.ESTIMATORS."""

CURVE_NAMES = ("linear", "stepped")
"""Curves of the volatility factor (SZ-3)."""
