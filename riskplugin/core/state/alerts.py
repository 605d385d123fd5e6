"""Keeps the alerts in step with what the other folds do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from riskplugin.core import events as ev
from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.alerts.folds import FOLDS as ALERT_FOLDS
from riskplugin.core.state.risk_state import RiskState

StateFold = Callable[[RiskState, Any], None]


def with_alerts(folds: Mapping[type[ev.Event], StateFold]) -> dict[type[ev.Event], StateFold]:
    """The folds of all events that alerts follow, each after what ``folds`` does to the state."""
    return {kind: _both(folds.get(kind), fold) for kind, fold in ALERT_FOLDS.items()}


def _both(before: StateFold | None, fold: Callable[[AlertBook, Any], AlertBook]) -> StateFold:
    def both(state: RiskState, event: Any) -> None:
        if before is not None:
            before(state, event)
        state.alerts = fold(state.alerts, event)

    return both
