"""A damaged or missing state is made anew from the records; broken records are not papered over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from riskplugin.core.breaker import BreakerState
from riskplugin.core.events import BreakerLatched, Event, FaultRecorded, StateRebuilt
from riskplugin.core.state import RiskState
from riskplugin.ledger.proof.repair import repair
from riskplugin.ports import LedgerError
from tests.ledger.conftest import Open, Read
from tests.ledger.samples import NOW, metrics, peak

pytestmark = pytest.mark.spec("RE-1", "CB-7", "AU-2")
LIFE: tuple[Event, ...] = (
    peak(100.0),
    FaultRecorded(at=NOW, source="exchange", text="timed out"),
    BreakerLatched(at=NOW, by="anna", reason="looks odd"),
)
Mend = Callable[[str], RiskState | None]


@pytest.fixture
def mend(tmp_path: Path) -> Mend:
    return lambda url: repair(url, bot="bot", base_dir=tmp_path, by="anna", reason="disk")


@pytest.fixture
def lived(url: str, open_: Open) -> RiskState:
    """The state after a life, each event written by itself."""
    ledger, state = open_(url), RiskState()
    ledger.load()
    for event in LIFE:
        state.observe(event)
        ledger.append([event], state)
    ledger.close()
    return state


def run_sql(url: str, *statements: str) -> None:
    engine = create_engine(make_url(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM states",
        "UPDATE states SET payload = '{}'",
        "UPDATE states SET payload = replace(payload, 'latched', 'closed')",
        "UPDATE states SET seq = 1",
    ],
)
def test_the_state_is_what_it_was(
    url: str, open_: Open, read_: Read, lived: RiskState, mend: Mend, damage: str
) -> None:
    run_sql(url, damage)
    ledger = open_(url)
    with pytest.raises(LedgerError):
        ledger.load()
    ledger.close()
    assert mend(url) == lived
    assert lived.breaker is BreakerState.LATCHED
    ledger = open_(url)
    assert ledger.load() == lived
    ledger.append([peak(200.0)], lived)
    [told] = read_(url).events("bot", kinds=[StateRebuilt])
    assert isinstance(told, StateRebuilt)
    assert (told.by, told.reason) == ("anna", "disk")


def test_a_sound_state_is_left_alone(url: str, read_: Read, lived: RiskState, mend: Mend) -> None:
    assert mend(url) is None
    assert len(read_(url).events("bot")) == len(LIFE)


def test_broken_records_are_refused_and_nothing_is_changed(
    url: str, read_: Read, lived: RiskState, mend: Mend
) -> None:
    drop = (
        "DROP TRIGGER events_no_update"
        if url.startswith("sqlite")
        else "DROP TRIGGER events_written_once ON events"
    )
    run_sql(url, drop, "UPDATE events SET payload = replace(payload, 'anna', 'otto')")
    before = [(r.payload, r.hash) for r in read_(url).chain("bot")]
    with pytest.raises(LedgerError, match="record 3 does not follow"):
        mend(url)
    assert [(r.payload, r.hash) for r in read_(url).chain("bot")] == before


def test_a_running_bot_has_to_be_stopped_first(
    url: str, open_: Open, lived: RiskState, mend: Mend
) -> None:
    ledger = open_(url)
    ledger.load()
    ledger.sample(metrics(), {"at": datetime.now(UTC).isoformat()})
    run_sql(url, "DELETE FROM states")
    with pytest.raises(LedgerError, match="stop the bot"):
        mend(url)


def test_an_unknown_bot_is_said_to_be_one(url: str, lived: RiskState, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="knows no bot 'other'"):
        repair(url, bot="other", base_dir=tmp_path, by="anna", reason="disk")
