"""An order marked as reducing can never open, enlarge or flip, whoever sends it, however it lies.

Each question is put to an exchange that keeps the flag, and to one that forgets it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from freqtrade.enums import ExitCheckTuple, ExitType
from freqtrade.exceptions import DependencyException, ExchangeError
from freqtrade.rpc.rpc import RPCException

from riskplugin.adapter.guards import RiskDenied
from riskplugin.sandbox import Sandbox
from riskplugin.sandbox.accounts import Account
from riskplugin.sandbox.futures_desk import FuturesDesk
from riskplugin.sandbox.orders import Order
from tests.adapter.bots import BTC, ETH, Bot, running

pytestmark = [pytest.mark.slow, pytest.mark.spec("CF-3", "EM-3")]
Begin = Callable[..., Bot]
KEEPS, FORGETS = "keeps the flag", "forgets the flag"


@pytest.fixture
def start(exchange: Sandbox, tmp_path: Path) -> Iterator[Begin]:
    with ExitStack() as stack:

        def begin(strategy: str = "Puppet", **how: Any) -> Bot:
            return stack.enter_context(running(exchange, tmp_path, strategy, **how))

        yield begin


@pytest.fixture(params=[KEEPS, FORGETS])
def flag(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether the exchange keeps reduce-only, as it says it does."""
    kept: str = request.param
    admit = FuturesDesk.admit

    def forgetful(desk: FuturesDesk, account: Account, order: Order, now_ms: int) -> None:
        order.ticket = replace(order.ticket, reduce_only=False)
        admit(desk, account, order, now_ms)

    if kept == FORGETS:
        monkeypatch.setattr(FuturesDesk, "admit", forgetful)
    return kept


@pytest.fixture
def bot(start: Begin, flag: str) -> Bot:
    """Long 0.006 BTC at 3x, or nearly; nothing else."""
    running = start()
    running.loop()
    running.strategy.answers["leverage"] = 3.0
    assert running.enter(BTC, 130)
    running.loop()
    return running


def held(bot: Bot, symbol: str = "BTCUSDT") -> float:
    position = bot.positions().get(symbol)
    return 0.0 if position is None else float(position["quantity"])


def send(bot: Bot, pair: str, side: str, amount: float, **how: Any) -> bool:
    """Through freqtrade's own create_order; False when somebody refused."""
    order = {
        "pair": pair,
        "ordertype": "market",
        "side": side,
        "amount": amount,
        "rate": bot.freqtrade.exchange.get_rate(pair, refresh=True, side="exit", is_short=False),
        "leverage": 3.0,
        "reduceOnly": True,
        **how,
    }
    try:
        bot.freqtrade.exchange.create_order(**order)
    except (DependencyException, ExchangeError):
        return False
    return True


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize("amount", [0.01, 20.0])
def test_flat_nothing_opens(bot: Bot, side: str, amount: float) -> None:
    send(bot, ETH, side, amount)
    assert not held(bot, "ETHUSDT")


@pytest.mark.parametrize("part", [0.5, 50])
def test_on_the_side_of_the_position_nothing_grows(bot: Bot, part: float) -> None:
    before = held(bot)
    send(bot, BTC, "buy", part * before)
    assert 0 < held(bot) <= before


@pytest.mark.parametrize(("part", "left"), [(0.5, 0.5), (1, 0), (3, 0)])
def test_against_the_position_it_reduces_to_nothing_at_most(
    bot: Bot, part: float, left: float
) -> None:
    before = held(bot)
    assert send(bot, BTC, "sell", part * before), "an exit always passes"
    assert held(bot) == pytest.approx(left * before, abs=0.0011)
    assert held(bot) >= 0


def test_a_short_is_never_flipped_either(start: Begin, flag: str) -> None:
    bot = start()
    bot.loop()
    bot.strategy.answers["leverage"] = 3.0
    assert bot.enter(BTC, 130, is_short=True)
    bot.loop()
    before = held(bot)
    send(bot, BTC, "sell", -before)
    assert held(bot) == before
    send(bot, BTC, "buy", -3 * before)
    assert held(bot) == 0


@pytest.mark.parametrize("flag", [KEEPS], indirect=True)  # an exit never waits for another one
@pytest.mark.parametrize("part", [1, 3])
def test_with_an_exit_working_already_two_exits_do_not_make_a_short(bot: Bot, part: float) -> None:
    before = held(bot)
    price = float(bot.positions()["BTCUSDT"]["mark"])
    assert send(bot, BTC, "sell", before, ordertype="limit", rate=price * 1.02)
    send(bot, BTC, "sell", part * before)
    bot.control.price(BTC, 1.05)
    try:
        assert 0 <= held(bot) <= before
    finally:
        bot.control.price(BTC, 1 / 1.05)


