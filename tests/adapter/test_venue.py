"""The door behind L3: what goes around ``exchange.create_order`` does not leave, or is noticed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from freqtrade.exceptions import DependencyException
from freqtrade.exchange import Exchange

from riskplugin.adapter.guards import base
from riskplugin.core.breaker import BreakerState
from tests.adapter.bots import BTC, ETH, Bot
from tests.adapter.conftest import Start

pytestmark = pytest.mark.slow

PLAIN = {"ordertype": "market", "side": "buy", "amount": 0.1, "rate": 3_000.0, "leverage": 1.0}
AROUND: dict[str, Callable[[Any], Any]] = {
    "the class's method": lambda ex: Exchange.create_order(ex, pair=ETH, **PLAIN),
    "ccxt's method": lambda ex: ex._api.create_order(ETH, "market", "buy", 0.1),
    "its other spelling": lambda ex: ex._api.createOrder(ETH, "market", "buy", 0.1),
    "a helper": lambda ex: ex._api.create_market_buy_order(ETH, 0.1),
    "a helper with a stop": lambda ex: ex._api.create_stop_order(
        ETH, "market", "buy", 0.1, None, 1
    ),
    "many at once": lambda ex: ex._api.create_orders(
        [{"symbol": ETH, "type": "market", "side": "buy", "amount": 0.1}]
    ),
    "an edit": lambda ex: ex._api.edit_order("1", ETH, "limit", "buy", 9, 3_000),
    "the asynchronous client": lambda ex: asyncio.run(
        ex._api_async.create_order(ETH, "market", "buy", 0.1)
    ),
    "a lie about reducing": lambda ex: ex._api.create_order(
        ETH, "market", "buy", 0.1, None, {"reduceOnly": "no"}
    ),
}


@pytest.fixture
def bot(start: Start) -> Bot:
    bot = start()
    bot.loop()
    return bot


@pytest.mark.spec("CF-3", "LV-2")
@pytest.mark.parametrize("name", AROUND)
def test_no_way_around_create_order_leads_to_the_exchange(bot: Bot, name: str) -> None:
    with pytest.raises(DependencyException, match="past the bot's create_order"):
        AROUND[name](bot.freqtrade.exchange)
    assert not bot.orders()
    assert "past the bot's create_order" in (bot.session.service.state.last_fault or "")


@pytest.mark.spec("CF-3")
def test_a_dry_run_refuses_what_live_refuses(start: Start) -> None:
    bot = start(dry_run=True)
    bot.loop()
    with pytest.raises(DependencyException, match="past the bot's create_order"):
        Exchange.create_order(bot.freqtrade.exchange, pair=ETH, **PLAIN)
    assert bot.enter(BTC, 50)
    bot.flatten()


@pytest.mark.spec("MO-4")
def test_a_raw_request_is_noticed_and_its_position_stops_entries(bot: Bot) -> None:
    bot.freqtrade.exchange._api.fapiPrivatePostOrder(
        {"symbol": "ETHUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.1"}
    )
    bot.loop()
    state = bot.session.service.state
    assert "past every method" in (state.last_fault or "")
    assert state.breaker is BreakerState.LATCHED
    assert "past every method" in state.tripped_by[0]
    assert ETH in (state.mismatch or "")
    assert not bot.enter(BTC, 50)


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize("futures", [True, False])
def test_stops_on_the_exchange_and_exits_pass_the_door(start: Start, *, futures: bool) -> None:
    types = dict.fromkeys(("entry", "exit", "stoploss", "emergency_exit"), "market")
    if not futures:
        types["stoploss"] = "limit"
    name = "Puppet" if futures else "PuppetSpot"
    bot = start(name, order_types=types | {"stoploss_on_exchange": True}, futures=futures)
    bot.loop()
    assert bot.enter(BTC if futures else "BTC/USDT", 100)
    bot.loop(2)
    [trade] = bot.trades
    assert trade.has_open_sl_orders
    assert bot.session.service.state.breaker is BreakerState.CLOSED
    bot.flatten()


@pytest.mark.spec("CF-3")
def test_what_is_marked_as_reducing_buys_nothing_on_spot(start: Start) -> None:
    bot = start("PuppetSpot", futures=False)
    bot.loop()
    with pytest.raises(DependencyException, match="was approved"):
        bot.freqtrade.exchange.create_order(
            pair="ETH/USDT", reduceOnly=True, **(PLAIN | {"amount": 1.0})
        )
    assert not bot.orders()


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize("futures", [True, False])
def test_a_guard_without_a_session_lets_exits_pass_and_nothing_else(
    start: Start, monkeypatch: pytest.MonkeyPatch, *, futures: bool
) -> None:
    bot = start("Puppet" if futures else "PuppetSpot", futures=futures)
    bot.loop()
    pair = BTC if futures else "BTC/USDT"
    assert bot.enter(pair, 100)
    [trade] = bot.trades
    monkeypatch.setattr(base, "session_of", lambda strategy: None)
    order = PLAIN | {"pair": pair, "amount": trade.amount}
    with pytest.raises(DependencyException, match="lost its session"):
        bot.freqtrade.exchange.create_order(**order)
    before = bot.last_order()
    bot.freqtrade.exchange.create_order(**order | {"side": "sell", "reduceOnly": futures})
    assert len(bot.orders(after=before)) == 1
