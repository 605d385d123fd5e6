"""The book as the core sees it, held against what the exchange itself says."""

from __future__ import annotations

import time

import pytest
from freqtrade.persistence import Trade

from riskplugin.core import events as ev
from tests.adapter.bots import BTC, ETH, SOL, Bot, listen, somebody_else
from tests.adapter.conftest import Start

pytestmark = pytest.mark.spec("CB-3", "MO-1")


def equity_at_the_exchange(bot: Bot, *, futures: bool = True) -> float:
    account = bot.control.accounts()[bot.key]
    return float(account["futures" if futures else "spot"]["equity"])


def test_positions_and_equity_agree_with_the_exchange(start: Start) -> None:
    bot = start()
    bot.loop()
    assert bot.enter(BTC, 100)
    assert bot.enter(ETH, 100, is_short=True)
    bot.control.price(BTC, 1.01)
    try:
        bot.loop(2)
        book = bot.session.look(bot.session.now())
        held = bot.positions()
        for position in book.positions:
            there = held[position.pair.split(":")[0].replace("/", "")]
            assert position.amount == pytest.approx(abs(float(there["quantity"])))
            assert position.notional == pytest.approx(abs(float(there["notional"])), rel=1e-3)
            assert position.leverage == there["leverage"]
            assert position.liquidation_price == pytest.approx(
                float(there["liquidation"]), rel=0.02
            )
        assert book.wallet is not None
        notional = sum(p.notional for p in book.positions)
        fees = (
            notional * 0.0005
        )  # to get out: the exchange's equity does not know that it will be paid
        assert book.wallet == pytest.approx(equity_at_the_exchange(bot) - fees, abs=notional * 2e-3)
        state = bot.session.service.state
        assert state.capital == pytest.approx(10_000, rel=1e-3)
        assert book.unknown is None
        assert book.untrusted is None
    finally:
        bot.control.price(BTC, 1 / 1.01)


def test_spot_equity_is_balance_plus_holdings(start: Start) -> None:
    bot = start("PuppetSpot", futures=False)
    bot.loop()
    assert bot.enter("BTC/USDT", 100)
    bot.loop(2)
    book = bot.session.look(bot.session.now())
    assert book.wallet == pytest.approx(equity_at_the_exchange(bot, futures=False), abs=1.0)
    assert [p.leverage for p in book.positions] == [1.0]
    assert [p.liquidation_price for p in book.positions] == [None]


@pytest.mark.spec("SZ-10")
def test_a_working_entry_counts_in_full_also_while_it_fills(start: Start) -> None:
    bot = start("Limited")
    bot.loop()
    bot.strategy.answers = {"leverage": 5.0}
    bot.control.fill_policy(limit="never")
    try:
        assert bot.enter(BTC, 100)
        book = bot.session.look(bot.session.now())
        assert not book.positions
        [working] = book.working
        assert working.notional == pytest.approx(500, rel=0.02)
        assert working.stake == pytest.approx(100, rel=0.02)
        assert bot.session.service.last is not None
        bot.control.fill_policy(limit="cross", fraction_per_second="0.3")
        while not bot.positions():
            time.sleep(0.05)
        bot.control.fill_policy(limit="never")
        bot.freqtrade.manage_open_orders()
        book = bot.session.look(bot.session.now())
        exposed = sum(p.notional for p in book.positions) + sum(w.notional for w in book.working)
        assert exposed == pytest.approx(500, rel=0.02)
        bot.strategy.bot_loop_start(current_time=bot.session.now())
        assert (
            not bot.enter(ETH, 9_000)
            or sum(abs(float(p["notional"])) for p in bot.positions().values()) <= 4_500
        )
    finally:
        bot.control.fill_policy(limit="cross", market="full", fraction_per_second=None)


def test_trades_that_close_are_reported_once_with_what_they_earned(start: Start) -> None:
    bot = start()
    heard = listen(bot)
    bot.loop()
    assert bot.enter(BTC, 100)
    assert bot.enter(SOL, 100)
    bot.loop()
    bot.strategy.answers = {"custom_exit": "mine"}
    bot.loop(3)
    closed = [e for e in heard if isinstance(e, ev.TradeClosed)]
    assert sorted(e.pair for e in closed) == [BTC, SOL]
    assert {e.exit_reason for e in closed} == {"mine"}
    assert all(-5 < e.profit < 0 for e in closed), "the fees"
    for event in closed:
        assert event.fees is not None
        assert event.funding is not None
        assert event.leverage is not None
        assert event.stake is not None
        [trade] = Trade.get_trades([Trade.id == event.trade_id]).all()
        moved = trade.amount * (trade.close_rate - trade.open_rate)
        assert event.profit == pytest.approx(moved + event.funding - event.fees, abs=1e-6)
        assert event.fees == pytest.approx(2 * 0.0005 * event.stake * event.leverage, rel=0.1)
    assert bot.session.service.state.losing_streak == 2


@pytest.mark.spec("MO-4", "CB-11")
def test_a_position_that_no_trade_explains_stops_entries(start: Start) -> None:
    bot = start()
    bot.loop()
    stranger = somebody_else(bot)
    stranger.create_order(ETH, "market", "buy", 0.1)
    try:
        assert bot.enter(BTC, 50)  # reads the wallet again
        bot.loop()
        book = bot.session.look(bot.session.now())
        assert book.unknown is not None
        assert ETH in book.unknown
        assert not bot.enter(SOL, 50)
    finally:
        stranger.create_order(ETH, "market", "sell", 0.1, params={"reduceOnly": True})
