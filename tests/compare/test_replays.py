"""Real backtests on recorded candles: three strategies of different shapes, with and without."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskplugin.reports.compare.comparison import Comparison
from riskplugin.reports.compare.measured import measure
from riskplugin.reports.compare.run import HALTED, Run
from tests.backtest.runs import FUTURES, SPOT, closes, equity_curve
from tests.backtest.runs import STRATEGIES as GREEDY
from tests.compare.conftest import LONG, SHORT, Pair, Shape, Stage

pytestmark = [pytest.mark.slow, pytest.mark.spec("DB-4")]

SHAPES = [
    *(pytest.param(shape, id=shape.strategy) for shape in SHORT),
    *(
        pytest.param(shape, id=f"{shape.strategy}-year", marks=pytest.mark.exhaustive)
        for shape in LONG
    ),
]
shapes = pytest.mark.parametrize("shape", SHAPES)


@shapes
def test_marked_equity_is_what_the_plugin_itself_reckoned_at_every_candle(
    both: Pair, shape: Shape
) -> None:
    _, guarded = both(shape)
    assert len(guarded.trades) > 3
    assert np.isnan(guarded.own).sum() <= 1, "but the one after the last candle"
    # freqtrade rounds the average price of several fills, we do not.
    assert np.nanmax(np.abs(guarded.own - guarded.equity)) <= 1e-5 * guarded.facts.balance


@shapes
def test_both_curves_begin_with_the_wallet_and_end_with_freqtrades_profit(
    both: Pair, shape: Shape
) -> None:
    for run in both(shape):
        profit = sum(trade.profit for trade in run.trades)
        assert run.equity[0] == run.facts.balance == 10_000
        assert run.equity[-1] == pytest.approx(10_000 + profit)
        assert np.all(np.diff(run.times) == run.facts.candle)


@shapes
def test_the_plugin_cut_risk_and_every_entry_has_one_answer(both: Pair, shape: Shape) -> None:
    without, guarded = both(shape)
    calm, wild = measure(guarded), measure(without)
    assert calm.max_drawdown_pct is not None
    assert wild.max_drawdown_pct is not None
    assert calm.max_drawdown_pct < wild.max_drawdown_pct
    effects = guarded.effects
    answered = sum(effects.refused.values()) + sum(effects.cut.values())
    assert 0 < answered <= effects.entries
    assert len(guarded.asked) == answered
    assert (effects.faults, effects.fault) == (0, "")
    assert all(each.given < each.asked for each in guarded.asked)


@shapes
def test_no_trade_begins_while_the_breaker_is_open(both: Pair, shape: Shape) -> None:
    _, guarded = both(shape)
    places = np.searchsorted(guarded.times, [trade.opened for trade in guarded.trades])
    assert not np.isin(guarded.states[places], HALTED).any()


@shapes
def test_what_refusals_would_have_brought_is_the_other_runs_trades(
    both: Pair, shape: Shape
) -> None:
    without, guarded = both(shape)
    by_entry = {(t.pair, t.side, t.opened): t for t in without.trades}
    expected: dict[str, float] = defaultdict(float)
    for each in guarded.asked:
        trade = by_entry.get((each.pair, each.side, each.at))
        if each.kind == "open" and trade is not None:
            first = trade.fills[0].amount * trade.fills[0].price / trade.leverage
            expected[each.rule] += trade.profit / first * (each.asked - each.given)
    found: dict[str, float] = defaultdict(float)
    for judged in Comparison(without, guarded).judged:
        if judged.asked.kind == "open":
            found[judged.asked.rule] += judged.result or 0.0
    assert {k: v for k, v in found.items() if v} == pytest.approx(expected)
    assert expected


def table(run: Run) -> pd.DataFrame:
    """Trades of one fill each as freqtrade's own results have them."""
    rows = [
        {
            "pair": trade.pair,
            "amount": trade.fills[0].amount,
            "open_rate": trade.fills[0].price,
            "open_date": pd.Timestamp(trade.opened, unit="s", tz="UTC"),
            "close_date": pd.Timestamp(trade.closed, unit="s", tz="UTC"),
            "fee_open": trade.fee_open,
            "fee_close": trade.fee_close,
            "is_short": trade.side == "short",
            "profit_abs": trade.profit,
        }
        for trade in run.trades
    ]
    return pd.DataFrame(rows)


def test_the_curve_is_that_of_another_reckoning_from_files(both: Pair, shared_data: Path) -> None:
    prices = closes(shared_data, SPOT, futures=False)
    for run in both(SHORT[0]):
        curve = equity_curve(table(run), prices)
        when = pd.to_datetime(run.times, unit="s", utc=True)
        ours = pd.Series(run.equity, index=when)[:-1]
        assert ours.to_numpy() == pytest.approx(curve.reindex(when)[:-1].to_numpy())


def test_funding_is_in_the_curve(both: Pair, shared_data: Path) -> None:
    prices = closes(shared_data, FUTURES, futures=True)
    without, _ = both(SHORT[2])
    curve = equity_curve(table(without), prices)
    when = pd.to_datetime(without.times, unit="s", utc=True)
    gap = without.equity[:-1] - curve.reindex(when)[:-1].to_numpy()
    paid = [fill.funding for trade in without.trades for fill in trade.fills]
    assert any(paid)
    assert 0 < np.max(np.abs(gap)) <= sum(map(abs, paid)), "that reckoning leaves it out"


OBSERVED = dict.fromkeys(("size", "exposure", "stop", "breaker", "losing_streak"), "observe")


def test_funding_counts_once_after_a_partial_exit(both: Pair) -> None:
    peeled = Shape("Peeler", "20240220-20240310", futures=True, risk={"modes": OBSERVED})
    _, guarded = both(peeled)
    exits = [sum(not fill.entry for fill in trade.fills) for trade in guarded.trades]
    assert max(exits) > 2
    assert np.nanmax(np.abs(guarded.own - guarded.equity)) <= 1e-5 * guarded.facts.balance


@pytest.mark.parametrize("guarded", [False, True], ids=["without", "with"])
def test_whoever_has_the_mixin_makes_no_difference(stage: Stage, *, guarded: bool) -> None:
    """Guard on in memory is as the author's own base class; guard off is as if it were not there.

    Greedy and GreedyGuarded are the same strategy.
    """
    plain, own = (
        stage.run(Shape(name, "20200305-20200318"), guarded=guarded, folder=GREEDY)
        for name in ("Greedy", "GreedyGuarded")
    )
    assert len(plain.trades) > 3
    assert plain.trades == own.trades
    assert plain.was_guarded is False
    assert own.was_guarded is (not guarded)


def test_without_is_freqtrades_own_backtest_and_with_is_the_guarded_one(stage: Stage) -> None:
    for name, guarded in (("Greedy", False), ("GreedyGuarded", True)):
        shape = Shape(name, "20200305-20200318")
        run = stage.run(shape, guarded=guarded, folder=GREEDY)
        exchange = json.loads(stage.config(shape).read_text())["exchange"]
        plain = stage.desk.run(
            name, shape.timerange, max_open_trades=2, exchange=exchange, risk={}
        ).trades
        assert [t.profit for t in run.trades] == pytest.approx(plain["profit_abs"].tolist())


def test_settings_are_laid_over_the_configuration(stage: Stage) -> None:
    free = stage.run(SHORT[1], guarded=True, modes__size="observe", modes__stop="observe")
    assert "size" not in {*free.effects.cut, *free.effects.refused}
    assert free.effects.stops == 0
    held = stage.run(SHORT[1], guarded=True)
    assert held.effects.stops > 0
    assert free.limits != held.limits
