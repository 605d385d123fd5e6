"""B-7: decisions a second on one core, with record and chain in memory, and with commits on disk.

Commits are those of the real ledger on SQLite, WAL, synchronous=NORMAL: no fsync, so that CPU time
is the whole cost. A raw ``sqlite3`` insert of the same bytes stands beside it: what SQLite takes.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.decision import ALLOWED, as_the_bot_asks, on_a_ready_account
from benchmarks.figures import Line, Spread, Target
from benchmarks.rounds import Samples, measure, quotients, timed
from benchmarks.samples import POLICY, book, request, state
from riskplugin.core import events as ev
from riskplugin.core.gate import Gate
from riskplugin.core.monitor import account_of
from riskplugin.ledger import open_ledger
from riskplugin.ledger.form.codec import encode
from riskplugin.ledger.proof.chain import genesis, link

#: Decisions that one grouped commit holds, and decisions per measurement.
GROUP, BATCH = 50, 1000
_RAW = "a raw sqlite3 commit each"


def lines(rounds: int) -> list[Line]:
    """B-7, whole."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="riskplugin-bench-")))
        work = {
            "memory": (on_a_ready_account(0, ALLOWED), BATCH),
            "memory, again": (on_a_ready_account(0, ALLOWED), BATCH),
            "service": (as_the_bot_asks(3), BATCH),
            "each": (_recorded(stack, folder / "each.sqlite", 1), BATCH),
            "grouped": (_recorded(stack, folder / "grouped.sqlite", GROUP), BATCH // GROUP),
            "raw": (_raw(stack, folder / "raw.sqlite"), BATCH),
        }
        samples = measure({name: _per_decision(*each) for name, each in work.items()}, rounds)
    return _reported(samples)


def _per_decision(work: Callable[[], object], times: int) -> Callable[[], float]:
    return lambda: timed(work, times=times) * times / BATCH


def _recorded(stack: ExitStack, path: Path, group: int) -> Callable[[], object]:
    """Decide ``group`` times, then record all of them in one commit of the real ledger."""
    ledger = open_ledger(
        f"sqlite:///{path}", bot="bench", base_dir=path.parent, durability="normal"
    )
    stack.callback(ledger.close)
    held = ledger.load()
    gate, asked, repeats = Gate(POLICY), request(ALLOWED), range(group)
    account, _ = account_of(state(), book(0), POLICY)

    def decide() -> None:
        events = [
            ev.EntryDecided(at=asked.at, point="stake", decision=gate.decide(asked, account))
            for _ in repeats
        ]
        ledger.append(events, held)

    return decide


def _raw(stack: ExitStack, path: Path) -> Callable[[], object]:
    """What SQLite takes to commit the same bytes, encoded beforehand."""
    base = stack.enter_context(closing(sqlite3.connect(path, isolation_level=None)))
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA synchronous = NORMAL")
    base.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, payload TEXT, hash BLOB)")
    account, _ = account_of(state(), book(0), POLICY)
    asked = request(ALLOWED)
    decision = Gate(POLICY).decide(asked, account)
    payload = encode(ev.EntryDecided(at=asked.at, point="stake", decision=decision))
    row, cursor, numbers = (
        (payload.decode(), link(genesis("bench"), payload)),
        base.cursor(),
        count(),
    )

    def insert() -> None:
        cursor.execute("BEGIN")
        cursor.execute("INSERT INTO events VALUES (?, ?, ?)", (next(numbers), *row))
        cursor.execute("COMMIT")

    return insert


def _reported(samples: Samples) -> list[Line]:
    return [
        _rate(samples, "memory", "decisions a second: rules, record, chain", _at_least(100_000)),
        _rate(samples, "service", "… as the bot asks, 3 open orders"),
        _rate(samples, "each", "… with a NORMAL commit each", _at_least(40_000)),
        _rate(samples, "grouped", f"… with a NORMAL commit for {GROUP}", _at_least(40_000)),
        _rate(samples, "memory, again", "A/A control", baseline="memory", against="itself"),
    ]


def _at_least(rate: float) -> Target:
    return Target(limit=rate, on="figure", sense="at least")


def _rate(
    samples: Samples,
    arm: str,
    what: str,
    target: Target | None = None,
    *,
    baseline: str = "raw",
    against: str = _RAW,
) -> Line:
    rates = [1 / cost for cost in samples[arm]]
    theirs = [1 / cost for cost in samples[baseline]]
    return Line(
        id="B-7",
        what=what,
        figure=median(rates),
        unit="/s",
        rounds=len(rates),
        baseline=median(theirs),
        against=against,
        ratio=Spread.of(quotients(rates, theirs)),
        target=target,
    )
