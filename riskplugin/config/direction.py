"""Which way a limit is tighter: one line for every key that is a limit. Pure; knows no person.

A flat section has every key with its value as it stands in the file: ``{"stop.normal_pct": 5.0}``;
of ``modes`` the rules that only observe. Null means off, which is the loosest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from riskplugin.config.durations import parse_duration
from riskplugin.core.score import (
    DEFAULT_DAILY_LOSS,
    DEFAULT_DRAWDOWN,
    DEFAULT_EXPOSURE,
    DEFAULT_POSITIONS,
)

Flat = Mapping[str, Any]

_LOOSEST = float("-inf")
_LEVELS = ("minimal", "low", "medium", "high", "critical")


@dataclass(frozen=True, slots=True)
class Direction:
    """How two values of a key compare. ``rank`` grows with tightness; None: there is no order.

    ``alone`` is False for a key of which even the tighter value lets something through that the
    looser one does not: then any change is for two people. ``unset`` is what the risk score takes
    for null: null and a value above it are each the tighter one in some respect.
    """

    rank: Callable[[Any], float] | None
    alone: bool = True
    unset: float | None = None

    def tightens(self, old: Any, new: Any) -> bool:
        """``new`` is at least as tight as ``old`` in every respect."""
        if old == new:
            return True
        if self.rank is None or not self.alone or self._crosses(old, new):
            return False
        return self.rank(new) >= self.rank(old)

    def exceeds(self, value: Any, ceiling: Any) -> bool:
        """``value`` is looser than ``ceiling``; without an order, it is another."""
        if self.rank is None:
            return bool(value != ceiling)
        return self.rank(value) < self.rank(ceiling)

    def _crosses(self, old: Any, new: Any) -> bool:
        if self.unset is None or (old is None) == (new is None):
            return False
        return bool((new if old is None else old) > self.unset)


def _lower(value: Any) -> float:
    return _LOOSEST if value is None else -float(value)


def _higher(value: Any) -> float:
    return _LOOSEST if value is None else float(value)


def _shorter(value: Any) -> float:
    return -parse_duration(value).total_seconds()


def _longer(value: Any) -> float:
    return parse_duration(value).total_seconds()


def _one_of(*loosest_first: Any) -> Callable[[Any], float]:
    return lambda value: float(loosest_first.index(value))


LOWER = Direction(_lower)
HIGHER = Direction(_higher)
LONGER = Direction(_longer)
SHORTER = Direction(_shorter)
#: Any change is for two people, and none goes beyond what the file names.
UNORDERED = Direction(None)
#: A nearer stop loses less, and lets larger entries (SZ-7) and more leverage (LV-3) through.
STOP = Direction(_lower, alone=False)
_PAIRS = {
    name: Direction(_lower, unset=unset)
    for name, unset in (
        ("drawdown.trip_pct", 100 * DEFAULT_DRAWDOWN),
        ("daily_loss.trip_pct", 100 * DEFAULT_DAILY_LOSS),
        ("exposure.trip_pct", 100 * DEFAULT_EXPOSURE),
    )
}

#: Every limit of the section but ``modes``.
DIRECTIONS: Mapping[str, Direction] = MappingProxyType(
    {
        **{f"sizing.base_pct.{level}": LOWER for level in _LEVELS},
        "sizing.volatility.estimator": UNORDERED,
        "sizing.volatility.curve": UNORDERED,
        "sizing.volatility.medium_pct": LOWER,
        "sizing.volatility.high_pct": LOWER,
        "sizing.full_size_equity": HIGHER,
        # A higher minimum refuses small entries, and lets larger probes through (CB-6).
        "sizing.min_position": Direction(_higher, alone=False),
        "sizing.max_risk_per_trade_pct": LOWER,
        **{f"leverage.max.{level}": LOWER for level in _LEVELS},
        "leverage.liquidation_buffer_pct": HIGHER,
        "stop.normal_pct": STOP,
        "positions.max": Direction(_lower, unset=DEFAULT_POSITIONS),
        # A level that begins at a lower score is reached earlier, and the riskier allows less.
        **{f"levels.{level}": LOWER for level in _LEVELS[1:]},
        "breaker.drawdown.warn_pct": LOWER,
        "breaker.drawdown.trip_pct": _PAIRS["drawdown.trip_pct"],
        "breaker.daily_loss.warn_pct": LOWER,
        "breaker.daily_loss.trip_pct": _PAIRS["daily_loss.trip_pct"],
        "breaker.daily_loss.hold_until_next_day": Direction(float),
        "breaker.weekly_loss.warn_pct": LOWER,
        "breaker.weekly_loss.trip_pct": LOWER,
        "breaker.exposure.warn_pct": LOWER,
        "breaker.exposure.trip_pct": _PAIRS["exposure.trip_pct"],
        "breaker.score.warn": LOWER,
        "breaker.score.trip": LOWER,
        "breaker.losing_streak.warn": LOWER,
        "breaker.losing_streak.trip": LOWER,
        "breaker.volatility.warn_pct": LOWER,
        "breaker.volatility.trip_pct": LOWER,
        "breaker.rejected_orders.warn_pct": LOWER,
        "breaker.rejected_orders.trip_pct": LOWER,
        # These act from below.
        "breaker.liquidation_room.warn_pct": HIGHER,
        "breaker.liquidation_room.trip_pct": HIGHER,
        "breaker.system.max_consecutive_errors": LOWER,
        "breaker.system.max_price_age": SHORTER,
        "breaker.cooldown": LONGER,
        "breaker.max_cooldown": LONGER,
        "breaker.on_trip": Direction(_one_of("halt", "emergency", "flatten")),
        "breaker.half_open.max_positions": LOWER,
        "breaker.half_open.size_factor": LOWER,
        # More wins are asked for, and as many losses are borne.
        "breaker.half_open.wins": Direction(_higher, alone=False),
        "breaker.half_open.max_loss_pct": LOWER,
        "emergency.max_leverage": LOWER,
        "emergency.max_position_pct": LOWER,
        "emergency.max_positions": LOWER,
        "emergency.stop_pct": STOP,
        "trust.tolerance_pct": LOWER,
        "trust.confirm_after": LONGER,
        "trust.max_jump_pct": LOWER,
        "reconciliation.amount_tolerance_pct": LOWER,
        "reconciliation.slippage_warn_pct": LOWER,
        "day.timezone": UNORDERED,
        "day.starts_at": UNORDERED,
    }
)
_MODE = Direction(_one_of("observe", "enforce"))
#: With the plugin's stop a plan of the strategy that has none may be sound, without it is not.
_MODE_OF_STOP = Direction(_one_of("observe", "enforce"), alone=False)


def direction_of(key: str) -> Direction:
    """How values of ``key`` compare; ``modes.NAME`` is a key. Raises KeyError for no limit."""
    if key.startswith("modes."):
        return _MODE_OF_STOP if key == "modes.stop" else _MODE
    return DIRECTIONS[key]


def value_of(flat: Flat, key: str) -> Any:
    """The value of ``key``; a rule that is not named in ``modes`` is enforced."""
    return flat.get(key, "enforce") if key.startswith("modes.") else flat[key]


def differing(old: Flat, new: Flat) -> Iterator[str]:
    """The keys that both know and that differ, in the order of the section."""
    keys = [key for key in new if key.startswith("modes.") or key in old]
    for key in dict.fromkeys([*keys, *(k for k in old if k.startswith("modes."))]):
        if value_of(old, key) != value_of(new, key):
            yield key


@dataclass(frozen=True, slots=True)
class Compared:
    """The keys of a newer section that are tighter, and those that are looser or cannot be told."""

    tightened: tuple[str, ...]
    loosened: tuple[str, ...]


def compare(old: Flat, new: Flat) -> Compared:
    """What ``new`` is against ``old``.

    >>> compare({"stop.normal_pct": 5.0, "positions.max": 4},
    ...         {"stop.normal_pct": 5.0, "positions.max": None})
    Compared(tightened=(), loosened=('positions.max',))
    """
    tightened: list[str] = []
    loosened: list[str] = []
    for key in differing(old, new):
        tighter = direction_of(key).tightens(value_of(old, key), value_of(new, key))
        (tightened if tighter else loosened).append(key)
    return Compared(tuple(tightened), tuple(loosened))
