"""B-8: how long a bot's ledger takes to come back after a crash, and how fast a chain is verified.

Each start is a process of its own that opens the ledger, loads the state and ends without closing,
as a crash does: the next one finds the write-ahead log of 200 records as it was left. What a start
takes is wall time, from before the ledger opens to the state; imports, the same with every ledger,
stand beside.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks.aged import BOT, aged_ledger
from benchmarks.figures import Line, Spread, Target
from benchmarks.rounds import Arm, Samples, at_most, compared, measure, quotients, timed
from riskplugin.ledger import open_reader
from riskplugin.ledger.proof.verify import verify
from riskplugin.ledger.proof.walk import walk_chain
from riskplugin.ledger.reader import LedgerReader

#: A round starts three processes, which import for a second each.
MOST_ROUNDS = 11
#: Records of the old ledger, and of the one that is verified.
RECORDS, VERIFIED = 1_000_000, 50_000


def lines(rounds: int, records: int = RECORDS) -> list[Line]:
    """B-8, whole."""
    with tempfile.TemporaryDirectory(prefix="riskplugin-bench-") as name:
        folder = Path(name)
        old = aged_ledger(folder / "old.sqlite", records)
        young = aged_ledger(folder / "young.sqlite", 2)
        imports: list[float] = []
        starts = {
            "old": lambda: _start(old, imports),
            "young": lambda: _start(young, imports),
            "young, again": lambda: _start(young, imports),
        }
        started = measure(starts, at_most(rounds, MOST_ROUNDS))
        count = min(records, VERIFIED)
        verified = _verifying(aged_ledger(folder / "verified.sqlite", count), count)
        samples = measure(verified, at_most(rounds, MOST_ROUNDS))
    return [*_starts(started, records, imports), *_verified(samples)]


def _start(path: Path, imports: list[float]) -> float:
    """Seconds that a fresh process takes to open and load."""
    done = subprocess.run(  # noqa: S603  # our own module, and nothing of a stranger's
        [sys.executable, "-m", "benchmarks.starts_worker", str(path), BOT],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    if done.returncode != 0:
        raise RuntimeError(f"the start failed:\n{done.stderr[-2000:]}")
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    imports.append(answer["import_s"])
    return answer["load_s"]


def _verifying(path: Path, count: int) -> dict[str, Arm]:
    """Seconds a record: the chain alone, all of a verification, and only reading."""

    def whole(reader: LedgerReader) -> int:
        report = verify(reader, BOT)
        if report.findings:
            raise RuntimeError(f"the sample is not sound: {report.findings[:3]}")
        return report.records

    works: dict[str, Callable[[LedgerReader], int]] = {
        "chain": lambda reader: walk_chain(reader, BOT).count,
        "verify": whole,
        "read": lambda reader: sum(1 for _ in reader.chain(BOT)),
    }

    def arm(work: Callable[[LedgerReader], int]) -> float:
        reader = open_reader(f"sqlite:///{path}", base_dir=path.parent)
        found = 0

        def run() -> None:
            nonlocal found
            found = work(reader)

        took = timed(run)
        reader.close()
        if found != count:
            raise RuntimeError(f"{found} records were read, not {count}")
        return took / count

    return {name: lambda work=work: arm(work) for name, work in works.items()}  # type: ignore[misc]


def _starts(samples: Samples, records: int, imports: Sequence[float]) -> list[Line]:
    of = f"{records:,} records".replace(",", " ")
    note = f"imports before that: {median(imports):.2g} s, whatever the ledger"
    control = compared(
        samples,
        "young, again",
        "young",
        id="B-8",
        what="A/A control",
        against="itself",
        unit="ms",
        scale=1e3,
    )
    start = Line(
        id="B-8",
        what=f"start after a crash, {of}: open and load, fresh process",
        figure=1e3 * median(samples["old"]),
        unit="ms",
        rounds=len(samples["old"]),
        baseline=1e3 * median(samples["young"]),
        against="a young ledger",
        ratio=Spread.of(quotients(samples["old"], samples["young"])),
        best=min(samples["old"]) / min(samples["young"]),
        target=Target(limit=1000.0, on="figure"),
        note=note,
    )
    return [start, control]


def _verified(samples: Samples) -> list[Line]:
    def line(arm: str, what: str, target: Target | None = None) -> Line:
        rates = [1 / cost for cost in samples[arm]]
        theirs = [1 / cost for cost in samples["read"]]
        return Line(
            id="B-8",
            what=what,
            figure=median(rates),
            unit="/s",
            rounds=len(rates),
            baseline=median(theirs),
            against="only reading them",
            ratio=Spread.of(quotients(rates, theirs)),
            target=target,
        )

    most = Target(limit=500_000, on="figure", sense="at least")
    return [
        line("chain", "records verified a second: the chain", most),
        line("verify", "… with contents, columns and the state folded anew"),
    ]
