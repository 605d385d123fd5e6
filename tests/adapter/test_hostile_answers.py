"""Whatever a strategy answers or raises: no order beyond a limit, no exit that does not pass."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from freqtrade.enums import ExitCheckTuple, ExitType
from freqtrade.exceptions import DependencyException

from riskplugin.adapter.guards import RiskDenied
from riskplugin.core.units import is_number
from tests.adapter.bots import BTC, ETH, Bot
from tests.adapter.conftest import Start

pytestmark = pytest.mark.spec("CF-3", "CF-4")

NAN, INF = float("nan"), float("inf")
VALUES: list[Any] = [
    *(NAN, INF, -INF, -1, 0, 1e300, -1e300, "5", None, True, [50], (), (50,), Decimal("NaN")),
    *(10**400, object(), np.float64("nan"), np.float32(1e9), np.int64(10**9), np.array([1, 2])),
    *(1e18, 5_000.0, 1e-300),
]
ERRORS = [ValueError("v"), KeyError("k"), RecursionError(), DependencyException("d")]
QUIET = {
    "breaker": {"system": {"max_consecutive_errors": 100_000}},
    "modes": {"losing_streak": "observe", "daily_loss": "observe"},
}


@pytest.fixture
def bot(start: Start) -> Bot:
    running = start(section=QUIET, max_open_trades=10)
    running.loop()
    return running


def tame(bot: Bot) -> None:
    """Two loops without a hostile answer: faults are over, marks are fresh."""
    bot.strategy.answers.clear()
    bot.loop(2)


def tried(bot: Bot, pair: str = BTC, **how: Any) -> bool:
    """True when an entry was made; refusals that freqtrade handles count as none."""
    try:
        return bot.enter(pair, **how)
    except DependencyException:
        return False


def hostile() -> Iterator[Any]:
    yield from VALUES
    yield from ERRORS


@pytest.mark.spec("SZ-1", "SZ-8", "LV-1", "LV-2")
@pytest.mark.parametrize(
    "hook", ["custom_entry_price", "leverage", "custom_stake_amount", "confirm_trade_entry"]
)
@pytest.mark.parametrize(
    "is_short",
    [
        pytest.param(False, id="long"),
        pytest.param(True, id="short", marks=pytest.mark.exhaustive),
    ],
)
def test_no_answer_of_an_entry_hook_gets_an_order_past_a_limit(
    bot: Bot, hook: str, *, is_short: bool
) -> None:
    for answer in hostile():
        bot.strategy.answers[hook] = answer
        entered = tried(bot, is_short=is_short, stake=9_000)
        bot.assert_within_limits()
        if isinstance(answer, BaseException) or answer is NAN:
            assert not entered, answer
        bot.flatten()
    tame(bot)
    assert tried(bot), "a tame answer after all the hostile ones must pass again"


@pytest.mark.spec("SZ-10")
def test_no_answer_of_adjust_trade_position_gets_an_order_past_a_limit(bot: Bot) -> None:
    assert tried(bot, stake=30)
    for answer in hostile():
        bot.strategy.answers["adjust_trade_position"] = answer
        bot.freqtrade.process_open_trade_positions()
        bot.assert_within_limits()
        if not bot.trades:
            tame(bot)
            assert tried(bot, stake=30)


@pytest.mark.spec("SZ-10")
def test_a_sound_increase_fills_the_position_to_its_size_and_not_further(bot: Bot) -> None:
    bot.strategy.answers["leverage"] = 1.0
    assert tried(bot, stake=30)
    bot.strategy.answers["adjust_trade_position"] = 50.0
    for _ in range(8):
        bot.freqtrade.process_open_trade_positions()
    [trade] = bot.trades
    assert trade.nr_of_successful_entries > 1
    assert 150 < trade.stake_amount <= 200 * 1.01
    bot.assert_within_limits()


def test_no_answer_of_adjust_order_price_gets_an_order_past_a_limit(start: Start) -> None:
    bot = start("Limited", section=QUIET)
    bot.control.fill_policy(limit="never")
    try:
        bot.loop()
        for answer in hostile():
            bot.strategy.answers.clear()
            if not bot.trades:
                bot.loop()
                assert tried(bot, stake=50)
            bot.strategy.answers["adjust_order_price"] = answer
            [trade] = bot.trades
            for order in trade.open_orders:
                order.order_date = order.order_date.replace(year=2020)  # a new candle since
            bot.freqtrade.manage_open_orders()
            working = [o for o in bot.orders() if o["status"] in ("NEW", "PARTIALLY_FILLED")]
            notional = sum(float(o["quantity"]) * float(o["price"]) for o in working)
            assert notional <= 10_000 * 0.02 * 20
    finally:
        bot.control.fill_policy(limit="cross")


@pytest.mark.parametrize(
    "hook",
    [
        "custom_exit", "custom_exit_price", "custom_stoploss", "custom_roi", "confirm_trade_exit",
        "check_entry_timeout", "check_exit_timeout", "order_filled", "adjust_trade_position",
        "bot_loop_start",
    ],
)  # fmt: skip
def test_whatever_a_hook_answers_the_loop_lives_and_the_stop_holds(start: Start, hook: str) -> None:
    bot = start("Limited", section=QUIET, max_open_trades=10)
    bot.loop()
    for answer in hostile():
        if not bot.trades:
            tame(bot)
            assert tried(bot, pair=ETH, stake=50)
            bot.loop()
        bot.strategy.answers = {hook: answer, "custom_exit_price": answer}
        bot.loop()
        bot.assert_within_limits()
    if not bot.trades:
        tame(bot)
        assert tried(bot, pair=ETH, stake=50)
    bot.strategy.answers = {hook: object()}
    bot.control.price(ETH, 0.93)
    try:
        bot.loop(2)
    finally:
        bot.control.price(ETH, 1 / 0.93)
    assert not bot.trades, "the stop at 5 % had to close the position"


@pytest.mark.parametrize("order_type", ["limit", "market"])
def test_whatever_price_the_strategy_wants_to_leave_at_its_exit_goes_out(
    start: Start, order_type: str
) -> None:
    bot = start("Limited", section=QUIET)
    bot.loop()
    for answer in hostile():
        bot.strategy.answers.clear()
        for trade in bot.trades:
            bot.freqtrade.handle_trade(trade)
        if not bot.trades:
            assert tried(bot, stake=50)
        [trade] = bot.trades
        bot.strategy.answers["custom_exit_price"] = answer
        before = bot.last_order()
        bot.freqtrade.execute_trade_exit(
            trade, 65_000.0, ExitCheckTuple(ExitType.EXIT_SIGNAL), ordertype=order_type
        )
        assert bot.orders(after=before), f"{answer!r} kept the exit from going out"
        bot.flatten()


@pytest.mark.spec("SZ-5")
@pytest.mark.parametrize(
    "field", ["stake_amount", "min_stake_amount", "max_stake_amount", "trade_amount"]
)
def test_validate_stake_amount_answers_a_number_within_the_limits_whatever_it_is_given(
    bot: Bot, field: str
) -> None:
    sound = {
        "stake_amount": 9e9,
        "min_stake_amount": 5.0,
        "max_stake_amount": 1e9,
        "trade_amount": None,
    }
    guard = bot.freqtrade.wallets.validate_stake_amount
    for value in VALUES:
        bot.strategy.custom_entry_price(
            pair=BTC, trade=None, current_time=bot.session.now(), proposed_rate=65_000.0,
            entry_tag=None, side="long",
        )  # fmt: skip
        answer = guard(pair=BTC, **{**sound, field: value})
        assert isinstance(answer, float | int)
        assert 0 <= answer <= 10_000 * 0.02, value


def test_an_entry_that_no_hook_announced_gets_no_stake(bot: Bot) -> None:
    assert bot.freqtrade.wallets.validate_stake_amount(BTC, 50.0, 5.0, 1e9, None) == 0
    assert "past every hook" in (bot.session.service.state.last_fault or "")


SMALL_ENOUGH = {"amount": 1.0, "rate": 65_000.0, "leverage": 20.0}


@pytest.mark.spec("LV-2")
@pytest.mark.parametrize("field", ["amount", "rate", "leverage"])
def test_create_order_refuses_every_unusable_or_too_large_figure(bot: Bot, field: str) -> None:
    sound = {"amount": 0.001, "rate": 65_000.0, "leverage": 5.0}
    for value in (*VALUES, 21.0):
        if is_number(value) and 0 < value <= SMALL_ENOUGH[field]:
            continue
        if field == "leverage" and not isinstance(value, np.ndarray) and not value:
            continue  # no leverage is leverage 1
        before = bot.last_order()
        with pytest.raises(RiskDenied):
            bot.freqtrade.exchange.create_order(
                pair=BTC, ordertype="market", side="buy", reduceOnly=False,
                time_in_force="GTC", **{**sound, field: value},
            )  # fmt: skip
        assert not bot.orders(after=before)
