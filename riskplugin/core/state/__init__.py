"""The risk state: events folded over time. One file of folds a subject, as events are."""

from __future__ import annotations

from riskplugin.core.state import account, breaker, life, orders
from riskplugin.core.state.account import streak_after
from riskplugin.core.state.alerts import with_alerts
from riskplugin.core.state.risk_state import (
    ANSWERS,
    AWAITED,
    FOLDS,
    HANDLED,
    SINCE,
    Awaited,
    Handled,
    RiskState,
    limits_name,
)

__all__ = [
    "ANSWERS",
    "AWAITED",
    "HANDLED",
    "SINCE",
    "SUBJECTS",
    "Awaited",
    "Handled",
    "RiskState",
    "limits_name",
    "streak_after",
]

#: The modules that fill the table of folds; alerts follow whatever those do.
SUBJECTS = (account, breaker, life, orders)
FOLDS.update(with_alerts(FOLDS))
