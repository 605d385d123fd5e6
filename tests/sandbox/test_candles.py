"""Candles: what was served is what they show, in every interval, joined to the history before."""

from __future__ import annotations

import numpy as np
import pytest

from riskplugin.sandbox.candles import interval_ms, opening
from riskplugin.sandbox.world import World
from tests.sandbox.conftest import START_MS, Clock

_MINUTE = 60_000
_INTERVALS = ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w"]


def test_live_minutes_have_the_extremes_of_the_prices_served(world: World, clock: Clock) -> None:
    served: dict[int, list[float]] = {}
    for second in range(200):
        if second == 75:
            world.market.jump("BTCUSDT", 0.93, clock.now_ms + 400)
        for millisecond in (0, 350, 650):
            now = clock.now_ms + millisecond
            price = float(world.market.quote("BTCUSDT", now).last)
            served.setdefault(opening(now, _MINUTE), []).append(price)
        clock.forward(1)
    candles = world.candles["BTCUSDT"].between(START_MS, clock.now_ms - 1, _MINUTE, 10)
    assert candles.time.tolist() == list(served)
    for row, prices in enumerate(served.values()):
        shown = [c[row] for c in (candles.open, candles.high, candles.low, candles.close)]
        expected = [prices[0], max(prices), min(prices), prices[-1]]
        assert shown == pytest.approx(expected)


def test_asking_early_does_not_change_what_is_said_later(world: World, clock: Clock) -> None:
    series = world.candles["ETHUSDT"]
    for _ in range(150):
        series.between(START_MS, clock.forward(1), _MINUTE, 10)
    asked = series.between(START_MS, clock.now_ms, _MINUTE, 10)
    fresh = World(world.settings, Clock()).candles["ETHUSDT"]
    untouched = fresh.between(START_MS, clock.now_ms, _MINUTE, 10)
    assert asked.close.tolist() == untouched.close.tolist()
    assert asked.high.tolist() == untouched.high.tolist()


@pytest.mark.parametrize("interval", _INTERVALS)
def test_1500_candles_of_any_interval_without_a_gap(
    world: World, clock: Clock, interval: str
) -> None:
    width = interval_ms(interval)
    now = clock.forward(150)
    count = 1500 if width <= interval_ms("1d") else 200
    begin = opening(now, width) - (count - 1) * width
    candles = world.candles["BTCUSDT"].between(begin, now, width, count)
    assert len(candles.time) == count
    assert set(np.diff(candles.time)) == {width}
    assert (candles.low <= np.minimum(candles.open, candles.close)).all()
    assert (candles.high >= np.maximum(candles.open, candles.close)).all()
    assert (candles.low > 0).all()
    assert (candles.volume > 0).all()


@pytest.mark.parametrize("interval", ["1m", "5m", "1h", "1d"])
def test_history_joins_the_present_price(world: World, clock: Clock, interval: str) -> None:
    width = interval_ms(interval)
    now = clock.forward(200)
    begin = opening(now, width) - 20 * width
    candles = world.candles["BTCUSDT"].between(begin, now, width, 21)
    assert candles.close[-1] == pytest.approx(float(world.market.quote("BTCUSDT", now).last))
    steps = candles.open[1:] / candles.close[:-1] - 1.0
    assert np.abs(steps).max() < 0.02


def test_long_candles_are_made_of_the_short_ones(world: World, clock: Clock) -> None:
    now = clock.forward(900)
    series = world.candles["SOLUSDT"]
    short = series.between(START_MS, now, _MINUTE, 15)
    long = series.between(opening(START_MS, 5 * _MINUTE), now, 5 * _MINUTE, 4)
    inside = (short.time >= long.time[1]) & (short.time < long.time[2])
    assert long.open[1] == short.open[inside][0]
    assert long.high[1] == short.high[inside].max()
    assert long.low[1] == short.low[inside].min()
    assert long.close[1] == short.close[inside][-1]
    assert long.volume[1] == pytest.approx(short.volume[inside].sum())


def test_no_candle_begins_in_the_future(world: World, clock: Clock) -> None:
    candles = world.candles["BTCUSDT"].between(START_MS, clock.forward(61), _MINUTE, 100)
    assert candles.time.tolist() == [START_MS, START_MS + _MINUTE]


def test_weeks_begin_on_monday() -> None:
    monday = np.datetime64(opening(START_MS, interval_ms("1w")), "ms")
    assert monday.astype("datetime64[D]").astype(object).weekday() == 0
