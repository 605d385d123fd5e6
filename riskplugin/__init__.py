"""riskplugin: a risk layer for freqtrade. A strategy proposes, a core decides, all is recorded.

Importing this package imports neither freqtrade nor pydantic: the public names are loaded when they
are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from riskplugin.version import __version__

if TYPE_CHECKING:
    from riskplugin.adapter.mixin import RiskMixin
    from riskplugin.api import (
        calculate_position_size,
        calculate_risk_score,
        check_circuit_breaker_conditions,
    )
    from riskplugin.config import ConfigError, RiskLimits
    from riskplugin.core.breaker import BreakerState
    from riskplugin.core.levels import RiskLevel
    from riskplugin.core.score import RiskScore
    from riskplugin.core.snapshot import AccountSnapshot, EntryRequest, Position, WorkingEntry
    from riskplugin.core.triggers import Trigger
    from riskplugin.core.verdict import Allow, Cap, Deny


_HOME = {
    "RiskMixin": "riskplugin.adapter.mixin",
    "RiskLimits": "riskplugin.config",
    "ConfigError": "riskplugin.config",
    "RiskLevel": "riskplugin.core.levels",
    "BreakerState": "riskplugin.core.breaker",
    "AccountSnapshot": "riskplugin.core.snapshot",
    "EntryRequest": "riskplugin.core.snapshot",
    "Position": "riskplugin.core.snapshot",
    "WorkingEntry": "riskplugin.core.snapshot",
    "Allow": "riskplugin.core.verdict",
    "Cap": "riskplugin.core.verdict",
    "Deny": "riskplugin.core.verdict",
    "RiskScore": "riskplugin.core.score",
    "Trigger": "riskplugin.core.triggers",
    "calculate_position_size": "riskplugin.api",
    "calculate_risk_score": "riskplugin.api",
    "check_circuit_breaker_conditions": "riskplugin.api",
}

__all__ = [
    "AccountSnapshot",
    "Allow",
    "BreakerState",
    "Cap",
    "ConfigError",
    "Deny",
    "EntryRequest",
    "Position",
    "RiskLevel",
    "RiskLimits",
    "RiskMixin",
    "RiskScore",
    "Trigger",
    "WorkingEntry",
    "__version__",
    "calculate_position_size",
    "calculate_risk_score",
    "check_circuit_breaker_conditions",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
