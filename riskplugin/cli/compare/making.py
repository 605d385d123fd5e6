"""From an order to a comparison: which backtests, in which sequence, and what is asked before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from riskplugin.cli.botfiles import load_config
from riskplugin.cli.compare import variants
from riskplugin.cli.compare.children import Children
from riskplugin.cli.console import UsageError
from riskplugin.reports.compare import words
from riskplugin.reports.compare.comparison import Comparison
from riskplugin.reports.compare.run import Run


@dataclass(frozen=True)
class Order:
    """``given`` are arguments by freqtrade's names; ``agrees`` asks a person a question."""

    files: Sequence[Path]
    userdir: Path
    given: dict[str, Any]
    grid: Mapping[str, list[Any]]
    calibrate: bool
    at_once: int
    agrees: Callable[[str], bool]


class Declined(Exception):
    """A person did not want that many backtests."""


def made(order: Order, folder: Path, console: Console) -> Comparison:
    """Run everything. Raises UsageError, BacktestFailed, Declined."""
    config = load_config(list(order.files), order.userdir)
    section = config.get("risk", {})
    given = _given(order, config)
    settings = variants.points(order.grid, section)
    variants.points({}, section)
    children = Children(folder, max(order.at_once, 1), console)
    _announce(order, len(settings), console)
    first = children.run(variants.pair_of_jobs(given, folder))
    without, guarded = first[variants.WITHOUT], first[variants.WITH]
    limits = variants.acted(guarded) if order.calibrate else []
    _agree(order, len(settings) + len(limits), (without, guarded), console)
    jobs = [
        *variants.grid_jobs(settings, order.grid, given, folder),
        *variants.calibration_jobs(limits, given, folder),
    ]
    more = [*children.run(jobs).values()] if jobs else []
    grid, observed = more[: len(settings)], more[len(settings) :]
    calibrated = dict(zip(limits, observed, strict=True)) if order.calibrate else None
    return Comparison(without, guarded, tuple(grid), calibrated)


def _given(order: Order, config: Mapping[str, Any]) -> dict[str, Any]:
    if not (order.given.get("strategy") or config.get("strategy")):
        raise UsageError("no strategy is named: give --strategy")
    given = {"config": [str(path.resolve()) for path in order.files], **order.given}
    if order.userdir.is_dir():
        given["user_data_dir"] = str(order.userdir.resolve())
    return given


def _announce(order: Order, points: int, console: Console) -> None:
    more = [f"{points} more for the grid" * (points > 0)]
    more += ["one more for each limit that acts" * order.calibrate]
    rest = " and ".join(filter(None, more))
    console.print(f"2 backtests, without and with the plugin{', then ' + rest if rest else ''}")


def _agree(order: Order, count: int, first: Sequence[Run], console: Console) -> None:
    """Say how many there are to go and how long they will take; above some count, ask."""
    if not count:
        return
    each = max(run.cost.seconds for run in first)
    memory = max(run.cost.memory_mb for run in first) * min(order.at_once, count)
    seconds = int(ceil(count / order.at_once) * each)
    told = (
        f"{count} more backtest{'s' * (count > 1)}, {order.at_once} at a time: about "
        f"{words.length(max(seconds, 60))}, {memory:.0f} MB"
    )
    console.print(escape(told))
    if count > variants.ASK_ABOVE and not order.agrees(f"Run all {count}?"):
        raise Declined
