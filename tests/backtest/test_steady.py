"""A backtest takes the short look where it can: with it and without it everything is the same."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from riskplugin.adapter.backtests.witness import Witness
from riskplugin.adapter.session import RiskSession
from riskplugin.core import events as ev
from tests.backtest.runs import Desk, Run

pytestmark = [pytest.mark.slow, pytest.mark.spec("CB-3", "PF-1")]

#: Limits that a market reaches now and then, in positions that are neither large nor many.
NARROW: dict[str, Any] = {
    "sizing": {"base_pct": dict.fromkeys(("minimal", "low", "medium", "high", "critical"), 5)},
    "breaker": {"cooldown": "6h", "weekly_loss": {"trip_pct": 4}},
}


@pytest.mark.parametrize(
    ("futures", "timerange"),
    [
        pytest.param(False, "20200201-20200401", id="spot"),
        pytest.param(True, "20240301-20240415", id="futures"),
    ],
)
def test_the_short_look_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, futures: bool, timerange: str
) -> None:
    looks: list[bool] = []
    taken = RiskSession._nothing_new

    def counted(session: RiskSession, at: Any) -> bool:
        looks.append(taken(session, at))
        return looks[-1]

    monkeypatch.setattr(RiskSession, "_nothing_new", counted)
    short = desk.run("GreedyGuarded", timerange, futures=futures, risk=NARROW)
    monkeypatch.setattr(RiskSession, "_nothing_new", lambda *_: False)
    whole = desk.run("GreedyGuarded", timerange, futures=futures, risk=NARROW)
    assert sum(looks) > 100, "it was taken at all"
    assert short.of(ev.BreakerTripped), "something happened in this market"
    _same(short, whole)


def test_who_watches_a_backtest_sees_every_candle(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The curves of riskplugin compare are made of what the witness sees (DB-4)."""
    witness, begin = Witness(), RiskSession.__init__

    def watched(session: RiskSession, *args: Any) -> None:
        begin(session, *args)
        witness.attend(session)

    monkeypatch.setattr(RiskSession, "__init__", watched)
    desk.run("GreedyGuarded", "20200201-20200215", futures=False, risk=NARROW)
    apart = {after - before for before, after in pairwise(witness.at)}
    assert apart == {3600}
    assert len(set(witness.equity)) > 100


def _same(one: Run, other: Run) -> None:
    pd.testing.assert_frame_equal(one.trades, other.trades)
    assert [repr(e) for e in one.events] == [repr(e) for e in other.events]
