"""A whole state in the chain: behind lost records, or another version's, it can be told whether the
saved one is right.
"""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from riskplugin.core.state import RiskState
from riskplugin.ledger import open_ledger
from riskplugin.ledger.form.codec import encode_state
from riskplugin.ledger.proof.repair import repair
from riskplugin.ledger.proof.verify import Report, verify
from riskplugin.ports import LedgerError
from riskplugin.recorder import Recorder
from riskplugin.redaction import NOBODYS
from riskplugin.version import __version__
from tests.ledger.conftest import Read
from tests.ledger.samples import NOW, peak

pytestmark = pytest.mark.spec("AU-2", "CB-7", "RE-1")
OTHER = ev.SessionStarted(at=NOW, bot="bot", run_mode="live", policy_version="1", software="0.0.1")
LOST = ev.RecordsLost(at=NOW, count=7)
LATCHED = RiskState(breaker=BreakerState.LATCHED, trips=4, software=__version__)


def carried(state: RiskState, software: str = __version__) -> ev.StateCarried:
    return ev.StateCarried(at=NOW, software=software, saved=encode_state(state).decode())


def kept(url: str, folder: Path, events: list[ev.Event], state: RiskState) -> None:
    """A ledger with these events and this saved state."""
    ledger = open_ledger(url, bot="bot", base_dir=folder)
    ledger.append(events, state)
    ledger.close()


@pytest.mark.parametrize("before", [OTHER, LOST])
def test_what_was_carried_is_what_the_state_is_held_against(
    url: str, tmp_path: Path, read_: Read, before: ev.Event
) -> None:
    after = ev.PeakRaised(at=NOW, equity=peak(120.0).equity)
    events = [peak(100.0), before, carried(LATCHED), after]
    right = RiskState(
        breaker=BreakerState.LATCHED, trips=4, peak_equity=after.equity, software=__version__
    )
    kept(url, tmp_path, events, right)
    report = verify(read_(url), "bot")
    assert report.sound
    assert not [note for note in report.notes if "may be right" in note or "cannot be told" in note]


@pytest.mark.parametrize("before", [OTHER, LOST])
def test_an_edited_state_cannot_hide_behind_it(
    url: str, tmp_path: Path, read_: Read, before: ev.Event
) -> None:
    opened = RiskState(breaker=BreakerState.CLOSED, trips=4, software=__version__)
    kept(url, tmp_path, [peak(100.0), before, carried(LATCHED)], opened)
    report = verify(read_(url), "bot")
    assert [finding.kind for finding in report.findings] == ["state"]
    assert "breaker is" in report.findings[0].text


def test_what_another_version_carried_is_noted_only(url: str, tmp_path: Path, read_: Read) -> None:
    kept(url, tmp_path, [carried(LATCHED, "0.0.1"), peak(100.0)], LATCHED)
    report: Report = verify(read_(url), "bot")
    assert report.sound
    assert any("another riskplugin (0.0.1)" in note for note in report.notes)


def test_a_carried_state_that_is_none_is_found(url: str, tmp_path: Path, read_: Read) -> None:
    nonsense = ev.StateCarried(at=NOW, software=__version__, saved='{"kind":"RiskState"}')
    kept(url, tmp_path, [peak(100.0), nonsense], RiskState())
    assert [finding.kind for finding in verify(read_(url), "bot").findings] == ["unreadable"]


def test_a_state_is_made_anew_from_where_it_was_carried(url: str, tmp_path: Path) -> None:
    kept(url, tmp_path, [peak(100.0), LOST, carried(LATCHED)], RiskState())
    made = repair(url, bot="bot", base_dir=tmp_path, by="anna", reason="disk")
    assert made == LATCHED


def test_no_state_is_made_up_over_a_gap(url: str, tmp_path: Path) -> None:
    kept(url, tmp_path, [carried(LATCHED), LOST, peak(100.0)], RiskState())
    with pytest.raises(LedgerError, match="7 records were lost at record 2"):
        repair(url, bot="bot", base_dir=tmp_path, by="anna", reason="disk")


def test_a_recorder_carries_the_state_over_a_gap(
    url: str, tmp_path: Path, read_: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riskplugin.recorder.BACKLOG", 10)
    monkeypatch.setattr("riskplugin.recorder.OLDEST", 3)
    ledger = open_ledger(url, bot="bot", base_dir=tmp_path)
    recorder = Recorder(ledger, redactor=NOBODYS, note=None, subscribers=[])
    with monkeypatch.context() as broken:

        def refuse(*_: object, **__: object) -> None:
            raise LedgerError("disk full")

        broken.setattr(ledger, "append", refuse)
        for number in range(30):
            recorder.record([ev.FaultRecorded(at=NOW, source="x", text=str(number))])
    recorder.record([peak(5.0)])
    ledger.close()
    report = verify(read_(url), "bot")
    assert report.sound
    assert not report.notes or not any("cannot be told" in note for note in report.notes)
    told = [type(event).__name__ for event in read_(url).events("bot")]
    assert told[-1] == "StateCarried"
    assert told.count("RecordsLost") == 1


@pytest.mark.parametrize(
    ("events", "relaxed"),
    [
        ([ev.OrderAnswered(at=NOW, intent="i", order_id="1", status="open")], True),
        ([ev.OrderBooked(at=NOW, order_id="1"), peak(1.0)], False),
        ([peak(1.0)], False),
        ([], False),
    ],
)
def test_only_answers_of_the_exchange_do_not_wait_for_the_disk(
    events: list[ev.Event], relaxed: bool
) -> None:
    ledger = Mock(load=RiskState)
    recorder = Recorder(ledger, redactor=NOBODYS, note=None, subscribers=[])
    recorder.backlog.extend(events)
    recorder.write()
    assert ledger.append.call_args.kwargs == {"relaxed": relaxed}
