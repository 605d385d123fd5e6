"""The group "control" of the file against what it said at the last start: recorded, and told where
it holds people back less. It is no limit, and holds at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from riskplugin.config import RiskConfig
from riskplugin.config.ceilings import is_limit, leaves
from riskplugin.config.direction import SHORTER, UNORDERED, Direction, direction_of
from riskplugin.config.durations import parse_duration
from riskplugin.control.limits.force import written
from riskplugin.control.limits.words import from_to, shown
from riskplugin.core.events.limits import ControlFiled
from riskplugin.core.limits import RuntimeLimits

_HARD = "hard_limits."


def _wait(value: Any) -> float:
    return 0.0 if value == "0s" else parse_duration(value).total_seconds()


#: Which way each key holds people back more. Where a file lies has no order.
_DIRECTIONS: Mapping[str, Direction] = {
    "token_life": SHORTER,
    "second_factor": Direction(float),
    "newcomer_wait": Direction(_wait),
    "loosen_delay": Direction(_wait),
    "proposal_expires": SHORTER,
    "longest_override": SHORTER,
}


def values_of(config: RiskConfig) -> dict[str, Any]:
    """Every key of the group; hard limits with their values as the section writes them."""
    flat, ceiling = dict(leaves(config.section["control"])), config.ceiling
    own = {key: value for key, value in flat.items() if not key.startswith(_HARD)}
    hard = {key: key.removeprefix(_HARD) for key in flat if key.startswith(_HARD)}
    return own | {key: ceiling.get(limit, "enforce") for key, limit in hard.items()}


def taken_up(
    runtime: RuntimeLimits, values: Mapping[str, Any], at: datetime
) -> Iterator[ControlFiled]:
    """The record of ``values``, if others were recorded before, or none."""
    now = written(values)
    if now == runtime.control:
        return
    if not runtime.control:
        yield ControlFiled(at=at, values=now)
        return
    old = json.loads(runtime.control)
    changed = [key for key in sorted({*old, *values}) if _of(old, key) != _of(values, key)]
    yield ControlFiled(
        at=at,
        values=now,
        looser=tuple(key for key in changed if _looser(key, old, values)),
        texts=tuple(_text(key, old, values) for key in changed),
    )


def _of(values: Mapping[str, Any], key: str) -> tuple[bool, Any]:
    return key in values, values.get(key)


def _looser(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """A hard limit that is named at all is looser than none; other keys come with an upgrade."""
    if key not in new:
        return False
    if key not in old:
        return key.startswith(_HARD)
    limit = key.removeprefix(_HARD)
    if limit == key:
        return _DIRECTIONS.get(key, UNORDERED).exceeds(new[key], old[key])
    return not is_limit(limit) or direction_of(limit).exceeds(new[key], old[key])


def _text(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    if key in old and key in new:
        return from_to(key, old[key], new[key])
    return f"{key} {shown(new[key])} is new" if key in new else f"{key} {shown(old[key])} is gone"
