"""Exits always pass, and a close-all ends flat whatever the strategy does (EM-3, CB-5)."""

from __future__ import annotations

import time

import pytest
from freqtrade.persistence import Trade

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from tests.adapter.bots import BTC, ETH, Bot
from tests.adapter.conftest import Start


def order(bot: Bot, command: str) -> str:
    session = bot.session
    return session.service.command(
        command, by="tester", reason="test", book=session.look(session.now())
    )


def exit_reasons() -> list[str]:
    return [str(t.exit_reason) for t in Trade.get_trades([Trade.is_open.is_(False)]).all()]


@pytest.mark.spec("EM-3", "CF-3")
@pytest.mark.parametrize("name", ["Inherits", "Vetoes", "VetoesWithSignal"])
def test_close_all_ends_flat_within_a_loop_against_every_kind_of_veto(
    start: Start, name: str
) -> None:
    bot = start(name)
    bot.loop()
    assert bot.enter(BTC, 9_000)
    assert bot.enter(ETH, 9_000, is_short=True)
    bot.loop(2)
    assert len(bot.positions()) == 2, "the veto works against everybody else"
    assert order(bot, "close-all") == "done"
    bot.loop(2)
    assert not bot.trades
    assert not bot.positions()
    assert exit_reasons() == ["risk_close_all"] * 2
    state = bot.session.service.state
    assert state.breaker is BreakerState.LATCHED
    assert not state.flattening, "verified flat"
    assert [o.pair for o in state.flatten_outcomes] == [BTC, ETH]
    assert not bot.enter(BTC, 100)


@pytest.mark.spec("EM-3", "CB-5")
def test_close_all_also_takes_working_entries_and_half_filled_ones(start: Start) -> None:
    bot = start("Limited")
    bot.loop()
    bot.control.fill_policy(fraction_per_second="0.3", limit="cross")
    try:
        assert bot.enter(BTC, 100)
        while not bot.positions():
            time.sleep(0.05)
        bot.control.fill_policy(limit="never")
        assert 0 < float(bot.positions()["BTCUSDT"]["margin"]) < 90, "half filled"
        assert bot.enter(ETH, 100)
        bot.control.fill_policy(fraction_per_second=None)
        order(bot, "close-all")
        bot.loop(4)
        assert not bot.trades
        assert not bot.positions()
        assert not [o for o in bot.orders() if o["status"] in ("NEW", "PARTIALLY_FILLED")]
        assert not bot.session.service.state.flattening
    finally:
        bot.control.fill_policy(limit="cross", market="full", fraction_per_second=None)


@pytest.mark.spec("CF-3")
def test_a_veto_stops_the_strategys_own_exits_and_no_protective_one(start: Start) -> None:
    bot = start()
    bot.loop()
    assert bot.enter(BTC, 100)
    bot.strategy.answers = {"custom_exit": "mine", "confirm_trade_exit": False}
    bot.loop(2)
    assert bot.trades
    bot.control.price(BTC, 0.94)
    try:
        bot.loop(2)
    finally:
        bot.control.price(BTC, 1 / 0.94)
    assert not bot.trades
    assert exit_reasons() == ["stop_loss"]


@pytest.mark.spec("CF-4")
def test_a_broken_should_exit_gives_way_to_freqtrades_own(start: Start) -> None:
    bot = start("BrokenExit", section={"breaker": {"system": {"max_consecutive_errors": 1000}}})
    bot.loop()
    assert bot.enter(BTC, 100)
    bot.loop(2)
    assert bot.trades
    bot.control.price(BTC, 0.94)
    try:
        bot.loop(2)
    finally:
        bot.control.price(BTC, 1 / 0.94)
    assert not bot.trades
    assert "should_exit" in (bot.session.service.state.last_fault or "")


@pytest.mark.spec("CB-5")
def test_an_open_breaker_stops_entries_increases_and_replacements_and_no_exit(start: Start) -> None:
    bot = start("Limited")
    bot.loop()
    assert bot.enter(BTC, 30)
    bot.control.fill_policy(limit="never")
    try:
        assert bot.enter(ETH, 30)
        assert order(bot, "trip") == "done"
        bot.strategy.answers = {"adjust_trade_position": 30.0, "adjust_order_price": 3_000.0}
        before = bot.last_order()
        bot.loop(3)
        assert [t.pair for t in bot.trades] == [BTC], "the working entry is cancelled"
        assert not bot.enter("SOL/USDT:USDT", 30)
        assert not bot.orders(after=before)
    finally:
        bot.control.fill_policy(limit="cross")
    bot.strategy.answers = {"custom_exit": "mine"}
    bot.loop(2)
    assert not bot.positions()


@pytest.mark.spec("EM-1")
def test_an_emergency_closes_what_is_outside_its_limits_and_keeps_the_rest(start: Start) -> None:
    bot = start()
    bot.loop()
    bot.strategy.answers = {"leverage": 10.0}
    assert bot.enter(BTC, 100)
    bot.strategy.answers = {"leverage": 2.0}
    assert bot.enter(ETH, 40)
    assert order(bot, "emergency-on") == "done"
    bot.loop(3)
    assert [t.pair for t in bot.trades] == [ETH]
    assert exit_reasons() == ["risk_emergency"]
    bot.strategy.answers = {"leverage": 50.0}
    assert bot.enter("SOL/USDT:USDT", 9_000)
    [trade] = [t for t in bot.trades if t.pair != ETH]
    assert trade.leverage <= 5
    assert trade.stake_amount <= 10_000 * 0.005
    assert bot.session.directive.stop == 0.10


@pytest.mark.spec("EM-3", "RE-1")
def test_an_exit_that_cannot_be_written_down_goes_out_and_an_entry_does_not(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = start()
    bot.loop()
    assert bot.enter(BTC, 100)

    def broken(order: ev.OrderSent) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(bot.session.service, "order_sent", broken)
    before = bot.last_order()
    with pytest.raises(Exception, match="disk full"):
        bot.enter(ETH, 100)
    assert not bot.orders(after=before)
    bot.strategy.answers = {"custom_exit": "mine"}
    bot.loop(2)
    assert not bot.positions()
