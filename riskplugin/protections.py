"""Import this in a strategy, and its ``protections`` may name riskplugin's classes.

A strategy with ``RiskMixin`` needs no import. Parameters and meaning: docs/protections.md.
"""

from __future__ import annotations

from riskplugin.adapter.protections.breaker import RiskCircuitBreaker
from riskplugin.adapter.protections.daily_loss import RiskDailyLoss
from riskplugin.adapter.protections.drawdown import RiskDrawdown
from riskplugin.adapter.protections.emergency import RiskEmergency
from riskplugin.adapter.protections.exposure import RiskExposure
from riskplugin.adapter.protections.registration import register

__all__ = [
    "RiskCircuitBreaker",
    "RiskDailyLoss",
    "RiskDrawdown",
    "RiskEmergency",
    "RiskExposure",
]

register()