@pytest.mark.parametrize("marked", [1, "yes"])
def test_only_true_itself_marks_an_order_as_reducing(bot: Bot, marked: Any) -> None:
    send(bot, ETH, "buy", 20.0, reduceOnly=marked)
    assert not held(bot, "ETHUSDT")
    send(bot, BTC, "buy", 3.0, reduceOnly=marked)
    bot.assert_within_limits()


@pytest.mark.parametrize("part", [0.5, 3])
def test_an_exit_of_the_bots_own_ends_flat_or_less(bot: Bot, part: float) -> None:
    [trade] = bot.trades
    before = held(bot)
    bot.freqtrade.execute_trade_exit(
        trade, 65_000.0, ExitCheckTuple(ExitType.EXIT_SIGNAL), sub_trade_amt=part * trade.amount
    )
    assert 0 <= held(bot) < before


@pytest.mark.parametrize("part", [1, 3])
def test_a_forced_exit_ends_flat_or_less(bot: Bot, part: float) -> None:
    [trade] = bot.trades
    before = held(bot)
    try:
        bot.freqtrade.rpc._rpc._rpc_force_exit(
            str(trade.id), "market", amount=round(part * trade.amount, 3)
        )
    except RPCException:
        assert part > 1, "an exit of what is there always passes"
    assert 0 <= held(bot) <= before


@pytest.mark.parametrize("part", [0.5, 1, 1e12])
def test_a_decrease_never_turns_into_a_short(bot: Bot, part: float) -> None:
    [trade] = bot.trades
    before = held(bot)
    bot.strategy.answers["adjust_trade_position"] = -part * trade.stake_amount
    bot.freqtrade.process_open_trade_positions()
    bot.freqtrade.process_open_trade_positions()
    assert 0 <= held(bot) <= before
    if part <= 1:  # to more than everything freqtrade says no itself
        assert held(bot) < before


@pytest.mark.parametrize("flag", [KEEPS], indirect=True)  # the exchange alone fills its stops
def test_a_stop_on_the_exchange_that_is_late_opens_nothing(bot: Bot) -> None:
    kinds = bot.strategy.order_types
    bot.strategy.order_types = {**kinds, "stoploss_on_exchange": True}
    bot.loop(2)
    assert [o for o in bot.orders() if o["algo"] and o["status"] == "NEW"], "the stop waits"
    send(bot, BTC, "sell", held(bot))
    assert held(bot) == 0
    bot.control.price(BTC, 0.8)
    try:
        assert held(bot) == 0
    finally:
        bot.control.price(BTC, 1 / 0.8)
        bot.strategy.order_types = kinds


def test_spot_sells_what_it_holds_and_not_more(start: Begin) -> None:
    bot = start("PuppetSpot", futures=False)
    bot.loop()
    pair = "BTC/USDT"
    send(bot, pair, "sell", 0.01)
    assert not bot.orders() or bot.orders()[-1]["status"] == "REJECTED"
    assert bot.enter(pair, 130)
    before = coins(bot)
    send(bot, pair, "sell", 3 * before)
    assert 0 <= coins(bot) <= before
    send(bot, pair, "sell", coins(bot))
    assert coins(bot) < 0.0001


def test_spot_buys_are_entries_whatever_they_are_marked(start: Begin) -> None:
    bot = start("PuppetSpot", futures=False)
    bot.loop()
    send(bot, "BTC/USDT", "buy", 0.05)
    assert coins(bot) * 65_000 <= 10_000 * 0.02 * 1.01


def coins(bot: Bot) -> float:
    balances = bot.control.accounts()[bot.key]["spot"]["balances"]
    return float(balances.get("BTC", {"free": 0})["free"])


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_in_a_dry_run_an_order_that_reduces_nothing_is_refused(start: Begin, side: str) -> None:
    bot = start(dry_run=True)
    bot.loop()
    order = {"pair": ETH, "ordertype": "market", "amount": 1.0, "rate": 3_200.0, "leverage": 3.0}
    with pytest.raises(RiskDenied):
        bot.freqtrade.exchange.create_order(side=side, reduceOnly=True, **order)


def test_in_a_dry_run_exits_reduce_to_nothing_at_most(start: Begin) -> None:
    bot = start(dry_run=True)
    bot.loop()
    bot.strategy.answers["leverage"] = 3.0
    assert bot.enter(BTC, 130)
    [trade] = bot.trades
    bot.freqtrade.execute_trade_exit(
        trade, 65_000.0, ExitCheckTuple(ExitType.EXIT_SIGNAL), sub_trade_amt=3 * trade.amount
    )
    bot.loop()
    assert not bot.trades
