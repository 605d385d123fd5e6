"""A backtest takes the short look where it can: with it and without it everything is the same.

Trades that come and go, grow and shrink, and orders that wait are no matter of prices alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from freqtrade.persistence import LocalTrade

from riskplugin.adapter.backtests.witness import Witness
from riskplugin.adapter.candlebooks import CandleBooks
from riskplugin.adapter.session import RiskSession
from riskplugin.core import events as ev
from tests.backtest.runs import Desk, Run

pytestmark = [pytest.mark.slow, pytest.mark.spec("CB-3", "PF-1")]

#: Limits that a market reaches now and then, in positions that are neither large nor many.
NARROW: dict[str, Any] = {
    "sizing": {"base_pct": dict.fromkeys(("minimal", "low", "medium", "high", "critical"), 5)},
    "breaker": {"cooldown": "6h", "weekly_loss": {"trip_pct": 4}},
}
#: What happens to any strategy, and to one that adds, takes off and waits.
WARNED = "a short look while a warning stood"
WAITED = {WARNED, "increases", "an entry waited", "an exit waited"}


@pytest.mark.parametrize(
    ("strategy", "futures", "timerange", "happened"),
    [
        pytest.param("GreedyGuarded", False, "20200201-20200401", {"trip", WARNED}, id="spot"),
        pytest.param("GreedyGuarded", True, "20240301-20240415", {"trip", WARNED}, id="futures"),
        pytest.param("RestlessGuarded", False, "20200201-20200401", WAITED, id="spot, increases"),
        pytest.param(
            "RestlessShortGuarded", True, "20240301-20240415", WAITED, id="futures, increases"
        ),
    ],
)
def test_the_short_look_changes_nothing(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    *,
    strategy: str,
    futures: bool,
    timerange: str,
    happened: set[str],
) -> None:
    looks: list[bool] = []
    seen = set[str]()
    closed = 0
    taken = RiskSession._nothing_new

    def counted(session: RiskSession, at: Any) -> bool:
        nonlocal closed
        keeper = session.keeper
        assert isinstance(keeper, CandleBooks)
        before = keeper._reported
        seen.update(_waiting())
        looks.append(taken(session, at))
        closed += keeper._reported - before
        if looks[-1] and session.service.state.warnings:
            seen.add(WARNED)
        return looks[-1]

    monkeypatch.setattr(RiskSession, "_nothing_new", counted)
    short = desk.run(strategy, timerange, futures=futures, risk=NARROW)
    monkeypatch.setattr(RiskSession, "_nothing_new", lambda *_: False)
    whole = desk.run(strategy, timerange, futures=futures, risk=NARROW)
    assert sum(looks) > 100, "it was taken at all"
    assert closed, "and of trades that closed"
    if short.of(ev.BreakerTripped):
        seen.add("trip")
    if max(map(len, short.trades["orders"])) > 3:
        seen.add("increases")
    assert happened <= seen, "in this market"
    _same(short, whole)


def _waiting() -> Iterator[str]:
    for trade in LocalTrade.bt_trades_open:
        for order in trade.open_orders:
            yield "an entry waited" if order.ft_order_side == trade.entry_side else "an exit waited"


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
