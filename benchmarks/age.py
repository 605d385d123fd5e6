"""B-4: what an entry and a look at the account cost an old bot against a young one.

The question goes through the service to the real ledger, on disk without fsync, so that CPU time is
the whole cost. A question does not touch closed trades, a look at the account may: so that one is
asked of two bots in processes of their own, one with many closed trades behind it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.aged import BOT, aged_ledger
from benchmarks.decision import ALLOWED
from benchmarks.figures import Line, Target
from benchmarks.rounds import Arm, Samples, compared, measure, timed
from benchmarks.samples import POLICY, book, request
from riskplugin.ledger import open_ledger
from riskplugin.service import RiskService

RECORDS, TRADES, FEW = 1_000_000, 100_000, 100
_TIMES = 500
_GROWTH = Target(limit=1.1)


def lines(rounds: int, records: int = RECORDS, trades: int = TRADES) -> list[Line]:
    """B-4, whole."""
    return [*_entries(rounds, records), *_looks(rounds, trades)]


def _entries(rounds: int, records: int) -> list[Line]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="riskplugin-bench-")))
        arms = {
            "young": _asked(stack, aged_ledger(folder / "young.sqlite", FEW)),
            "young, again": _asked(stack, aged_ledger(folder / "again.sqlite", FEW)),
            "old": _asked(stack, aged_ledger(folder / "old.sqlite", records)),
        }
        samples = measure(arms, rounds)
    what = f"entry decided and recorded, {_spoken(records)} ledger rows"
    return _reported(samples, what, f"with {FEW} rows at first", "entry")


def _asked(stack: ExitStack, path: Path) -> Arm:
    ledger = open_ledger(f"sqlite:///{path}", bot=BOT, base_dir=path.parent, durability="normal")
    service = RiskService(policy=POLICY, ledger=ledger, bot=BOT, version="1", live=True)
    stack.callback(service.close)
    held, asked = book(3), request(ALLOWED)
    if not service.decide(asked, held, "stake").allowed:
        raise RuntimeError("the sample was to be allowed")

    def entry() -> None:
        """Decided, and on disk with what would be written with its order."""
        service.decide(asked, held, "order")
        service._recorder.write()

    return lambda: timed(entry, times=_TIMES)


def _looks(rounds: int, trades: int) -> list[Line]:
    with _bot(FEW) as young, _bot(FEW) as again, _bot(trades) as old:
        samples = measure({"young": young, "young, again": again, "old": old}, rounds)
    what = f"look at the account, {_spoken(trades)} closed trades"
    return _reported(samples, what, f"with {FEW}", "look")


@contextmanager
def _bot(trades: int) -> Iterator[Arm]:
    """Looks of a guarded bot that has so many closed trades behind it."""
    command = [sys.executable, "-m", "benchmarks.closed_worker", str(trades)]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    with subprocess.Popen(  # noqa: S603  # our own module, and nothing of a stranger's
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ
    ) as bot:
        if bot.stdin is None or bot.stdout is None:
            raise RuntimeError("the bot's process has no pipes")
        asks, answers = bot.stdin, bot.stdout

        def look() -> float:
            asks.write("look\n")
            asks.flush()
            return float(answers.readline())

        for line in answers:  # what freqtrade says while it starts
            if line == "ready\n":
                break
        yield look
        asks.close()


def _reported(samples: Samples, what: str, against: str, kind: str) -> list[Line]:
    return [
        compared(samples, "old", "young", id="B-4", what=what, against=against, target=_GROWTH),
        compared(
            samples,
            "young, again",
            "young",
            id="B-4",
            what=f"A/A control, {kind}",
            against="a second one like it",
        ),
    ]


def _spoken(count: int) -> str:
    return f"{count:,}".replace(",", " ")
