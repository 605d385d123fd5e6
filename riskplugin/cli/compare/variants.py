"""Which backtests a comparison needs: with and without, every point of a grid, limit by limit.

Knows the section "risk" and no freqtrade; a grid that cannot be is refused before anything runs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from riskplugin.cli.console import UsageError
from riskplugin.config import ALWAYS_ENFORCED, MODE_NAMES, ConfigError, parse
from riskplugin.reports.compare.job import Job, laid_over
from riskplugin.reports.compare.run import Run

#: Names of the two runs that every comparison has.
WITHOUT, WITH = "without", "with"
#: A grid of more runs is refused; above so many, a person is asked.
MOST_RUNS, ASK_ABOVE = 500, 12
_KEY = re.compile(r"[a-z_0-9]+(\.[a-z_0-9]+)+")
_WARNINGS = {"trip_pct": "warn_pct", "trip": "warn"}

Settings = dict[str, Any]


def grid_of(texts: Sequence[str]) -> dict[str, list[Any]]:
    """The values of each key, from ``key=value,value,…``. Raises UsageError."""
    grid: dict[str, list[Any]] = {}
    for text in texts:
        key, equals, values = text.partition("=")
        key = key.strip().removeprefix("risk.")
        if not (equals and values.strip() and _KEY.fullmatch(key)):
            raise UsageError(
                f"--grid {text} says no key and values: write e.g. breaker.drawdown.trip_pct=10,15"
            )
        if key in grid:
            raise UsageError(f"--grid names {key} twice: give all its values at once")
        grid[key] = list(dict.fromkeys(_value(each.strip()) for each in values.split(",")))
    runs = prod(map(len, grid.values()))
    if runs > MOST_RUNS:
        raise UsageError(f"the grid has {runs} points, at most {MOST_RUNS} are run: take fewer")
    return grid


def points(grid: Mapping[str, list[Any]], section: Mapping[str, Any]) -> list[Settings]:
    """Every combination that differs from ``section``, and can be. Raises UsageError."""
    if not grid:
        return []
    full = _checked(section, {}).section
    made = []
    for values in product(*grid.values()):
        named = dict(zip(grid, values, strict=True))
        if any(_at(full, key) != value for key, value in named.items()):
            settings = {**named, **_warnings(full, named)}
            _checked(section, settings)
            made.append(settings)
    return made


def name_of(settings: Settings, grid: Mapping[str, list[Any]]) -> str:
    """What people read: the keys of the grid and their values."""
    return ", ".join(f"{key}={json.dumps(settings[key])}" for key in grid)


def acted(run: Run) -> list[str]:
    """The limits that did something in ``run`` and can be observed only, in modes' order."""
    effects = run.effects
    names = {*effects.refused, *effects.cut, *(name for trip in run.trips for name in trip.names)}
    if effects.stops:
        names.add("stop")
    if effects.leverage_lowered or effects.closings.get("risk_leverage"):
        names.add("leverage")
    if effects.closings.get("risk_emergency"):
        names.add("emergency")
    return [name for name in MODE_NAMES if name in names and name not in ALWAYS_ENFORCED]


def pair_of_jobs(given: dict[str, Any], folder: Path) -> list[Job]:
    """Without and with."""
    return [
        Job(WITHOUT, guarded=False, given=given, folder=str(folder / "without")),
        Job(WITH, guarded=True, given=given, folder=str(folder / "with")),
    ]


def grid_jobs(
    settings: Sequence[Settings],
    grid: Mapping[str, list[Any]],
    given: dict[str, Any],
    folder: Path,
) -> Iterator[Job]:
    """One for each point."""
    for number, each in enumerate(settings):
        place = str(folder / f"grid{number}")
        yield Job(name_of(each, grid), guarded=True, given=given, folder=place, settings=each)


def calibration_jobs(limits: Sequence[str], given: dict[str, Any], folder: Path) -> Iterator[Job]:
    """One for each limit, which then only observes."""
    for limit in limits:
        settings = {f"modes.{limit}": "observe"}
        place = str(folder / f"observed-{limit}")
        yield Job(f"{limit} observed", guarded=True, given=given, folder=place, settings=settings)


def _value(text: str) -> Any:
    """As JSON; what is none is text (a duration, a name)."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, list | dict) else value


def _checked(section: Mapping[str, Any], settings: Settings) -> Any:
    try:
        return parse(laid_over(dict(section), settings))
    except ConfigError as error:
        problem = error.problems[0]
        where = f" with {json.dumps(settings)}" if settings else ""
        raise UsageError(f'the section "risk"{where} cannot be used: {problem}') from error


def _warnings(full: Mapping[str, Any], named: Settings) -> Settings:
    """A warning keeps its proportion to a trip value that the grid moves."""
    made: Settings = {}
    for key, trip in named.items():
        group, _, last = key.rpartition(".")
        warn_key = f"{group}.{_WARNINGS.get(last, '')}"
        if last not in _WARNINGS or warn_key in named or not _is_number(trip):
            continue
        warn, before = _at(full, warn_key), _at(full, key)
        if _is_number(warn) and _is_number(before) and before > 0:
            moved = trip * warn / before
            made[warn_key] = max(1, int(moved)) if isinstance(warn, int) else round(moved, 6)
    return made


def _at(section: Mapping[str, Any], key: str) -> Any:
    place: Any = section
    for name in key.split("."):
        place = place.get(name) if isinstance(place, Mapping) else None
    return place


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
