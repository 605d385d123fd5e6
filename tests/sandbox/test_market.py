"""Prices: reproducible, continuous, steered, and in the shape a scenario says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.sandbox.instruments import DEFAULT_INSTRUMENTS, select
from riskplugin.sandbox.market import Market
from riskplugin.sandbox.noise import FractalNoise
from riskplugin.sandbox.scenarios import SCENARIOS, find_scenario
from tests.sandbox.conftest import START_MS

_DAY_S = 86_400


def market(seed: int = 42) -> Market:
    return Market(DEFAULT_INSTRUMENTS, seed, START_MS)


def test_the_noise_moves_by_about_one_standard_deviation_a_day() -> None:
    times = START_MS / 1000 + np.arange(0, 400 * _DAY_S, _DAY_S, dtype=np.float64)
    days = [np.diff(FractalNoise(seed).value(times)).std() for seed in range(20)]
    assert 0.8 < float(np.mean(days)) < 1.2


@given(st.integers(0, 2**32), st.integers(-(10**9), 10**9))
def test_the_noise_is_a_function_of_seed_and_time(seed: int, second: int) -> None:
    alone = FractalNoise(seed).value(np.array([float(second)]))
    among = FractalNoise(seed).value(np.array([5.0, float(second), -7.5]))
    assert alone[0] == pytest.approx(among[1], abs=1e-12)


@given(st.integers(0, 10**7))
def test_the_same_seed_gives_the_same_market(offset_ms: int) -> None:
    first, second = market(), market()
    for symbol in first.instruments:
        now = START_MS + offset_ms
        assert first.quote(symbol, now) == second.quote(symbol, now)


def test_another_seed_gives_another_market() -> None:
    later = START_MS + 3_600_000
    assert market(1).quote("BTCUSDT", later) != market(2).quote("BTCUSDT", later)


@given(st.integers(0, 10**8), st.sampled_from([i.symbol for i in DEFAULT_INSTRUMENTS]))
def test_bid_and_ask_enclose_the_last_price_on_the_tick_grid(offset_ms: int, symbol: str) -> None:
    shop = market()
    quote = shop.quote(symbol, START_MS + offset_ms)
    tick = shop.instruments[symbol].tick
    assert quote.bid <= quote.last <= quote.ask
    assert quote.bid < quote.ask
    assert not any(price % tick for price in (quote.bid, quote.ask, quote.last))


def test_the_price_stays_the_same_within_a_tick() -> None:
    shop = market()
    assert shop.quote("BTCUSDT", START_MS + 1000) == shop.quote("BTCUSDT", START_MS + 1999)


def test_the_crash_takes_half_of_the_price_and_gives_some_back() -> None:
    shop = market()
    before = float(shop.quote("BTCUSDT", START_MS).last)
    shop.play(find_scenario("crash-2020-03-12"), speed=600.0, start_ms=START_MS)
    seconds = np.arange(0, 230)
    path = [float(shop.quote("BTCUSDT", START_MS + int(s) * 1000).last) / before for s in seconds]
    assert 0.40 < min(path) < 0.60
    assert path[-1] > min(path) * 1.15
    assert shop.phase(START_MS + 400_000) == "calm"


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_a_scenario_starts_without_a_jump_and_when_told(name: str) -> None:
    calm, shop = market(), market()
    begin = START_MS + 90_000
    shop.play(find_scenario(name), speed=60.0, start_ms=begin)
    for moment in (START_MS, begin - 1000, begin):
        assert shop.paths["ETHUSDT"].price(moment) == pytest.approx(
            calm.paths["ETHUSDT"].price(moment)
        )


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_twice_the_speed_is_half_the_time(name: str) -> None:
    slow, fast = market(), market()
    slow.play(find_scenario(name), speed=60.0, start_ms=START_MS)
    fast.play(find_scenario(name), speed=120.0, start_ms=START_MS)
    middle = round(find_scenario(name).seconds / 120.0 * 1000 / 2)
    assert fast.paths["BTCUSDT"].price(START_MS + middle) == pytest.approx(
        slow.paths["BTCUSDT"].price(START_MS + 2 * middle), rel=1e-4
    )


def test_a_jump_moves_one_pair_at_once_and_the_scenario_goes_on_from_there() -> None:
    plain, jumped = market(), market()
    for shop in (plain, jumped):
        shop.play(find_scenario("flash-crash"), speed=10.0, start_ms=START_MS)
    jumped.jump("BTCUSDT", 0.9, START_MS + 5_500)
    for moment, factor in ((5_499, 1.0), (5_500, 0.9), (60_000, 0.9), (300_000, 0.9)):
        expected = factor * plain.paths["BTCUSDT"].price(START_MS + moment)
        assert jumped.paths["BTCUSDT"].price(START_MS + moment) == pytest.approx(expected)
    assert jumped.quote("ETHUSDT", START_MS + 60_000) == plain.quote("ETHUSDT", START_MS + 60_000)


def test_held_prices_stand_still_and_go_on_where_they_stopped() -> None:
    plain, held = market(), market()
    for shop in (plain, held):
        shop.play(find_scenario("flash-crash"), speed=10.0, start_ms=START_MS)
    held.hold(START_MS + 10_000)
    assert held.quote("BTCUSDT", START_MS + 10_000) == held.quote("BTCUSDT", START_MS + 60_000)
    held.resume(START_MS + 70_000)
    for later in (0, 1_000, 15_000, 100_000):
        assert held.paths["BTCUSDT"].price(START_MS + 70_000 + later) == pytest.approx(
            plain.paths["BTCUSDT"].price(START_MS + 10_000 + later)
        )


@pytest.mark.parametrize("factor", [0.0, -1.0, float("nan"), float("inf")])
def test_a_price_factor_that_is_none_is_refused(factor: float) -> None:
    with pytest.raises(ValueError, match="price factor"):
        market().jump("BTCUSDT", factor, START_MS)


def test_an_unknown_scenario_or_pair_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="slow-bleed"):
        find_scenario("nonsense")
    with pytest.raises(ValueError, match="DOGE"):
        select(["NOPE/USDT"])


def test_pairs_are_found_in_every_spelling() -> None:
    assert [i.symbol for i in select(["BTC/USDT:USDT", "ETH/USDT", "SOL"])] == [
        "BTCUSDT",
        "ETHUSDT",
        "SOLUSDT",
    ]


def test_fees_on_every_default_market_have_at_most_eight_decimals() -> None:
    for instrument in DEFAULT_INSTRUMENTS:
        assert (instrument.tick * instrument.step * 10_000) % 1 == 0
