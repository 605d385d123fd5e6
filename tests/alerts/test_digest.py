"""The figures of a day, from real records."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from riskplugin.alerts.digest import digest_of
from riskplugin.core import events as ev
from riskplugin.core.levels import Side
from riskplugin.core.units import Quote
from riskplugin.ledger import open_ledger, open_reader
from riskplugin.ledger.day import DayReader
from riskplugin.recorder import Recorder
from riskplugin.redaction import NOBODYS
from tests.alerts.desks import AT, PLAN, trip
from tests.ledger.samples import decided, metrics

pytestmark = pytest.mark.spec("AL-1")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def closed(number: int, profit: float) -> ev.TradeClosed:
    return ev.TradeClosed(
        at=AT + HOUR, trade_id=number, pair="BTC/USDT", side=Side.LONG, profit=Quote(profit),
        opened_at=AT, exit_reason="roi",
    )  # fmt: skip


def test_a_day_in_a_few_lines(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'risk.sqlite'}"
    ledger = open_ledger(url, bot="b", base_dir=tmp_path)
    keeps = Recorder(ledger, redactor=NOBODYS, note=None, subscribers=[], plan=PLAN)
    begun, ended = AT, AT + DAY
    keeps.record([ev.DayStarted(at=begun, equity=Quote(1000.0), until=ended)])
    keeps.record([closed(1, 30.0), closed(2, -10.0), closed(3, 5.0)])
    flow = ev.CapitalChanged(
        at=AT + HOUR, amount=Quote(500.0), equity_before=Quote(1010.0), by="wallet"
    )
    keeps.record([ev.CapitalChanged(at=AT, amount=Quote(0.0), equity_before=Quote(1.0), by="x")])
    keeps.record([flow, replace(decided(), at=AT + HOUR), trip(AT + 2 * HOUR)])
    ledger.sample(metrics(AT + HOUR, drawdown=0.034), {})
    ledger.sample(metrics(AT + 2 * HOUR, drawdown=0.012), {})
    keeps.record([ev.DayStarted(at=ended, equity=Quote(1525.0), until=ended + DAY)])
    keeps.record([replace(closed(4, 77.0), at=ended + HOUR)])
    ledger.close()

    reader = open_reader(url, base_dir=tmp_path)
    text = digest_of(DayReader(reader, "b"), begun, ended)
    reader.close()
    for part in (
        "day of 2026-11-23: result +2.50% (+25.00), equity 1525.00",
        "Deepest drawdown 3.4%",
        "3 trades closed: 2 won, 1 lost",
        "Trips: 1. Alerts: 1, 1 critical, 1 unanswered",
    ):
        assert part in text, text
    assert "Entries: 1 allowed, 0 capped, 0 refused" in text, text


def test_a_day_without_records_says_that_it_is_not_known() -> None:
    class Nothing:
        def events(self, *_: object) -> list[ev.Event]:
            return []

        def deepest(self, *_: object) -> None:
            return None

        def equity_at(self, *_: object) -> None:
            return None

    text = digest_of(Nothing(), AT, AT + DAY)
    assert "the result is not known" in text
    assert "No trade closed" in text
