"""Runs of one strategy held against each other: with and without, a grid, limit by limit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from riskplugin.reports.compare.measured import Measured, measure, plain
from riskplugin.reports.compare.periods import Period, periods
from riskplugin.reports.compare.refusals import Judged, Sum, judged, sums
from riskplugin.reports.compare.run import Run
from riskplugin.reports.compare.store import CannotRead, load, save


@dataclass(frozen=True)
class Comparison:
    """``grid`` holds runs with other limits, ``calibrated`` one run for each limit that did
    something, in which that limit only observed.
    """

    without: Run
    guarded: Run
    grid: tuple[Run, ...] = ()
    calibrated: Mapping[str, Run] | None = None

    @property
    def runs(self) -> list[Run]:
        """All runs, each once."""
        return [self.without, self.guarded, *self.grid, *(self.calibrated or {}).values()]

    @cached_property
    def figures(self) -> dict[str, Measured]:
        """What each run measured, by its name."""
        return {run.name: measure(run) for run in self.runs}

    @cached_property
    def judged(self) -> list[Judged]:
        """Refusals and cuts of the run with the plugin."""
        return judged(self.without, self.guarded)

    @cached_property
    def sums(self) -> dict[str, Sum]:
        """The same by rule."""
        return sums(self.guarded, self.judged)

    @cached_property
    def periods(self) -> list[Period]:
        """When the breaker was not closed."""
        return periods(self.guarded)

    @property
    def best(self) -> Run | None:
        """The run of the grid with the highest Calmar ratio, the run as configured among them.

        None where no run earned anything: of two losses the ratio likes the wilder one better.
        """
        told = [(self.figures[run.name].calmar or 0.0, run) for run in self.tried]
        calmar, run = max(told, key=lambda each: each[0], default=(0.0, None))
        return run if calmar > 0 else None

    @property
    def tried(self) -> list[Run]:
        """The grid, after the limits as configured."""
        return [self.guarded, *self.grid] if self.grid else []

    def kept(self, folder: Path) -> None:
        """Keep all runs in ``folder``."""
        names = {run.name: f"run{number}" for number, run in enumerate(self.runs)}
        for run in self.runs:
            save(run, folder / names[run.name])
        told = {
            "without": names[self.without.name],
            "with": names[self.guarded.name],
            "grid": [names[run.name] for run in self.grid],
            "calibrated": {k: names[r.name] for k, r in (self.calibrated or {}).items()},
        }
        (folder / "comparison.json").write_text(json.dumps(told, indent=2), encoding="utf-8")


def shown(folder: Path) -> Comparison:
    """What was kept in ``folder``. Raises CannotRead."""
    try:
        told = json.loads((folder / "comparison.json").read_text(encoding="utf-8"))
        return Comparison(
            without=load(folder / told["without"]),
            guarded=load(folder / told["with"]),
            grid=tuple(load(folder / name) for name in told["grid"]),
            calibrated={k: load(folder / name) for k, name in told["calibrated"].items()} or None,
        )
    except OSError as error:
        raise CannotRead(f"{folder} holds no comparison: keep one with --keep") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CannotRead(f"{folder} holds a comparison that is damaged: {error}") from error


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Everything that is shown, for scripts."""
    facts = comparison.without.facts
    told: dict[str, Any] = {
        "facts": {**asdict(facts), "begin": moment(facts.begin), "end": moment(facts.end)},
        "limits": comparison.guarded.limits,
        "without": plain(comparison.figures[comparison.without.name]),
        "with": plain(comparison.figures[comparison.guarded.name]),
        "effects": asdict(comparison.guarded.effects),
        "refusals": {
            name: {**asdict(each), "result": each.result} for name, each in comparison.sums.items()
        },
        "entries": [_entry(each) for each in comparison.judged],
        "breaker": [
            {
                "from": moment(each.begin),
                "until": moment(each.end),
                "state": each.state.name.lower(),
                "limits": list(each.names),
                "text": each.text,
            }
            for each in comparison.periods
        ],
        "cost": {run.name: asdict(run.cost) for run in comparison.runs},
    }
    if comparison.grid:
        best = comparison.best
        told["grid"] = [
            {"settings": run.settings, **plain(comparison.figures[run.name])}
            for run in comparison.tried
        ]
        told["best_calmar"] = None if best is None else best.settings
    if comparison.calibrated is not None:
        told["calibration"] = [asdict(each) for each in calibration(comparison)]
    return told


def _entry(judged: Judged) -> dict[str, Any]:
    asked = {**asdict(judged.asked), "at": moment(judged.asked.at)}
    return {**asked, "would_have_brought": judged.result, "held": judged.held}


@dataclass(frozen=True, slots=True)
class Worth:
    """What one limit cost and what it was good for: the run in which it only observed, minus the
    run in which it acted. ``cost`` > 0: profit given up; the others > 0: so much was avoided.
    """

    limit: str
    cost: float
    drawdown_avoided_pct: float
    worst_day_avoided_pct: float


def calibration(comparison: Comparison) -> list[Worth]:
    """Every limit that did something, the dearest first."""
    acted = comparison.figures[comparison.guarded.name]
    made = []
    for limit, run in (comparison.calibrated or {}).items():
        watched = comparison.figures[run.name]
        made.append(
            Worth(
                limit,
                watched.profit - acted.profit,
                (watched.max_drawdown_pct or 0.0) - (acted.max_drawdown_pct or 0.0),
                (acted.worst_day_pct or 0.0) - (watched.worst_day_pct or 0.0),
            )
        )
    return sorted(made, key=lambda each: -each.cost)


def moment(at: int) -> str:
    """Seconds as a time of UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat()
