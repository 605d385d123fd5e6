"""The tighter of the strategy's stop and the plugin's holds, on both sides and at any leverage."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from freqtrade.persistence import LocalTrade

from riskplugin.adapter.stops import hold_stop
from riskplugin.core.units import Ratio
from tests.adapter.bots import BTC
from tests.adapter.conftest import Start

pytestmark = pytest.mark.spec("EM-1", "LV-3")

FIVE, TEN = Ratio(0.05), Ratio(0.10)


def trade(*, stoploss: float = -0.99, is_short: bool = False, leverage: float = 1.0) -> LocalTrade:
    made = LocalTrade(
        pair="BTC/USDT", exchange="binance", stake_amount=100.0, amount=1.0, open_rate=100.0,
        fee_open=0.0, fee_close=0.0, is_short=is_short, leverage=leverage,
        open_date=datetime.now(UTC),
    )  # fmt: skip
    made.adjust_stop_loss(made.open_rate, stoploss, initial=True)
    return made


@pytest.mark.parametrize("leverage", [1.0, 3.0, 20.0])
@pytest.mark.parametrize(("is_short", "stop"), [(False, 95.0), (True, 105.0)])
def test_a_wider_stop_is_pulled_in_to_a_distance_in_price(
    leverage: float, stop: float, *, is_short: bool
) -> None:
    wide = trade(is_short=is_short, leverage=leverage)
    hold_stop(wide, FIVE)
    nearer = 100 * (1 - 0.99 / leverage) if not is_short else 100 * (1 + 0.99 / leverage)
    tighter = max(stop, nearer) if not is_short else min(stop, nearer)
    assert wide.stop_loss == pytest.approx(tighter)
    assert not wide.is_stop_loss_trailing, "freqtrade must not call it a trailing stop"


@pytest.mark.parametrize("is_short", [False, True])
def test_a_tighter_stop_stays(*, is_short: bool) -> None:
    tight = trade(stoploss=-0.02, is_short=is_short)
    before = tight.stop_loss
    hold_stop(tight, FIVE)
    assert tight.stop_loss == before


@pytest.mark.parametrize("is_short", [False, True])
def test_a_stop_never_moves_away_from_the_price(*, is_short: bool) -> None:
    held = trade(is_short=is_short)
    hold_stop(held, FIVE)
    before = held.stop_loss
    hold_stop(held, TEN)
    hold_stop(held, None)
    assert held.stop_loss == before


def test_a_trailing_stop_stays_one() -> None:
    trailing = trade()
    trailing.adjust_stop_loss(100.0, -0.5)
    assert trailing.is_stop_loss_trailing
    hold_stop(trailing, FIVE)
    assert trailing.stop_loss == pytest.approx(95.0)
    assert trailing.is_stop_loss_trailing


def test_after_an_increase_the_stop_is_no_farther_than_from_the_new_average(start: Start) -> None:
    bot = start()
    bot.loop()
    bot.strategy.answers = {"leverage": 2.0}
    assert bot.enter(BTC, 50)
    bot.loop()
    [first] = bot.trades
    assert first.stop_loss == pytest.approx(first.open_rate * 0.95, rel=1e-3)
    bot.control.price(BTC, 1.02)
    try:
        bot.strategy.answers["adjust_trade_position"] = 50.0
        bot.loop()
        del bot.strategy.answers["adjust_trade_position"]
        bot.loop()
        [grown] = bot.trades
        assert grown.nr_of_successful_entries == 2
        assert grown.stop_loss >= grown.open_rate * 0.95 * 0.999
    finally:
        bot.control.price(BTC, 1 / 1.02)


def test_an_observed_stop_leaves_the_strategys_alone(start: Start) -> None:
    bot = start("PuppetSpot", futures=False, section={"modes": {"stop": "observe"}})
    bot.loop()
    assert bot.enter("BTC/USDT", 50)
    bot.loop(2)
    [held] = bot.trades
    assert held.stop_loss == pytest.approx(held.open_rate * 0.01, rel=0.01)
