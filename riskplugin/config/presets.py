"""Three ways to begin: parts of the section "risk" that belong together, and for whom each is.

A preset is data. ``riskplugin init --preset`` writes its figures into the configuration, where
people see and change them; no key says "preset". What a preset does not name has its default, and
``moderate`` names nothing. Conservative is nowhere looser than moderate, moderate nowhere looser
than aggressive (tests hold every key to config/direction.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

USUAL = "moderate"


@dataclass(frozen=True, slots=True)
class Preset:
    """A part of the section "risk"; ``whom`` is one sentence of whom it is for."""

    whom: str
    section: Mapping[str, Any]


_CONSERVATIVE = {
    "sizing": {
        "base_pct": {
            "minimal": 1.0,
            "low": 0.5,
            "medium": 0.25,
            "high": 0.125,
            "critical": 0.125,
        },
        "max_risk_per_trade_pct": 0.25,
    },
    "leverage": {
        "max": {"minimal": 5.0, "low": 4.0, "medium": 3.0, "high": 2.0, "critical": 1.0},
        "liquidation_buffer_pct": 40.0,
    },
    "stop": {"normal_pct": 4.0},
    "positions": {"max": 5},
    "breaker": {
        "drawdown": {"warn_pct": 5.0, "trip_pct": 8.0},
        "daily_loss": {"warn_pct": 0.5, "trip_pct": 1.0, "hold_until_next_day": True},
        "weekly_loss": {"warn_pct": 2.0, "trip_pct": 3.0},
        "exposure": {"warn_pct": 22.5, "trip_pct": 25.0},
        "losing_streak": {"warn": 3, "trip": 6},
        "liquidation_room": {"warn_pct": 50.0, "trip_pct": 25.0},
        "cooldown": "4h",
        "max_cooldown": "3d",
        "half_open": {"wins": 3, "max_loss_pct": 0.25},
    },
    "emergency": {
        "max_leverage": 2.0,
        "max_position_pct": 0.25,
        "max_positions": 2,
        "stop_pct": 5.0,
    },
}
_AGGRESSIVE = {
    "sizing": {
        "base_pct": {"minimal": 3.0, "low": 2.0, "medium": 1.0, "high": 0.5, "critical": 0.25}
    },
    "leverage": {
        "max": {"minimal": 25.0, "low": 20.0, "medium": 15.0, "high": 10.0, "critical": 5.0}
    },
    "stop": {"normal_pct": 6.0},
    "breaker": {
        "drawdown": {"warn_pct": 15.0, "trip_pct": 25.0},
        "daily_loss": {"warn_pct": 2.5, "trip_pct": 5.0},
        "exposure": {"warn_pct": 90.0, "trip_pct": 100.0},
        "losing_streak": {"warn": 8, "trip": 15},
        "cooldown": "30m",
        "half_open": {"max_loss_pct": 1.0},
    },
    "emergency": {"max_position_pct": 1.0, "max_positions": 5},
}

#: Every preset by its name, the tightest first.
PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "conservative": Preset(
            "For a first bot with real money, and for money of which a tenth must not be lost.",
            _CONSERVATIVE,
        ),
        "moderate": Preset(
            "For most: a strategy that did well in backtest and dry-run, and money that can bear "
            "a bad month.",
            {},
        ),
        "aggressive": Preset(
            "For a strategy that has earned for months with real money, and money whose loss of a "
            "quarter changes nothing.",
            _AGGRESSIVE,
        ),
    }
)


def preset(name: str) -> Preset:
    """The preset of this name. Raises ValueError that names those that there are."""
    try:
        return PRESETS[name]
    except KeyError:
        raise ValueError(f"no preset {name!r}; there are {', '.join(PRESETS)}") from None
