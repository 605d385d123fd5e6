"""Which limits follow from the file, its hard limits, and what people changed. Pure.

All steps that nobody asked for only tighten: a value beyond the file's hard limits is cut back to
them, and where two limits contradict each other the looser one gives way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple, Self

from riskplugin.config import ConfigError, RiskConfig, parse
from riskplugin.config.ceilings import is_limit, leaves, section_of
from riskplugin.config.direction import direction_of, value_of
from riskplugin.core.events.limits import Setting
from riskplugin.core.policy import Policy
from riskplugin.core.state import limits_name

POSITIONS = "positions.max"
_LEVELS = ("minimal", "low", "medium", "high", "critical")
_WARNED = (
    "drawdown", "daily_loss", "weekly_loss", "exposure", "score", "losing_streak", "volatility",
    "rejected_orders",
)  # fmt: skip


class Limits(NamedTuple):
    """One set of limits: every key, as text for the record, and as the core reads it."""

    flat: dict[str, Any]
    version: str
    text: str
    policy: Policy


@dataclass(frozen=True)
class File:
    """The limits that the bot was started with, and how far they may be loosened."""

    flat: Mapping[str, Any]
    ceiling: Mapping[str, Any]
    version: str
    slots: int | None

    @classmethod
    def of(cls, config: RiskConfig, slots: int | None) -> Self:
        """``slots`` is the bot's own number of positions, where the section names none."""
        flat = {k: v for k, v in leaves(config.section) if is_limit(k)}
        ceiling = config.ceiling
        if flat[POSITIONS] is None:
            flat[POSITIONS] = slots
            named = ceiling[POSITIONS]
            ceiling[POSITIONS] = slots if named is None or slots is None else max(slots, named)
        return cls(flat, ceiling, config.version, slots)

    @property
    def name(self) -> str:
        """What tells it from every other, the bot's own number of positions included."""
        return limits_name(self.version, self.flat[POSITIONS])

    def read(self, flat: Mapping[str, Any]) -> Limits:
        """``flat`` as limits. Raises ConfigError where they contradict each other.

        As many positions as the bot itself allows need not be named.
        """
        own = self.slots is not None and flat[POSITIONS] == self.slots
        config = parse(section_of({**flat, POSITIONS: None} if own else flat))
        most = self.slots if own else config.policy.max_positions
        written = {k: v for k, v in leaves(config.section) if is_limit(k)}
        written[POSITIONS] = most
        policy = replace(config.policy, max_positions=most)
        return Limits(written, config.version, config.limits, policy)

    def fit(self, flat: Mapping[str, Any]) -> Limits:
        """``flat`` as limits; what contradicts is tightened until it fits."""
        try:
            return self.read(flat)
        except ConfigError:
            return self.read(tightened(flat))

    def allowed(self, key: str, value: Any) -> bool:
        """``value`` lies within the hard limits."""
        top, own = value_of(self.ceiling, key), value_of(self.flat, key)
        if direction_of(key).rank is None:
            return value in (top, own)
        return not direction_of(key).exceeds(value, top)

    def cut(self, key: str, value: Any) -> Any:
        """``value``, or as much of it as the hard limits allow."""
        if self.allowed(key, value):
            return value
        ordered = direction_of(key).rank is not None
        return value_of(self.ceiling if ordered else self.flat, key)

    def with_settings(self, flat: Mapping[str, Any], settings: Iterable[Setting]) -> dict[str, Any]:
        """``flat`` with other values, as far as they are allowed and still name a limit."""
        new = dict(flat)
        for setting in settings:
            if setting.key in self.flat or setting.key.startswith("modes."):
                new[setting.key] = self.cut(setting.key, json.loads(setting.value))
        return new


def written(flat: Mapping[str, Any]) -> str:
    """``flat`` as canonical JSON."""
    return json.dumps(dict(flat), sort_keys=True, separators=(",", ":"))


def settings_of(flat: Mapping[str, Any], keys: Iterable[str]) -> tuple[Setting, ...]:
    """The values of these keys, for the record."""
    return tuple(Setting(key=key, value=json.dumps(value_of(flat, key))) for key in keys)


def tightened(flat: Mapping[str, Any]) -> dict[str, Any]:
    """``flat`` with each limit that contradicts another one lowered (or raised) until it fits.

    >>> tightened({"breaker.drawdown.warn_pct": 12.0, "breaker.drawdown.trip_pct": 9.0})
    {'breaker.drawdown.warn_pct': 9.0, 'breaker.drawdown.trip_pct': 9.0}
    """
    new = dict(flat)
    for name in _WARNED:
        end = "" if name in ("score", "losing_streak") else "_pct"
        _at_most(new, f"breaker.{name}.warn{end}", f"breaker.{name}.trip{end}")
    _at_least(new, "breaker.liquidation_room.warn_pct", "breaker.liquidation_room.trip_pct")
    _at_most(new, "sizing.volatility.medium_pct", "sizing.volatility.high_pct")
    for table in ("sizing.base_pct", "leverage.max"):
        for calmer, riskier in pairwise(_LEVELS):
            _at_most(new, f"{table}.{riskier}", f"{table}.{calmer}")
    for lower, higher in reversed(list(pairwise(_LEVELS[1:]))):
        _below(new, f"levels.{lower}", f"levels.{higher}")
    _at_most(new, "emergency.max_leverage", "leverage.max.minimal")
    _at_most(new, "emergency.max_position_pct", "sizing.base_pct.minimal")
    _at_most(new, "emergency.max_positions", POSITIONS)
    _at_most(new, "breaker.half_open.max_positions", POSITIONS)
    longer = direction_of("breaker.cooldown")
    if "breaker.cooldown" in new and longer.exceeds(
        new["breaker.max_cooldown"], new["breaker.cooldown"]
    ):
        new["breaker.max_cooldown"] = new["breaker.cooldown"]
    return new


def _known(flat: Mapping[str, Any], *keys: str) -> bool:
    return all(flat.get(key) is not None for key in keys)


def _at_most(flat: dict[str, Any], key: str, most: str) -> None:
    if _known(flat, key, most):
        flat[key] = min(flat[key], flat[most])


def _at_least(flat: dict[str, Any], key: str, least: str) -> None:
    if _known(flat, key, least):
        flat[key] = max(flat[key], flat[least])


def _below(flat: dict[str, Any], key: str, other: str) -> None:
    """Levels begin one after the other."""
    if _known(flat, key, other) and not flat[key] < flat[other]:
        flat[key] = flat[other] * 0.99
