"""A person with a phone and nothing else: a real bot is stopped, closed and let go on over REST."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import Bot, Exchange

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.spec("EM-2", "DB-2", "AL-3")]


def order(bot: Bot, path: str, **more: Any) -> tuple[int, Any]:
    return bot.post(f"risk/{path}", reason="an e2e test", confirm=True, **more)


def test_trip_acknowledge_emergency_and_close_all_over_rest(
    exchange: Exchange, tmp_path: Path
) -> None:
    with Bot(exchange, tmp_path, "Stubborn", name="by-rest") as bot:
        bot.wait("two positions", lambda: len(bot.trades()) >= 2)
        bot.next_loops()

        code, said = order(bot, "trip")
        assert (code, said["outcome"]) == (200, "done"), said
        status = bot.told("latched", lambda told: told["breaker"]["state"] == "latched")
        assert status["breaker"]["latched_by"] == "tester"
        entries = len(exchange.entries(bot.name))

        opened = bot.told("an open alert", lambda told: told["alerts"])["alerts"]
        code, said = order(bot, f"alerts/{opened[0]['id']}/acknowledge")
        assert code == 200, said
        bot.told("acknowledged", lambda told: acknowledged(told, opened[0]["id"]))

        code, said = order(bot, "emergency", on=True)
        assert code == 200, said
        code, said = order(bot, "emergency", on=True)
        assert code == 409, "what is on already cannot be switched on"
        assert "already" in said["detail"]

        code, said = order(bot, "close-all")
        assert code == 200, said
        bot.wait("flat", lambda: not bot.trades() and not bot.status()["closing"]["active"])
        assert not exchange.positions(bot.name)
        assert len(exchange.entries(bot.name)) == entries, "nothing was entered after the trip"

        assert order(bot, "rearm")[0] == 200
        assert order(bot, "emergency", on=False)[0] == 200
        bot.wait("half-open", lambda: bot.state() == "half_open")


def acknowledged(told: dict[str, Any], alert: int) -> bool:
    found = [a for a in told["alerts"] if a["id"] == alert]
    return not found or found[0]["acknowledged_by"] == "tester"
