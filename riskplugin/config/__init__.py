"""The section "risk" of a freqtrade configuration: only reader of dicts and percentages."""

from __future__ import annotations

from riskplugin.config.errors import ConfigError, Problem
from riskplugin.config.limits import RiskLimits
from riskplugin.config.loading import RiskConfig, json_schema, parse
from riskplugin.config.names import (
    ALWAYS_ENFORCED,
    CURVE_NAMES,
    ESTIMATOR_NAMES,
    MODE_NAMES,
    RULE_NAMES,
    TRIGGER_NAMES,
)
from riskplugin.config.presets import PRESETS, Preset

__all__ = [
    "ALWAYS_ENFORCED",
    "CURVE_NAMES",
    "ESTIMATOR_NAMES",
    "MODE_NAMES",
    "PRESETS",
    "RULE_NAMES",
    "TRIGGER_NAMES",
    "ConfigError",
    "Preset",
    "Problem",
    "RiskConfig",
    "RiskLimits",
    "json_schema",
    "parse",
]
