"""The same shapes in live bots at the paper exchange: entries, increases, stops, close-all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from freqtrade.persistence import Trade

from riskplugin.core import events as ev
from tests.adapter.bots import Bot, listen
from tests.shapes.conftest import Start
from tests.shapes.guarding import SHAPES, SPOT_ONLY, WAYS

pytestmark = [pytest.mark.slow, pytest.mark.spec("CF-2", "CF-3")]

LEVELS = ("minimal", "low", "medium", "high", "critical")
#: The same limits at every level, and what a fall sets off besides a stop is not asked here.
QUIET = {
    "sizing": {"base_pct": dict.fromkeys(LEVELS, 2)},
    "leverage": {"max": dict.fromkeys(LEVELS, 20)},
    "modes": dict.fromkeys(
        ("daily_loss", "drawdown", "score", "losing_streak", "volatility", "liquidation_room"),
        "observe",
    ),
}
#: Strategies with signals of their own at any time; the others are given one.
ALWAYS = frozenset(SHAPES) - {"halving"}


@contextmanager
def moved(bot: Bot, pair: str, factor: float) -> Iterator[None]:
    """The price of ``pair`` is another one for a while."""
    bot.control.price(pair, factor)
    try:
        yield
    finally:
        bot.control.price(pair, 1 / factor)


def ended(pair: str) -> list[Any]:
    return list(Trade.get_trades([Trade.is_open.is_(False), Trade.pair == pair]).all())


def assert_within_limits(bot: Bot, *, futures: bool, moved_by: float = 0.0) -> None:
    """What the exchange says we hold is inside the default limits, and is something.

    Limits hold at the order: afterwards a short grows with the price, ``moved_by`` at most.
    """
    if futures:
        assert bot.positions()
        bot.assert_within_limits(equity=10_000 * (1 + moved_by))
        return
    coins = bot.control.accounts()[bot.key]["spot"]["balances"]
    prices = bot.control.state()["prices"]
    worth = [
        sum(float(part) for part in balance.values()) * float(prices[f"{coin}USDT"]["last"])
        for coin, balance in coins.items()
        if coin != "USDT"
    ]
    assert worth
    assert max(worth) <= 10_000 * 0.02 * 1.01


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.spec("SZ-1", "SZ-10", "LV-1", "EM-1", "EM-3", "CF-4")
def test_a_live_shape_enters_inside_the_limits_is_stopped_and_closed(
    shape: str, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    futures = shape not in SPOT_ONLY
    way = WAYS[list(SHAPES).index(shape) % 2]
    bot = start(shape, way, futures=futures, section=QUIET)
    heard = listen(bot)
    pair = "BTC/USDT:USDT" if futures else "BTC/USDT"
    if shape not in ALWAYS:
        leave_out_the_signals(bot)
    bot.loop(2)
    has_a_position(bot, shape, pair)
    [trade] = [t for t in bot.trades if t.pair == pair]
    assert_within_limits(bot, futures=futures)
    with moved(bot, pair, 0.975 if not trade.is_short else 1.025):
        bot.loop(4)
        assert_within_limits(bot, futures=futures, moved_by=0.025)
        if shape == "ladder":
            assert max(t.nr_of_successful_entries for t in bot.trades) > 1, "it did buy the fall"
    assert not ended(pair), "no stop is as near as that"
    stop_is_held(bot, pair)
    has_a_position(bot, shape, pair.replace("BTC", "ETH"))
    close_all_ends_flat(bot)
    assert not [e for e in heard if isinstance(e, ev.FaultRecorded)]
    ours = [r for r in caplog.records if r.name.startswith("riskplugin")]
    assert not [r.getMessage() for r in ours if r.exc_info]


def leave_out_the_signals(bot: Bot) -> None:
    """What a shape with signals now and then does by itself is a matter of the hour."""
    bot.freqtrade.config["max_open_trades"] = 0
    bot.strategy.use_exit_signal = False


def has_a_position(bot: Bot, shape: str, pair: str) -> None:
    """A shape without signals of its own is given a position."""
    if not bot.trades:
        assert shape not in ALWAYS
        assert bot.enter(pair, 9_000, enter_tag="given")


def stop_is_held(bot: Bot, pair: str) -> None:
    """A move of 6 % against the position ends it, whatever the strategy would rather do."""
    [trade] = [t for t in bot.trades if t.pair == pair]
    assert trade.open_rate
    with moved(bot, pair, 0.94 if not trade.is_short else 1.06):
        bot.loop(2)
        closed = ended(pair)[-1]
        assert closed.id == trade.id
        assert closed.exit_reason in ("stop_loss", "trailing_stop_loss")


def close_all_ends_flat(bot: Bot) -> None:
    session = bot.session
    book = session.look(session.now())
    assert session.service.command("close-all", by="tester", reason="test", book=book) == "done"
    bot.loop(3)
    assert not bot.trades
    bot.loop(2)
    assert not bot.trades, "and nothing is entered again"
    assert not session.service.state.flattening, "verified flat"


@pytest.mark.spec("CF-4")
def test_an_entry_without_the_tag_that_leverage_needs_is_refused_and_told(start: Start) -> None:
    bot = start("ladder", "base", max_open_trades=1, section={**QUIET, "positions": {"max": 3}})
    bot.loop()
    heard, before = listen(bot), bot.last_order()
    assert not bot.enter("ETH/USDT:USDT", 100, enter_tag=None)
    assert not bot.orders(after=before)
    assert [e.source for e in heard if isinstance(e, ev.FaultRecorded)] == ["leverage"]
    assert bot.enter("ETH/USDT:USDT", 100, enter_tag="81")


def test_interface_version_2_is_refused_in_futures_by_freqtrade_itself(start: Start) -> None:
    with pytest.raises(Exception, match="DEPRECATED: Using 'sell_profit_only'"):
        start("version2", "command", futures=True)
