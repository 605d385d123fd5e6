"""Entries that a person forces over REST, past signals and locks, are entries like any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.harness import Bot, Exchange

pytestmark = [pytest.mark.e2e, pytest.mark.spec("LV-2", "SZ-5", "SZ-10", "CF-3")]

BTC, ETH, SOL = "BTC/USDT:USDT", "ETH/USDT:USDT", "SOL/USDT:USDT"


def test_a_forced_entry_is_limited_and_refused_like_any_other(
    exchange: Exchange, tmp_path: Path
) -> None:
    with Bot(exchange, tmp_path, "ManualGuarded", name="forced") as bot:
        bot.next_loops()
        bot.post("forceenter", pair=BTC, side="long", stakeamount=9_000)
        bot.wait("an entry", bot.trades)
        exchange.assert_within_limits(bot.name)
        code, said = bot.post("forceenter", pair=ETH, side="short", stakeamount=9_000, leverage=50)
        assert code >= 400 or "id" not in str(said), said
        bot.post("forceenter", pair=ETH, side="short", stakeamount=9_000, leverage=50, price=1.0)
        bot.post("forceenter", pair=ETH, side="short", stakeamount=100, leverage=2, price=1.0)
        for _ in range(
            3
        ):  # increases of what is held: freqtrade asks no hook but custom_entry_price
            bot.post("forceenter", pair=BTC, side="long", stakeamount=9_000)
            bot.post("forceenter", pair=BTC, side="long", stakeamount=9_000, price=1.0)
        exchange.assert_within_limits(bot.name)
        assert not [o for o in exchange.entries(bot.name) if (o["leverage"] or 1) > 20]
        bot.next_loops()
        exchange.assert_within_limits(bot.name)
        assert bot.state() == "closed"


def test_an_entry_forced_before_the_bot_has_started_is_limited(
    exchange: Exchange, tmp_path: Path
) -> None:
    with Bot(exchange, tmp_path, "SlowStart", name="early") as bot:
        bot.wait("bot_start", (bot.userdir / "starting").exists)
        code, said = bot.wait(
            "an answer", lambda: bot.post("forceenter", pair=BTC, side="long", stakeamount=9_000)
        )
        assert bot.loops == 0
        assert code == 200, said
        assert exchange.entries(bot.name), (
            "freqtrade takes entries so early; if not, this tests nothing"
        )
        bot.post("forceenter", pair=ETH, side="long", stakeamount=9_000, leverage=50)
        exchange.assert_within_limits(bot.name)
        (bot.userdir / "go").touch()
        bot.next_loops()
        exchange.assert_within_limits(bot.name)
        assert len(bot.trades()) == 1
