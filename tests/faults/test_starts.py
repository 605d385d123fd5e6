"""A bot that starts with a damaged past: state, pages, WAL, schema, or a lock (RE-1, CB-7)."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from freqtrade.exceptions import OperationalException

from riskplugin.core.breaker import BreakerState
from riskplugin.core.state import RiskState
from riskplugin.ledger import open_ledger, open_reader
from riskplugin.ledger.proof.chain import genesis, verify
from riskplugin.ports import LedgerError
from tests.adapter.bots import BTC, ETH
from tests.faults.bench import FORGIVING, bench
from tests.faults.conftest import Start

pytestmark = [pytest.mark.slow, pytest.mark.spec("RE-1", "CB-7")]


def ledger_of(folder: Path) -> Path:
    return folder / "user_data" / "risk.sqlite"


def a_first_life(start: Start, key: str, *, enters: bool = True) -> None:
    """A bot that entered and ended in order; its position stays open."""
    with bench(start.exchange, start.folder, "Puppet", key=key) as first:
        first.loop(2)
        assert not enters or first.tries_to_enter(BTC)
        first.loop()


def execute(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)


DAMAGE: dict[str, str] = {
    "state not JSON": "UPDATE states SET payload = 'x'",
    "state changed by hand": "UPDATE states SET payload = replace(payload, 'closed', 'open')",
    "state removed": "DELETE FROM states",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_with_an_unreadable_state_entries_stay_shut_exits_pass_and_the_file_is_left_alone(
    start: Start, damage: str
) -> None:
    a_first_life(start, key := f"damaged{len(damage)}")
    execute(ledger_of(start.folder), damage)
    before = rows(ledger_of(start.folder))
    second = start(key=key)
    second.loop(2)
    assert second.state.breaker is BreakerState.LATCHED
    assert "cannot be read" in str(second.bot.session.service.fault_text)
    assert second.order("rearm") == "done"
    assert not second.tries_to_enter(ETH), "a re-arm mends no file"
    (start.folder / "user_data" / "RISK_KILL").write_text("get me out")
    second.loop()
    second.ends_flat()
    assert rows(ledger_of(start.folder)) == before


def rows(file: Path) -> list[object]:
    with closing(sqlite3.connect(file)) as connection:
        return [
            *connection.execute("select * from events"),
            *connection.execute("select * from states"),
        ]


def rubbish(file: Path) -> None:
    file.write_bytes(b"not a database" * 500)


def newer(file: Path) -> None:
    execute(file, "UPDATE riskplugin_version SET version_num = '9999'")


UNUSABLE: dict[str, tuple[Callable[[Path], None], str]] = {
    "rubbish": (rubbish, "not a database"),
    "newer schema": (newer, "9999, newer.*upgrade riskplugin"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_ledger_that_is_none_stops_the_start_of_a_flat_bot_and_says_why(
    start: Start, case: str
) -> None:
    damage, said = UNUSABLE[case]
    a_first_life(start, key := f"flat{len(case)}", enters=False)
    damage(ledger_of(start.folder))
    with pytest.raises(OperationalException, match=said):
        start(key=key)


@pytest.mark.spec("EM-3")
@pytest.mark.parametrize("case", UNUSABLE)
def test_a_ledger_that_is_none_leaves_open_positions_their_exits_and_no_entry(
    start: Start, case: str
) -> None:
    damage, said = UNUSABLE[case]
    a_first_life(start, key := f"unusable{len(case)}")
    damage(ledger_of(start.folder))
    before = ledger_of(start.folder).read_bytes()
    second = start(key=key)
    second.loop()
    assert re.search(said, str(second.bot.session.service.fault_text))
    assert second.state.breaker is BreakerState.LATCHED
    assert not second.tries_to_enter(ETH)
    (start.folder / "user_data" / "RISK_KILL").write_text("get me out")
    second.ends_flat()
    assert ledger_of(start.folder).read_bytes() == before


def test_a_ledger_that_is_locked_at_start_stops_no_exit_and_the_next_start_goes_on(
    start: Start, hurried: None
) -> None:
    a_first_life(start, "lockedstart")
    other = sqlite3.connect(ledger_of(start.folder), isolation_level=None)
    with closing(other):
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with bench(start.exchange, start.folder, "Puppet", key="lockedstart") as second:
            second.loop()
            assert re.search(r"locked.*close it", str(second.bot.session.service.fault_text))
            assert not second.tries_to_enter(ETH)
            second.bot.flatten()
        other.execute("ROLLBACK")
    third = start(key="lockedstart")
    third.loop()
    third.comes_back()


def test_a_page_damaged_under_a_running_bot_stops_entries_and_no_exit(start: Start) -> None:
    running = start(section=FORGIVING)
    running.loop(2)
    assert running.tries_to_enter(BTC)
    running.loop()
    execute(ledger_of(start.folder), "PRAGMA wal_checkpoint(TRUNCATE)")
    with ledger_of(start.folder).open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(4096)
        file.write(b"\xee" * (size - 4096))
    running.bot.session.service._ledger._database.drop()  # type: ignore[attr-defined]
    assert not running.tries_to_enter(ETH)
    running.loop()
    assert "malformed" in str(running.bot.session.service.fault_text)
    running.order("close-all")
    running.ends_flat()


def test_a_half_written_wal_gives_the_last_whole_transaction(tmp_path: Path, start: Start) -> None:
    """Cut at any place, or with rubbish at its end: state and events still fit together."""
    running = start()
    running.loop(2)
    assert running.tries_to_enter(BTC)
    running.loop()
    source = ledger_of(start.folder)
    wal = source.with_name("risk.sqlite-wal").read_bytes()
    assert len(wal) > 20_000
    seen = set()
    for part in range(1, 13):
        copy = tmp_path / f"copy{part}.sqlite"
        shutil.copy(source, copy)
        cut = wal[: len(wal) * part // 12 - 100]
        ending = b"\xff" * 5_000 if part % 2 else b""
        copy.with_name(f"{copy.name}-wal").write_bytes(cut + ending)
        seen.add(whole(copy, running.bot.key))
    assert len(seen) > 3, "the cuts fell into different transactions"


def whole(file: Path, bot: str) -> int:
    """The number of events of a ledger that is in order; its state is what they give."""
    try:
        ledger = open_ledger(f"sqlite:///{file}", bot=bot, base_dir=file.parent)
        saved = ledger.load()
        ledger.close()
        reader = open_reader(f"sqlite:///{file}", base_dir=file.parent)
    except LedgerError as error:
        pytest.fail(f"{file.name}: {error}")
    records = list(reader.chain(bot))
    reader.close()
    replayed = RiskState()
    for record in records:
        replayed.observe(record.event)
    assert verify(((r.payload, r.hash) for r in records), genesis(bot)) is None
    assert saved == replayed
    return len(records)
