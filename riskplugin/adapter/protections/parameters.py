"""The parameters of the protections: plain numbers in percent, checked strictly (PR-2).

freqtrade's own protections take a misspelt key for its default; here it stops the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from zoneinfo import available_timezones

import numpy as np
from freqtrade.exceptions import ConfigurationError
from freqtrade.strategy.parameters import BaseParameter
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from riskplugin.config.errors import Problem
from riskplugin.config.fields import Clock, Number, Switch, Text, Whole, Zone, key, percent
from riskplugin.config.messages import allowed, did_you_mean, shown
from riskplugin.config.schema.keys import Keys


class Timing(Keys):
    """What every protection takes; the defaults are those of freqtrade's own protections."""

    method: Text = key("", "the protection's name")
    stop_duration: Whole = key(60, "how long entries stay locked", "minutes", at_least=1)
    stop_duration_candles: Whole = key(
        1, "how long entries stay locked", "candles of the strategy's timeframe", at_least=1
    )
    unlock_at: Clock = key("00:00", "until when entries stay locked", 'time of day UTC, "HH:MM"')


class DrawdownParameters(Timing):
    """RiskDrawdown. Without a lookback the peak is the highest ever seen."""

    max_drawdown_pct: Number = percent(15.0, "fall from the peak at which it locks", "the peak")
    lookback_period: Whole = key(60, "how far back the peak may lie", "minutes", at_least=1)
    lookback_period_candles: Whole = key(
        1, "how far back the peak may lie", "candles of the strategy's timeframe", at_least=1
    )


class DailyLossParameters(Timing):
    """RiskDailyLoss. Without timezone and starts_at the day is the account's."""

    max_loss_pct: Number = percent(
        2.0, "fall since the start of the day at which it locks", "equity at the start of the day"
    )
    timezone: Zone = key("UTC", "the time zone of the day", "name of a time zone")
    starts_at: Clock = key("00:00", "when the day begins", 'time of day, "HH:MM"')


class ExposureParameters(Timing):
    """RiskExposure."""

    max_exposure_pct: Number = percent(
        50.0, "gross exposure above which it locks", "equity", at_most=12_500
    )


class BreakerParameters(Timing):
    """RiskCircuitBreaker."""


class EmergencyParameters(Timing):
    """RiskEmergency."""

    stop_entries: Switch = key(
        default=False, about="lock during all of emergency mode, not only while closing"
    )


P = TypeVar("P", bound=Timing)


def plain(protection_config: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with numpy's scalars, which optimisers like to hand over, as Python's."""
    return {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in protection_config.items()
    }


def read(kind: type[P], parameters: Mapping[str, Any], name: str) -> P:
    """The parameters of the protection ``name``.

    Raises ConfigurationError that names each wrong key, what it was and what it may be.
    """
    try:
        return kind.model_validate(dict(parameters))
    except ValidationError as error:
        problems = [
            _problem(kind, each, parameters, name) for each in error.errors(include_url=False)
        ]
    raise ConfigurationError("\n".join(str(problem) for problem in problems))


def _problem(
    kind: type[Timing], error: ErrorDetails, parameters: Mapping[str, Any], name: str
) -> Problem:
    word = str(error["loc"][0])
    was = parameters[word]
    path = f"{name}.{word}"
    field = kind.model_fields.get(word)
    if field is None:
        known = [key for key in kind.model_fields if key != "method"]
        near = did_you_mean(word, known)
        must = f"is not a key; here are {', '.join(known)}"
        return Problem(path, shown(was), must, f"did you mean '{near}'?" if near else "take it out")
    return Problem(path, _shown(was), allowed(field, was), _mend(field, was))


def _shown(was: object) -> str:
    return type(was).__name__ if isinstance(was, BaseParameter) else shown(was)


def _mend(field: FieldInfo, was: object) -> str:
    if isinstance(was, BaseParameter):
        return "write its .value"
    if isinstance(was, str) and "time zone" in (field.description or ""):
        zones = {zone.lower(): zone for zone in available_timezones()}
        if near := did_you_mean(was, zones):
            return f'did you mean "{zones[near]}"?'
    default = field.default
    return f"write e.g. {f'{default:g}' if isinstance(default, float) else shown(default)}"
