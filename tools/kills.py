"""kill -9 at random points of a trading bot's life, again and again on the same ledger (RE-1).

    python -m tools.kills --runs 200 [--seed 1]

A fork server starts a real bot per run against a paper exchange. Half of the runs are killed at a
random moment of their start or of their first seconds, half at a point where it hurts most:
between an order and its record, inside a transaction. People's commands, falling prices and lost
answers happen at the same time. After each kill the ledger is held against the exchange's own order
log. Ends with 0 when no limit was broken, no record lost, and every bot came back.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from riskplugin.sandbox import ControlClient
from tests.faults.account import Life, is_shut
from tests.faults.audit import Findings

GENERATIONS = 8


@dataclass
class Tally:
    """What all runs together have shown."""

    runs: int = 0
    at_a_point: int = 0
    restarts: int = 0
    orders: int = 0
    records: int = 0
    broken: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    away: list[str] = field(default_factory=list)

    def line(self) -> str:
        """The summary."""
        return (
            f"kills: {self.runs} runs ({self.at_a_point} at a chosen point), "
            f"{self.orders} orders, {self.records} records, {self.restarts} restarts; "
            f"limits broken: {len(self.broken)}, records lost: {len(self.lost)}, "
            f"bots that did not come back: {len(self.away)}"
        )


@contextmanager
def paper_exchange() -> Iterator[int]:
    """A sandbox in a process of its own: a server's threads and forks do not go together."""
    command = [sys.executable, "-m", "riskplugin.sandbox", "--tls"]
    quiet = subprocess.DEVNULL  # it tells of every connection that was cut, which is what we do
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=quiet, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(json.loads(process.stdout.readline())["port"])
        finally:
            process.terminate()


def run(runs: int, seed: int, *, keep: Path | None = None) -> Tally:
    """Kill ``runs`` bots and tell what was found."""
    warnings.simplefilter("ignore")
    dice, tally, number = random.Random(seed), Tally(), 0  # noqa: S311  # repeatable, not secret
    with paper_exchange() as port, tempfile.TemporaryDirectory() as base:
        ControlClient(f"https://127.0.0.1:{port}").hold()
        while tally.runs < runs:
            number += 1
            folder = Path(base) / f"life{number}"
            folder.mkdir()
            life = Life(number, port, folder, dice)
            sound = _one_life(life, min(GENERATIONS, runs - tally.runs), tally)
            if not sound and keep is not None:
                shutil.copytree(folder, keep / folder.name, dirs_exist_ok=True)
    return tally


def _one_life(life: Life, generations: int, tally: Tally) -> bool:
    before = len(tally.broken) + len(tally.lost) + len(tally.away)
    for _ in range(generations):
        tally.at_a_point += life.kill_one()
        tally.runs += 1
        found = life.audit()
        _note(found, life, tally)
        if is_shut(found.state) and life.dice.random() < 0.3:
            break  # it may stay so until a person has tidied up: another account says more
    if not life.come_back():
        tally.away.append(life.key)
    found = life.audit()
    found.records += life.unexplained(found)
    _note(found, life, tally)
    tally.records += len(found.events)
    tally.restarts += sum(type(e).__name__ == "SessionStarted" for e in found.events)
    tally.orders += len(life.control.orders(life.key))
    return before == len(tally.broken) + len(tally.lost) + len(tally.away)


def _note(found: Findings, life: Life, tally: Tally) -> None:
    tally.broken += [f"{life.key}: {text}" for text in found.limits]
    tally.lost += [f"{life.key}: {text}" for text in found.records]


def main() -> int:
    """Read the arguments, run, say what was found."""
    parser = argparse.ArgumentParser(prog="python -m tools.kills", description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="keep the folders of lives with findings here")
    options = parser.parse_args()
    tally = run(options.runs, options.seed, keep=options.keep)
    for finding in dict.fromkeys((*tally.broken, *tally.lost, *tally.away)):
        print(finding)
    print(tally.line())
    return 1 if tally.broken or tally.lost or tally.away else 0


if __name__ == "__main__":
    sys.exit(main())
