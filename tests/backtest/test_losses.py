"""The account against real crashes, reckoned from trades and candles without asking the plugin."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from riskplugin.core import events as ev
from tests.backtest.runs import (
    FUTURES,
    SPOT,
    WALLET,
    Desk,
    Run,
    closes,
    drawdown,
    equity_curve,
    worst_move,
)

pytestmark = [pytest.mark.slow, pytest.mark.spec("CB-2", "CB-3")]

SPOT_RANGE, FUTURES_RANGE = "20200105-20210630", "20240110-20240601"
LEVELS = ("minimal", "low", "medium", "high", "critical")
#: Large positions, no other limit than the drawdown, and a rest that outlasts the recordings.
BOLD: dict[str, Any] = {
    "sizing": {"base_pct": dict.fromkeys(LEVELS, 14)},
    "leverage": {"max": dict.fromkeys(LEVELS, 5)},
    "stop": {"normal_pct": 10},
    "breaker": {
        "cooldown": "366d",
        "max_cooldown": "366d",
        "on_trip": "flatten",
        "exposure": {"warn_pct": 400, "trip_pct": 500},
    },
    "modes": dict.fromkeys(
        ("daily_loss", "score", "losing_streak", "volatility", "liquidation_room"), "observe"
    ),
}
BOLD_SPOT = {**BOLD, "modes": {**BOLD["modes"], "stop": "observe"}}


@dataclass(frozen=True)
class Result:
    """A run with its marked equity."""

    run: Run
    equity: pd.Series


def play(desk: Desk, strategy: str, section: dict[str, Any], *, futures: bool) -> Result:
    timerange = FUTURES_RANGE if futures else SPOT_RANGE
    run = desk.run(strategy, timerange, futures=futures, risk=section)
    prices = closes(desk.data, FUTURES if futures else SPOT, futures=futures)
    equity = equity_curve(run.trades, prices)
    final = WALLET + run.trades["profit_abs"].sum()
    assert equity.iloc[-1] == pytest.approx(final), "the curve ends where the trades do"
    return Result(run, equity)


@pytest.mark.parametrize(
    "futures",
    [
        pytest.param(False, id="spot", marks=pytest.mark.exhaustive),
        pytest.param(True, id="futures"),
    ],
)
def test_drawdown_passes_its_limit_by_no_more_than_the_move_of_one_candle(
    desk: Desk, *, futures: bool
) -> None:
    guarded = play(desk, "GreedyGuarded", BOLD if futures else BOLD_SPOT, futures=futures)
    tripped = guarded.run.of(ev.BreakerTripped)
    assert [t.triggers[0].name for t in tripped[:1]] == ["drawdown"], "the breaker really tripped"
    rested = guarded.equity[: tripped[0].at + pd.Timedelta("365D")]
    worst = float(drawdown(rested).max())
    assert 0.15 <= worst <= 0.15 + worst_move(rested)
    before = tripped[0].at - pd.Timedelta("1h")
    assert float(drawdown(rested[:before]).max()) < 0.15, "not a candle late"
    after = rested[tripped[0].at + pd.Timedelta("2h") :]
    assert after.nunique() == 1, "everything is closed at the next candle and stays so"
    closed = guarded.run.trades.query("exit_reason == 'risk_close_all'")
    assert len(closed) >= 1
    alone = play(desk, "Greedy", {}, futures=futures)
    assert float(drawdown(alone.equity).max()) > 3 * worst


@pytest.mark.spec("SZ-1", "SZ-2", "SZ-8", "LV-1", "CB-6", "EM-1")
@pytest.mark.parametrize(
    "futures",
    [
        pytest.param(False, id="spot", marks=pytest.mark.exhaustive),
        pytest.param(True, id="futures"),
    ],
)
def test_the_defaults_hold_every_limit_in_every_candle(desk: Desk, *, futures: bool) -> None:
    result = play(desk, "GreedyGuarded", {}, futures=futures)
    trades, equity = result.run.trades, result.equity
    assert len(trades) > 500
    assert result.run.of(ev.BreakerTripped)
    assert result.run.of(ev.BreakerReclosed), "and there is a way back"
    one = worst_move(equity)
    for cycle in cycles(equity, result.run):
        assert float(drawdown(cycle).max()) <= 0.15 + one
    assert float(daily_losses(equity, result.run).max()) <= 0.02 + one
    before = equity.reindex(trades["open_date"], method="ffill").to_numpy()
    assert (trades["stake_amount"] <= 0.02 * before * (1 + one) * 1.001).all()
    assert trades["leverage"].max() <= (20 if futures else 1)
    assert exposures(trades, equity).max() <= 0.50


def cycles(equity: pd.Series, run: Run) -> list[pd.Series]:
    """The curve cut where the drawdown's reference was re-based."""
    cuts = [equity.index[0], *(e.at for e in run.of(ev.BreakerReclosed)), equity.index[-1]]
    return [equity[a:b] for a, b in pairwise(cuts)]


def daily_losses(equity: pd.Series, run: Run) -> pd.Series:
    """Loss since midnight while the breaker was closed: what the emergency keeps may still move."""
    days: Any = equity.index.floor("1D")  # type: ignore[attr-defined]  # an index of moments
    start = equity.groupby(days).transform("first")
    for event in run.of(ev.BreakerReclosed):
        day = pd.Timestamp(event.at).floor("1D")
        rest_of_day = (equity.index >= event.at) & (days == day)
        start[rest_of_day] = event.equity
    return ((start - equity) / start)[~open_hours(equity, run)]


def open_hours(equity: pd.Series, run: Run) -> Any:
    """True where the breaker was not closed."""
    shut = pd.Series(data=False, index=equity.index)
    ends = [e.at for e in run.of(ev.BreakerReclosed)]
    for trip in run.of(ev.BreakerTripped):
        end = next((at for at in ends if at > trip.at), equity.index[-1])
        shut[trip.at : end] = True
    return shut.to_numpy()


def exposures(trades: pd.DataFrame, equity: pd.Series) -> pd.Series:
    """Notional at entry prices of all open trades, as a share of equity, at every entry."""
    opened = trades.assign(notional=trades["amount"] * trades["open_rate"])
    steps = pd.concat(
        [
            pd.Series(opened["notional"].to_numpy(), index=opened["open_date"]),
            pd.Series(-opened["notional"].to_numpy(), index=opened["close_date"]),
        ]
    ).sort_index(kind="stable")
    held = steps.groupby(level=0).sum().cumsum()
    return held / equity.reindex(held.index, method="ffill")
