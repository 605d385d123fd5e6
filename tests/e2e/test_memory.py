"""What the breaker remembers when its bot is stopped, killed, started again and reloaded (CB-7)."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import Bot, Exchange

#: Every run asks nearly the same in test_restart.py; this one stops by signal and over REST, too.
pytestmark = [pytest.mark.e2e, pytest.mark.exhaustive, pytest.mark.spec("CB-7", "RE-1")]


def memory(bot: Bot) -> dict[str, Any]:
    """What must survive; equity and prices go on meanwhile."""
    status = bot.status()
    breaker = status["breaker"]
    return {
        "breaker": breaker,
        "peak": status["peak_equity"],
        "emergency": status["emergency"],
        "latched": breaker["latched_by"],
    }


def test_open_and_half_open_survive_restarts_kills_and_reloads(
    exchange: Exchange, tmp_path: Path
) -> None:
    section = {"breaker": {"daily_loss": {"warn_pct": 0.3, "trip_pct": 0.5}, "on_trip": "flatten"}}
    with Bot(exchange, tmp_path, "EagerGuarded", name="restarts", section=section) as bot:
        bot.wait("positions", lambda: len(bot.trades()) >= 2 and bot.status()["positions"])
        exchange.control.price("BTC/USDT", 0.965)
        bot.wait("a trip", lambda: bot.state() == "open")
        bot.wait("a flat book", lambda: not exchange.positions(bot.name))
        bot.wait("told so", lambda: not bot.status()["closing"]["active"])
        opened = memory(bot)
        assert "daily loss" in " ".join(opened["breaker"]["reasons"])
        assert opened["emergency"]["active"]
        orders = len(exchange.entries(bot.name))
        for how in (signal.SIGKILL, signal.SIGTERM):
            bot.restart(how)
            bot.next_loops()
            assert memory(bot) == opened
        assert len(exchange.entries(bot.name)) == orders, "no entry while it is open"

        done = bot.risk("breaker", "rearm")
        assert done.returncode == 0, done.stdout + done.stderr
        bot.wait("half-open", lambda: bot.state() == "half_open")
        probe = bot.wait("a probe", lambda: exchange.positions(bot.name))
        bot.next_loops()
        half_open = memory(bot)
        assert half_open["breaker"]["half_open"]["equity"] < 10_000
        bot.restart(signal.SIGKILL)
        bot.next_loops()
        assert memory(bot) == half_open
        assert exchange.positions(bot.name).keys() == probe.keys(), "one probe is the limit"
        bot.userdir.joinpath("loops").unlink()
        assert bot.post("reload_config")[0] == 200
        bot.wait("the reloaded bot's loops", lambda: bot.loops >= 3)
        assert memory(bot) == half_open
        assert exchange.positions(bot.name).keys() == probe.keys()
