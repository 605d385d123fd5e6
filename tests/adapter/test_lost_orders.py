"""Orders that the exchange took and freqtrade lost: it would buy again and again (MO-4, RE-1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freqtrade.exceptions import DependencyException, TemporaryError

from riskplugin.core.breaker import BreakerState
from tests.adapter.bots import BTC, ETH, Bot
from tests.adapter.conftest import Start

pytestmark = pytest.mark.spec("MO-4", "RE-1", "CF-4")


def lose_entries(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """What freqtrade asks between the order and its record fails."""

    def fail(*args: object, **kwargs: object) -> float:
        raise TemporaryError("the exchange does not answer")

    monkeypatch.setattr(bot.freqtrade.exchange, "get_fee", fail)


@pytest.mark.parametrize("name", ["Puppet", "PuppetSpot"])
def test_an_order_that_freqtrade_failed_to_record_is_not_made_twice(
    start: Start, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = start(name, futures=name == "Puppet")
    pair = BTC if name == "Puppet" else "BTC/USDT"
    bot.loop()
    with monkeypatch.context() as patch:
        lose_entries(bot, patch)
        with pytest.raises(TemporaryError):
            bot.enter(pair, 500)
    assert not bot.trades
    for _ in range(3):
        assert not bot.enter(pair, 500)
    assert len(bot.orders()) == 1
    [lost] = bot.session.service.state.unresolved
    assert lost.pair == pair
    later = bot.session.now() + timedelta(seconds=11)
    bot.strategy.bot_loop_start(current_time=later)
    bot.strategy.bot_loop_start(current_time=later)
    state = bot.session.service.state
    assert state.breaker is BreakerState.LATCHED
    assert "the bot does not know it" in state.tripped_by[0]


def test_orders_past_the_bots_own_way_never_leave(start: Start) -> None:
    bot = start()
    bot.loop(2)
    assert bot.enter(ETH, 50)  # the market's price of ETH is known now
    bot.flatten()
    before, refused = bot.last_order(), 0
    for _ in range(5):
        try:
            bot.freqtrade.exchange.create_order(
                pair=ETH, ordertype="market", side="buy", amount=0.1, rate=3_200.0, leverage=5.0,
                reduceOnly=False, time_in_force="GTC",
            )  # fmt: skip
        except DependencyException:
            refused += 1
    assert not bot.orders(after=before)
    assert refused == 5


def test_an_order_in_the_bots_records_is_no_question(start: Start) -> None:
    bot = start()
    bot.loop()
    assert bot.enter(BTC, 50)
    assert bot.enter(ETH, 50)
    bot.strategy.bot_loop_start(current_time=bot.session.now() + timedelta(minutes=1))
    assert not bot.session.service.state.unresolved
    assert not bot.session.service.state.pending
