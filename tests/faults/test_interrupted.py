"""A bot that ended in the middle of something: an order that was answered and never booked, a
close-all, a command (RE-1, CB-7, EM-3).
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskplugin.core.breaker import BreakerState
from riskplugin.ledger import open_reader
from riskplugin.ports import LedgerError
from tests.adapter.bots import BTC, ETH
from tests.faults.bench import FORGIVING, Bench, bench
from tests.faults.conftest import Start

pytestmark = [pytest.mark.slow, pytest.mark.spec("RE-1", "CB-7", "EM-3")]


@pytest.mark.parametrize("futures", [True, False], ids=["futures", "spot"])
def test_an_order_that_was_answered_and_never_booked_is_found_after_the_restart(
    start: Start, monkeypatch: pytest.MonkeyPatch, *, futures: bool
) -> None:
    """The process ends between the exchange's answer and freqtrade's commit of the trade."""
    strategy, pair = ("Puppet", BTC) if futures else ("PuppetSpot", "BTC/USDT")
    key = f"neverbooked{futures}"

    def end(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with bench(start.exchange, start.folder, strategy, key=key, futures=futures) as first:
        first.loop(2)
        with monkeypatch.context() as patch:
            patch.setattr(first.bot.freqtrade.exchange, "get_fee", end)
            with pytest.raises(KeyboardInterrupt):
                first.bot.enter(pair, 100)
        assert not first.bot.trades
    second = start(strategy, key=key, futures=futures)
    second.loop(2)
    assert not second.tries_to_enter(pair)
    assert len(second.bot.orders()) == 1
    for minutes in (1, 3, 5):
        later = second.bot.session.now() + timedelta(minutes=minutes)
        second.bot.strategy.bot_loop_start(current_time=later)
        assert not second.tries_to_enter(pair), f"{minutes} minutes later"
    assert second.state.breaker is not BreakerState.CLOSED
    assert len(second.bot.orders()) == 1


def test_a_close_all_cut_short_goes_on_after_the_restart(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGTERM reaches freqtrade as a KeyboardInterrupt, here between two exits of one loop."""
    with bench(start.exchange, start.folder, "Puppet", key="cutshort") as first:
        first.loop(2)
        assert first.tries_to_enter(BTC)
        assert first.tries_to_enter(ETH)
        first.loop()
        first.order("close-all")
        exchange = first.bot.freqtrade.exchange
        ask = exchange.get_rate

        def end(pair: str, *args: object, **kwargs: object) -> float:
            if pair == ETH:
                raise KeyboardInterrupt
            rate: float = ask(pair, *args, **kwargs)
            return rate

        with monkeypatch.context() as patch:
            patch.setattr(exchange, "get_rate", end)
            with pytest.raises(KeyboardInterrupt):
                first.loop()
        assert list(first.bot.positions()) == ["ETHUSDT"], "one exit had gone out"
    second = start(key="cutshort")
    second.ends_flat()
    assert second.state.breaker is BreakerState.LATCHED
    second.comes_back()


def test_a_command_that_could_not_be_settled_is_not_carried_out_again(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old re-arm must not undo a new latch."""
    running = start(section=FORGIVING)
    running.loop(2)
    running.order("trip")
    leave(running, "rearm")

    def refused(number: int, outcome: str) -> None:
        raise LedgerError("database is locked")

    service = running.bot.session.service
    with monkeypatch.context() as patch:
        patch.setattr(service._ledger, "settle", refused)
        running.loop()
    assert running.state.breaker is not BreakerState.LATCHED
    service.latch(by="riskplugin", reason="something new", at=running.bot.session.now())
    running.loop(2)
    assert running.state.breaker is BreakerState.LATCHED
    assert not running.audit()


def leave(running: Bench, command: str) -> None:
    """A command from another process."""
    reader = open_reader(running.url, base_dir=running.folder)
    reader.post_control(running.bot.key, command, "alice", "test")
    reader.close()
