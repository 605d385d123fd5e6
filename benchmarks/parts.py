"""The parts that a run consists of, by the names that ``--only`` takes, and how each is measured.

B-1 must run where neither rich nor freqtrade is installed: nothing is imported before it is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from benchmarks.figures import Line, Sheet

#: Candles of a quick backtest, and records of a quick ledger.
_FEW, _ROWS = 300, 5000


@dataclass(frozen=True, slots=True)
class Part:
    """A part: the modules whose ``lines`` measure it, and what a quick run hands to each."""

    about: str
    modules: tuple[str, ...]
    quick: tuple[Any, ...] = ()


PARTS = {
    "B-1": Part("a decision beside NautilusTrader's check", ("decision",)),
    "B-2": Part("an entry on disk beside a raw commit", ("durable", "entries")),
    "B-3": Part("a backtest with everything on", ("backtests",), (_FEW,)),
    "matrix": Part("backtests: pairs, markets, DCA; epochs", ("matrix", "epochs"), (_FEW,)),
    "B-4": Part("cost against closed trades and ledger rows", ("age", "window"), (_ROWS,)),
    "book": Part("cost against open positions and pairs", ("positions", "watched"), ((1, 3),)),
    "B-5": Part("the loop, exchange in memory", ("loop",)),
    "live": Part("the loop and orders at the paper exchange", ("live",), (3,)),
    "B-6": Part("memory and imports", ("footprint",)),
    "soak": Part("24 hours of a bot: memory and files", ("soak",), (0.05,)),
    "imports": Part("what is imported when", ("imports",)),
    "B-7": Part("decisions a second", ("throughput",)),
    "B-8": Part("start after a crash, verification", ("starts",), (_ROWS,)),
    "profile": Part("where a guarded backtest spends its time", ("profiled",), (_FEW,)),
}


def measured(name: str, rounds: int, *, quick: bool) -> tuple[list[Line], list[Sheet]]:
    """What the part ``name`` measures. Raises KeyError for one that does not exist."""
    part = PARTS[name]
    found: list[Line | Sheet] = []
    for module in part.modules:
        measure = import_module(f"benchmarks.{module}").lines
        found += measure(rounds, *(part.quick if quick else ()))
    return _sorted(found, name)


def _sorted(found: Sequence[Line | Sheet], name: str) -> tuple[list[Line], list[Sheet]]:
    lines = [replace(each, part=name) for each in found if isinstance(each, Line)]
    return lines, [each for each in found if isinstance(each, Sheet)]
