"""The ledger of a backtest keeps what is worth keeping and can be copied by hyperopt."""

from __future__ import annotations

import pickle

from riskplugin.core import events as ev
from riskplugin.core.state import RiskState
from riskplugin.ledger import MemoryLedger
from riskplugin.ports import Ledger
from tests.ledger.samples import decided, metrics, peak


def no_peaks(event: ev.Event) -> bool:
    return not isinstance(event, ev.PeakRaised)


def test_it_counts_all_events_and_keeps_the_notable_ones() -> None:
    ledger = MemoryLedger(keep=no_peaks)
    state = RiskState()
    ledger.append([peak(1.0), decided()], state)
    ledger.append([peak(2.0)], state)
    assert ledger.counts == {ev.PeakRaised: 2, ev.EntryDecided: 1}
    assert ledger.events == [decided()]
    assert ledger.state is state


def test_it_keeps_everything_unless_told_otherwise() -> None:
    ledger = MemoryLedger()
    ledger.append([peak(1.0)], RiskState())
    assert ledger.events == [peak(1.0)]


def test_a_backtest_has_no_past_and_nobody_to_command_it() -> None:
    ledger: Ledger = MemoryLedger()
    ledger.sample(metrics(), {"equity": 1.0})
    assert ledger.load() == RiskState()
    assert list(ledger.controls()) == []
    ledger.settle(1, "done")
    ledger.close()


def test_it_can_be_pickled() -> None:
    ledger = MemoryLedger(keep=no_peaks)
    ledger.append([decided()], RiskState())
    assert pickle.loads(pickle.dumps(ledger)).events == [decided()]
