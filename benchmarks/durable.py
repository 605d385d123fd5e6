"""B-2: an allowed entry, durable on disk: the real ledger's append against a raw sqlite3 commit.

Without fsync (NORMAL) CPU time is the whole cost. With it (FULL) the disk is waited for, so wall
time counts. Both sides write the same payload, on the same disk, into WAL, a commit each.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import timedelta
from itertools import count
from pathlib import Path

from benchmarks.decision import ALLOWED
from benchmarks.figures import Line, Target
from benchmarks.rounds import Arm, compared, measure, timed, waited
from benchmarks.samples import POLICY, book, request, state
from riskplugin.core import events as ev
from riskplugin.core.gate import Gate
from riskplugin.core.monitor import account_of
from riskplugin.ledger import Keep, open_ledger
from riskplugin.ledger.form.codec import encode
from riskplugin.ledger.proof.chain import genesis, link
from riskplugin.ledger.store.database import Durability

#: Commits of one measurement; a FULL one waits for the disk.
_TIMES: dict[Durability, int] = {"normal": 1000, "full": 100}
_TARGETS: dict[Durability, float] = {"normal": 1.5, "full": 1.2}


def lines(rounds: int) -> list[Line]:
    """B-2, without the share of a bot's entry (see :mod:`entries`)."""
    found: list[Line] = []
    levels: tuple[Durability, ...] = ("normal", "full")
    for level in levels:
        with ExitStack() as stack:
            name = stack.enter_context(tempfile.TemporaryDirectory(prefix="riskplugin-bench-"))
            found += _level(stack, Path(name), level, rounds)
    return found


def allowed_entry() -> ev.EntryDecided:
    """The event that is recorded before an order goes out."""
    account, _ = account_of(state(), book(0), POLICY)
    asked = request(ALLOWED)
    decision = Gate(POLICY).decide(asked, account)
    return ev.EntryDecided(at=asked.at, point="stake", decision=decision)


def raw_commit(
    stack: ExitStack, path: Path, level: Durability, event: ev.Event
) -> Callable[[], object]:
    """What SQLite takes to commit the same bytes, encoded beforehand."""
    base = stack.enter_context(closing(sqlite3.connect(path, isolation_level=None)))
    base.execute("PRAGMA journal_mode = WAL")
    base.execute(f"PRAGMA synchronous = {level}")
    base.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, payload TEXT, hash BLOB)")
    payload = encode(event)
    row = (payload.decode(), link(genesis("bench"), payload))
    cursor, numbers = base.cursor(), count()

    def insert() -> None:
        cursor.execute("BEGIN")
        cursor.execute("INSERT INTO events VALUES (?, ?, ?)", (next(numbers), *row))
        cursor.execute("COMMIT")

    return insert


def _level(stack: ExitStack, folder: Path, level: Durability, rounds: int) -> list[Line]:
    event = allowed_entry()
    keep = Keep(raw=timedelta(days=2), minutes=timedelta(days=90))
    ledger = open_ledger(
        f"sqlite:///{folder}/ours.sqlite",
        bot="bench",
        base_dir=folder,
        durability=level,
        keep=keep,
    )
    stack.callback(ledger.close)
    held, events = ledger.load(), [event]
    work: dict[str, Callable[[], object]] = {
        "ours": lambda: ledger.append(events, held),
        "raw": raw_commit(stack, folder / "raw.sqlite", level, event),
        "raw, again": raw_commit(stack, folder / "again.sqlite", level, event),
    }
    samples = measure({name: _arm(each, level) for name, each in work.items()}, rounds)
    spoken = level.upper()
    return [
        compared(
            samples,
            "ours",
            "raw",
            id="B-2",
            what=f"allowed entry on disk, {spoken}: record, chain, commit",
            against="a raw sqlite3 commit of the same bytes",
            target=Target(limit=_TARGETS[level]),
            note="NORMAL in CPU time, FULL in wall time, for it waits for the disk",
        ),
        compared(
            samples,
            "raw, again",
            "raw",
            id="B-2",
            what=f"A/A control, {spoken}",
            against="itself",
        ),
    ]


def _arm(work: Callable[[], object], level: Durability) -> Arm:
    times = _TIMES[level]
    if level == "normal":
        return lambda: timed(work, times=times)
    return lambda: waited(work, times=times)
