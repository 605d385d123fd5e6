"""An alert is in the ledger with its cause, or it is told from memory (AL-1)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from riskplugin.core import events as ev
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote
from riskplugin.ledger import MemoryLedger, UnavailableLedger, open_ledger, open_reader
from riskplugin.ports import LedgerError
from riskplugin.recorder import Recorder
from riskplugin.redaction import NOBODYS
from tests.alerts.desks import AT, PLAN, trip, warning
from tests.service.world import Failing, Remembering

pytestmark = pytest.mark.spec("AL-1", "RE-1")


class Together(MemoryLedger):
    """Remembers what was written in one transaction."""

    def __init__(self) -> None:
        super().__init__()
        self.transactions: list[list[str]] = []

    def append(
        self, events: Sequence[ev.Event], state: RiskState, *, relaxed: bool = False
    ) -> None:
        self.transactions.append([type(event).__name__ for event in events])
        super().append(events, state, relaxed=relaxed)


def recorder(ledger: object, heard: list[ev.Event] | None = None) -> Recorder:
    subscribers = [] if heard is None else [heard.append]
    return Recorder(
        ledger,  # type: ignore[arg-type]
        redactor=NOBODYS,
        note=None,
        subscribers=subscribers,  # type: ignore[arg-type]
        plan=PLAN,
    )


def test_an_alert_is_written_in_the_transaction_of_its_cause() -> None:
    ledger = Together()
    recorder(ledger).record([trip()])
    assert ledger.transactions == [["BreakerTripped", "AlertRaised"]]


def test_what_is_told_afterwards_waits_for_no_disk() -> None:
    ledger = Together()
    keeps = recorder(ledger)
    keeps.record([warning()])
    keeps.record([ev.AlertSent(at=AT, channel="a", messages=(1,))])
    assert not keeps.state.alerts.owed


def test_without_a_plan_nobody_is_told_of_anything() -> None:
    ledger = Together()
    Recorder(ledger, redactor=NOBODYS, note=None, subscribers=[]).record([trip()])
    assert ledger.transactions == [["BreakerTripped"]]


def test_a_ledger_that_fails_is_told_from_memory_and_its_return_as_well() -> None:
    ledger, heard = Failing(Remembering()), list[ev.Event]()
    keeps = recorder(ledger, heard)
    ledger.broken = True
    for _ in range(3):
        keeps.record([ev.PeakRaised(at=AT, equity=Quote(1.0))])
    (raised,) = [e for e in heard if isinstance(e, ev.AlertRaised)]
    assert raised.name == "ledger"
    assert "disk full" in raised.said
    assert "Not stopped: exits" in raised.said
    assert {owed.channel for owed in keeps.state.alerts.owed} == {"a", "b"}
    ledger.broken = False
    keeps.record([ev.PeakRaised(at=AT, equity=Quote(2.0))])
    assert not keeps.backlog
    assert not keeps.state.alerts.open
    assert [type(e) for e in heard if isinstance(e, ev.AlertResolved)] == [ev.AlertResolved]
    assert ledger.ledger.load() == keeps.state, "the records fold to the same alerts"


def test_a_ledger_that_cannot_even_be_read_is_told() -> None:
    keeps = recorder(UnavailableLedger(LedgerError("the disk is gone")))
    for _ in range(2):
        keeps.record([ev.PeakRaised(at=AT, equity=Quote(1.0))])
    (alert,) = keeps.state.alerts.open
    assert (alert.name, alert.count) == ("ledger", 1)
    assert "the disk is gone" in alert.said


def test_alerts_in_an_encrypted_ledger_say_nothing_without_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from riskplugin.ledger.privacy.data_keys import new_key

    monkeypatch.setenv("RISKPLUGIN_ENCRYPTION_KEY", new_key())
    url = f"sqlite:///{tmp_path / 'risk.sqlite'}"
    ledger = open_ledger(url, bot="b", base_dir=tmp_path, encrypt=True)
    keeps = recorder(ledger)
    keeps.record([ev.EmergencyEntered(at=AT, by="alice", reason="a private reason")])
    ledger.close()
    assert b"private reason" not in (tmp_path / "risk.sqlite").read_bytes()
    reader = open_reader(url, base_dir=tmp_path)
    (raised,) = reader.events("b", kinds=[ev.AlertRaised])
    reader.close()
    assert isinstance(raised, ev.AlertRaised)
    assert "a private reason" in raised.said
