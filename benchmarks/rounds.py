"""Paired, shuffled rounds: every arm once per round, in an order that changes from round to round.

Time is the CPU time of this process, so that neighbours on the same machine lengthen it little, but
for work that waits for a disk. The garbage collector runs between measurements, never within one.
"""

from __future__ import annotations

import gc
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median

from benchmarks.figures import Line, Spread, Target

Arm = Callable[[], float]
"""Does its work once and answers what it cost."""

Samples = Mapping[str, list[float]]

_SEED = 20260301


def at_most(rounds: int, most: int) -> int:
    """So many rounds where one takes long; ``make bench ARGS=--full`` lifts the bound."""
    return rounds if os.environ.get("RISKPLUGIN_BENCH_FULL") else min(rounds, most)


def timed(work: Callable[[], object], *, times: int = 1) -> float:
    """Seconds of CPU that one call of ``work`` takes, as the mean of ``times`` calls."""
    repeats = range(times)
    begun = time.process_time_ns()
    for _ in repeats:
        work()
    return (time.process_time_ns() - begun) / times / 1e9


def waited(work: Callable[[], object], *, times: int = 1) -> float:
    """The same in seconds that pass, for work that waits for a disk."""
    repeats = range(times)
    begun = time.perf_counter_ns()
    for _ in repeats:
        work()
    return (time.perf_counter_ns() - begun) / times / 1e9


def measure(arms: Mapping[str, Arm], rounds: int, *, warm: bool = True) -> Samples:
    """The cost of each arm in each round; costs with the same index belong to the same round."""
    order = list(arms)
    shuffle = random.Random(_SEED).shuffle  # noqa: S311  # an order that can be repeated
    if warm:
        for arm in arms.values():
            arm()
    costs: dict[str, list[float]] = {name: [] for name in arms}
    gc.collect()
    gc.freeze()  # what stands already, all of freqtrade, need not be looked through again
    try:
        for _ in range(rounds):
            shuffle(order)
            for name in order:
                with collected():
                    costs[name].append(arms[name]())
    finally:
        gc.unfreeze()
    return costs


@contextmanager
def collected() -> Iterator[None]:
    """The garbage collector has run, and does not run within."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def compared(
    samples: Samples,
    arm: str,
    baseline: str,
    *,
    id: str,  # noqa: A002  # the column is called so
    what: str,
    against: str,
    unit: str = "µs",
    scale: float = 1e6,
    target: Target | None = None,
    note: str = "",
) -> Line:
    """The line for ``arm`` relative to ``baseline``; ``scale`` turns seconds into ``unit``."""
    ours, theirs = samples[arm], samples[baseline]
    return Line(
        id=id,
        what=what,
        figure=median(ours) * scale,
        unit=unit,
        rounds=len(ours),
        baseline=median(theirs) * scale,
        against=against,
        ratio=Spread.of(quotients(ours, theirs)),
        best=min(ours) / min(theirs),
        target=target,
        note=note,
    )


def quotients(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Round by round, ours over theirs."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]
