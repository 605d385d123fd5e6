"""Small runs made by hand, whose figures a person can reckon."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from riskplugin.reports.compare.equity import Prices, marked
from riskplugin.reports.compare.run import Asked, Effects, Facts, Fill, Run, State, Trade, Trip

HOUR = 3600
#: A Monday at midnight.
BEGIN = 1_704_067_200
PAIR = "AAA/USDT"


def at(hour: int) -> int:
    return BEGIN + hour * HOUR


def trade(
    *, pair: str = PAIR, opened: int = 1, closed: int = 4, profit: float = 10.0, **more: Any
) -> Trade:
    """One long unit bought at 100 and sold at 110, without fees unless ``more`` says so."""
    made = Trade(
        pair=pair,
        side="long",
        leverage=1.0,
        opened=at(opened),
        closed=at(closed),
        profit=profit,
        fee_open=0.0,
        fee_close=0.0,
        fills=(
            Fill(at(opened), at(opened), entry=True, amount=1.0, price=100.0),
            Fill(at(closed), at(closed), entry=False, amount=1.0, price=110.0),
        ),
    )
    return replace(made, **more)


def asked(**more: Any) -> Asked:
    """A long entry at hour 1 for 50, refused by the drawdown limit."""
    made = Asked(
        at=at(1),
        pair=PAIR,
        side="long",
        kind="open",
        asked=50.0,
        given=0.0,
        rule="drawdown",
        text="drawdown 15 % has reached the limit of 15 %",
    )
    return replace(made, **more)


def prices(*closes: float, funding: tuple[float, ...] = ()) -> Prices:
    """Closes that are final at hour 1, 2, 3 …, funding per unit at hour 1, 2, 3 …"""
    return Prices(
        final=np.array([at(n + 1) for n in range(len(closes))]),
        close=np.array(closes, dtype=float),
        funding_at=np.array([at(n + 1) for n in range(len(funding))], dtype=np.int64),
        funding=np.array(funding, dtype=float),
    )


FACTS = Facts(
    strategy="Sample",
    currency="USDT",
    balance=1000.0,
    timeframe="1h",
    candle=HOUR,
    pairs=(PAIR,),
    futures=False,
    fee=0.0,
    begin=at(0),
    end=at(72),
    freqtrade="2026.9",
    riskplugin="0",
)


def run(name: str = "without", *trades: Trade, **more: Any) -> Run:
    """A run of three days whose price stands at 100."""
    times = np.arange(at(0), at(73), HOUR, dtype=np.int64)
    pairs = {each.pair for each in trades}
    closes = {pair: prices(*[100.0] * 73) for pair in pairs}
    guarded = name != "without"
    made = Run(
        name=name,
        guarded=guarded,
        limits="abc" if guarded else "",
        settings={},
        facts=FACTS,
        trades=trades,
        times=times,
        equity=marked(trades, closes, times, FACTS.balance),
        own=np.zeros(0),
        states=np.zeros(len(times) if guarded else 0, dtype=np.int8),
    )
    return replace(made, **more)


def guarded_run() -> Run:
    """With one refusal of each fate, a cut, and a breaker that opened for five hours."""
    states = np.zeros(73, dtype=np.int8)
    states[10:15], states[15:20] = State.OPEN, State.HALF_OPEN
    return run(
        "with",
        trade(opened=30, closed=40, profit=-5.0),
        states=states,
        asked=(
            asked(),
            asked(at=at(2)),
            asked(at=at(60)),
            asked(at=at(30), rule="size", text="a position of 50 is above 20", given=20.0),
        ),
        trips=(Trip(at(10), ("drawdown",), "drawdown 16 % has reached the limit of 15 %"),),
        effects=Effects(entries=5, refused={"drawdown": 3}, cut={"size": 1}),
    )


def without_run() -> Run:
    """It entered at hour 1 and at hour 30."""
    return run("without", trade(), trade(opened=30, closed=40, profit=-5.0))
