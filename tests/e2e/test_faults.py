"""Money that comes, a balance that vanishes, an answer that is lost (CB-4, CB-11, RE-1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.harness import Bot, Exchange

pytestmark = [pytest.mark.e2e, pytest.mark.spec("RE-1")]

BTC, ETH, SOL = "BTC/USDT:USDT", "ETH/USDT:USDT", "SOL/USDT:USDT"


def force_exit(bot: Bot, trade: int) -> None:
    """An exit makes freqtrade read its wallet."""
    assert bot.post("forceexit", tradeid=str(trade), ordertype="market")[0] == 200


def enters(bot: Bot, pair: str) -> bool:
    before = len(bot.trades())
    bot.post("forceenter", pair=pair, side="long", stakeamount=30)
    return len(bot.trades()) > before


@pytest.mark.spec("CB-4", "CB-11")
def test_deposits_and_vanished_balances_stop_entries_and_trip_nothing(
    exchange: Exchange, tmp_path: Path
) -> None:
    section = {"trust": {"confirm_after": "6s"}}
    with Bot(exchange, tmp_path, "ManualGuarded", name="money", section=section) as bot:
        bot.next_loops()
        assert all(enters(bot, pair) for pair in (BTC, ETH, SOL))
        first, second, third = (trade["id"] for trade in bot.trades())
        calm = bot.told("three positions", lambda status: len(status["positions"]) == 3)

        exchange.control.deposit(bot.name, 5_000)
        force_exit(bot, first)
        bot.told("the doubt", lambda status: not status["trusted"])
        assert not enters(bot, BTC), "entries stop at once"
        told = bot.told("the deposit", lambda status: status["equity"] > 14_000)
        assert told["trusted"]
        assert told["drawdown_pct"] == pytest.approx(calm["drawdown_pct"], abs=0.1)
        assert told["daily_pnl_pct"] == pytest.approx(calm["daily_pnl_pct"], abs=0.1)
        assert told["peak_equity"] == pytest.approx(15_000, rel=0.01)

        exchange.control.fault("balance_empty", key=bot.name)
        force_exit(bot, second)
        bot.told("the doubt", lambda status: not status["trusted"])
        assert not enters(bot, BTC)
        bot.next_loops(14)  # longer than confirm_after: a vanished account is no withdrawal
        told = bot.status()
        assert not told["trusted"]
        assert told["breaker"]["state"] == "closed"
        assert told["equity"] == pytest.approx(15_000, rel=0.01), "that of the records"
        assert told["drawdown_pct"] < 1
        exchange.control.clear_faults()
        force_exit(bot, third)
        bot.told("trust", lambda status: status["trusted"])
        assert bot.state() == "closed"


@pytest.mark.spec("CF-4", "MO-4", "AU-1")
def test_an_entry_whose_answer_is_lost_is_not_made_twice(
    exchange: Exchange, tmp_path: Path
) -> None:
    bot = Bot(exchange, tmp_path, "EagerGuarded", name="lost")
    exchange.control.fault(
        "accepted_no_answer", key=bot.name, method="POST", match="/fapi/v1/order", count=1
    )
    with bot:
        bot.wait("the lost order", lambda: [f for f in exchange.control.faults() if f["hits"]])
        bot.wait("the finding", lambda: bot.state() == "latched")
        bot.next_loops()
        sent = [o for o in exchange.entries(bot.name) if o["symbol"] == lost_symbol(exchange, bot)]
        assert len(sent) == 1, "the pair of the lost order is left alone"
        [reason] = bot.status()["breaker"]["reasons"]
        assert "the bot does not know it" in reason
        exchange.assert_within_limits(bot.name)
        assert "unknown fate" in bot.log.read_text()
    exchange.control.clear_faults()


def lost_symbol(exchange: Exchange, bot: Bot) -> str:
    return str(exchange.entries(bot.name)[0]["symbol"])
