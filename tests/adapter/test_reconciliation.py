"""Fills against approvals, positions against trades, records that change by themselves (MO-4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freqtrade.persistence import Order, Trade

from riskplugin.adapter.snapshots import BookKeeper
from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from tests.adapter.bots import BTC, ETH, SOL, Bot, listen, somebody_else
from tests.adapter.conftest import Start

pytestmark = [pytest.mark.slow, pytest.mark.spec("MO-4")]


@pytest.fixture
def bot(start: Start) -> Bot:
    bot = start()
    bot.loop()
    return bot


def test_each_fill_is_held_against_what_was_approved(bot: Bot) -> None:
    heard = listen(bot)
    assert bot.enter(BTC, 100)
    [checked] = [e for e in heard if isinstance(e, ev.FillChecked)]
    [sent] = [e for e in heard if isinstance(e, ev.OrderSent)]
    assert checked.approved_amount == sent.amount
    assert checked.amount <= sent.amount
    assert checked.approved_price == sent.price
    assert checked.slippage is not None
    assert not checked.findings
    assert not bot.session.service.state.awaited
    bot.flatten()


def test_an_order_found_on_the_exchange_latches(bot: Bot) -> None:
    """freqtrade attaches what it finds there to its trade; nobody approved it."""
    assert bot.enter(BTC, 100)
    bot.loop()
    [trade] = bot.trades
    somebody_else(bot).create_order(BTC, "market", "buy", trade.amount)
    bot.freqtrade.handle_onexchange_order(trade)
    state = bot.session.service.state
    assert state.breaker is BreakerState.LATCHED
    assert "unapproved" in state.tripped_by[0]
    assert not bot.enter(ETH, 50)
    bot.flatten()


def test_a_position_enlarged_from_outside_stops_entries(bot: Bot) -> None:
    assert bot.enter(BTC, 100)
    somebody_else(bot).create_order(BTC, "market", "buy", 0.01)
    bot.freqtrade.wallets.update()
    bot.loop()
    assert "trades explain" in (bot.session.service.state.mismatch or "")
    assert not bot.enter(ETH, 50)
    somebody_else(bot).create_order(BTC, "market", "sell", 0.01, None, {"reduceOnly": True})
    bot.freqtrade.wallets.update()
    bot.loop()
    assert bot.session.service.state.mismatch is None
    bot.flatten()


def test_a_position_that_vanished_is_told_once_it_stays_away(bot: Bot) -> None:
    assert bot.enter(BTC, 100)
    bot.loop()
    [trade] = bot.trades
    somebody_else(bot).create_order(BTC, "market", "sell", trade.amount, None, {"reduceOnly": True})
    bot.freqtrade.wallets.update()
    now = bot.session.now()
    assert bot.session.look(now).unknown is None
    later = bot.session.look(now + timedelta(seconds=31))
    assert "the exchange 0" in (later.unknown or "")


@pytest.mark.spec("CB-4", "CB-11")
def test_deleting_a_loss_from_the_records_does_not_erase_the_drawdown(start: Start) -> None:
    bot = start(section={"breaker": {"daily_loss": {"warn_pct": 5, "trip_pct": 9}}})
    bot.loop()
    for _ in range(3):
        assert bot.enter(BTC, 200)
        bot.control.price(BTC, 0.96)
        bot.flatten()
        bot.control.price(BTC, 1 / 0.96)
        bot.loop()
    before = bot.session.service.last
    assert before is not None
    assert before.account.drawdown > 0.005
    for trade in Trade.get_trades([]).all():
        Order.session.query(Order).filter(Order.ft_trade_id == trade.id).delete()
        Trade.session.delete(trade)
    Trade.commit()
    assert isinstance(bot.session.keeper, BookKeeper)
    bot.session.keeper._closed_profit = None
    bot.loop()
    after = bot.session.service.last
    assert after is not None
    assert after.account.untrusted is None
    assert after.account.drawdown == pytest.approx(before.account.drawdown, rel=0.05)
    assert bot.enter(SOL, 20)
    bot.flatten()
