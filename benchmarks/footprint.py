"""B-6: what riskplugin adds to the memory of a running bot, and to the time that its imports take.

Each figure comes from a fresh process: every round starts ``footprint_worker`` with the plugin, and
twice without, in shuffled order.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.figures import Line, Spread, Target
from benchmarks.host import arguments, pairs, sandbox, write_config
from benchmarks.rounds import Samples, at_most, measure, quotients

#: A process that builds a bot takes about ten seconds, and there are three in a round.
MOST_ROUNDS = 5
_ARMS = {
    "plain": "Hold",
    "plain, again": "Hold",
    "guarded": "HoldGuarded",
    "guarded, first start": "HoldGuarded",
}
_PAIRS = 10


def lines(rounds: int) -> list[Line]:
    """B-6, whole."""
    seen: dict[str, list[dict[str, float]]] = {name: [] for name in _ARMS}
    with tempfile.TemporaryDirectory(prefix="riskplugin-bench-") as name, sandbox() as exchange:
        folder = Path(name)
        ledger = folder / "risk.sqlite"
        _run(folder, exchange.port, "HoldGuarded", left=ledger)

        def arm(which: str) -> float:
            found = ledger if which == "guarded" else None
            seen[which].append(_run(folder, exchange.port, _ARMS[which], found=found))
            return seen[which][-1]["memory_mb"]

        arms = {which: lambda which=which: arm(which) for which in _ARMS}
        measure(arms, at_most(rounds, MOST_ROUNDS), warm=False)
    return _reported(seen)


def _run(
    folder: Path, port: int, strategy: str, *, found: Path | None = None, left: Path | None = None
) -> dict[str, float]:
    """One bot in a process of its own, with databases that are made anew: but for the ledger that
    it ``found``. ``left``: where to put the ledger that it leaves.
    """
    with tempfile.TemporaryDirectory(dir=folder) as name:
        home = Path(name)
        file = write_config(
            home,
            port,
            pairs(min(_PAIRS, 9)),
            max_open_trades=8,
            timeframe="1d",
            db_url=f"sqlite:///{home / 'trades.sqlite'}",
        )
        ledger = home / "user_data" / "risk.sqlite"
        if found is not None:
            shutil.copy(found, ledger)
        given = json.dumps(arguments(file, strategy))
        done = subprocess.run(  # noqa: S603  # our own module, and nothing of a stranger's
            [sys.executable, "-m", "benchmarks.footprint_worker", given],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )
        if left is not None:
            shutil.copy(ledger, left)
    if done.returncode != 0:
        raise RuntimeError(f"the bot's process failed:\n{done.stderr[-2000:]}")
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _reported(seen: dict[str, list[dict[str, float]]]) -> list[Line]:
    memory = {name: [each["memory_mb"] for each in runs] for name, runs in seen.items()}
    starts = {name: [each["start_s"] for each in runs] for name, runs in seen.items()}
    return [
        _difference(
            memory, "guarded", "memory over the bot's", "MB", Target(limit=10, on="figure")
        ),
        _difference(
            memory,
            "guarded, first start",
            "… at the very first start, which builds the ledger",
            "MB",
        ),
        _difference(memory, "plain, again", "memory, A/A control", "MB"),
        _imports(seen["guarded"]),
        _difference(starts, "guarded", "start of the bot, over the bot's (CPU)", "s"),
    ]


def _difference(
    samples: Samples, arm: str, what: str, unit: str, target: Target | None = None
) -> Line:
    ours, theirs = samples[arm], samples["plain"]
    return Line(
        id="B-6",
        what=what,
        figure=median(a - b for a, b in zip(ours, theirs, strict=True)),
        unit=unit,
        rounds=len(ours),
        baseline=median(theirs),
        against="the bot without the plugin",
        ratio=Spread.of(quotients(ours, theirs)),
        target=target,
    )


def _imports(runs: list[dict[str, float]]) -> Line:
    ours = [1e3 * run["import_s"] for run in runs]
    theirs = [1e3 * run["host_import_s"] for run in runs]
    return Line(
        id="B-6",
        what="import of riskplugin, ledger included (CPU)",
        figure=median(ours),
        unit="ms",
        rounds=len(ours),
        baseline=median(theirs),
        against="import of freqtrade, done before",
        ratio=Spread.of(quotients(ours, theirs)),
        target=Target(limit=50, on="figure"),
    )
