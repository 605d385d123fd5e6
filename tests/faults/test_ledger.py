"""A ledger that is locked, gone, full, read-only or damaged under a running bot: entries stop,
exits pass, and what happened meanwhile is written in order once it can be (RE-1, AU-1, CB-7).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from tests.adapter.bots import BTC, ETH, SOL
from tests.faults.bench import FORGIVING, Bench
from tests.faults.conftest import Start, be_patient
from tests.faults.disk import full_disk

pytestmark = [pytest.mark.slow, pytest.mark.spec("RE-1", "AU-1", "CB-7")]

Break = Callable[[Bench], Iterator[None]]


def file_of(bench: Bench) -> Path:
    return bench.folder / "user_data" / "risk.sqlite"


@contextmanager
def locked(bench: Bench) -> Iterator[None]:
    """Another program holds the write lock."""
    other = sqlite3.connect(file_of(bench), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def gone(bench: Bench) -> Iterator[None]:
    """The file is taken away, and put back."""
    file = file_of(bench)
    away = file.with_name("away")
    file.rename(away)
    try:
        yield
    finally:
        away.rename(file)


@contextmanager
def replaced(bench: Bench) -> Iterator[None]:
    """An older copy takes the file's place, and the right one comes back."""
    file = file_of(bench)
    away = file.with_name("away")
    file.rename(away)
    file.write_bytes(away.read_bytes())
    try:
        yield
    finally:
        away.replace(file)


@contextmanager
def read_only(bench: Bench) -> Iterator[None]:
    """SQLite's own answer for a file that may not be written; root may write any other."""
    ledger = bench.bot.session.service._ledger
    write = ledger._database.write  # type: ignore[attr-defined]

    def refused(*args: object, **kwargs: object) -> None:
        ledger._database.cursor().execute("PRAGMA query_only = 1")  # type: ignore[attr-defined]
        write(*args, **kwargs)

    ledger._database.write = refused  # type: ignore[attr-defined]
    try:
        yield
    finally:
        ledger._database.write = write  # type: ignore[attr-defined]
        ledger._database.drop()  # type: ignore[attr-defined]


BROKEN = {
    "locked": (locked, "locked"),
    "gone": (gone, "removed or replaced"),
    "replaced": (replaced, "removed or replaced"),
    "read-only": (read_only, "readonly"),
}


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("case", BROKEN)
def test_entries_stop_exits_pass_and_the_backlog_is_written_in_order(
    start: Start, case: str
) -> None:
    how, word = BROKEN[case]
    bench = start(section=FORGIVING)
    bench.loop(2)
    assert bench.tries_to_enter(BTC)
    assert bench.tries_to_enter(ETH)
    bench.loop()
    with how(bench):
        assert not bench.tries_to_enter(SOL), "what cannot be written down does not go out"
        bench.loop()
        assert not bench.tries_to_enter(SOL)
        assert word in str(bench.bot.session.service.fault_text)
        assert bench.state.breaker is BreakerState.OPEN
        bench.order("close-all")
        bench.ends_flat()
    bench.loop(2)
    assert bench.bot.session.service.fault_text is None
    found = bench.audit()
    assert not found
    assert [e for e in found.events if isinstance(e, ev.FlattenVerified)], "the backlog"
    bench.comes_back()


def test_a_close_all_waits_for_a_locked_ledger_once_and_not_at_every_order(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One wait is for the lock; the orders must not each wait again."""
    be_patient(monkeypatch, 1)
    bench = start(section=FORGIVING)
    bench.loop(2)
    assert all(bench.tries_to_enter(pair, 60) for pair in (BTC, ETH, SOL))
    bench.loop()
    opened = threading.Event()
    with locked(bench):
        other = threading.Timer(7, opened.set)
        other.start()
        try:
            bench.order("close-all")
            bench.loop()
            assert not bench.bot.positions()
            assert not opened.is_set(), "three exits waited for the lock again and again"
        finally:
            other.cancel()
    bench.loop(2)
    assert not bench.audit()


def test_a_full_disk_stops_entries_and_no_exit(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with full_disk(tmp_path / "user_data") as disk:
        bench = start(section=FORGIVING)
        bench.loop(2)
        assert bench.tries_to_enter(BTC)
        bench.loop()
        disk.fill()
        tried = 0
        while bench.bot.session.service.fault_text is None:
            tried += 1
            bench.order("no such command")  # each is recorded
            assert tried < 10_000
        assert not bench.tries_to_enter(ETH)
        bench.loop()
        assert "free some disk space" in str(bench.bot.session.service.fault_text) or disk.limited
        bench.order("close-all")
        bench.ends_flat()
        disk.free()
        bench.loop(2)
        assert bench.bot.session.service.fault_text is None
        bench.comes_back()
