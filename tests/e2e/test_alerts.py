"""Alerts of a real bot: told in time, climbing until somebody answers, never lost (AL-1, AL-3)."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.duty import Webhook, webhook
from tests.e2e.harness import Bot, Exchange

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.spec("AL-1", "AL-2", "AL-3", "CB-8")]

#: The last level is told after so long: time enough to answer by a command on a busy machine.
LAST_S = 15


def settings(channel: Webhook) -> dict[str, Any]:
    return {
        "breaker": {"daily_loss": {"trip_pct": 0.3}, "on_trip": "halt", "cooldown": "1h"},
        "alerts": {
            "channels": {"duty": channel.url},
            "routes": {"warning": ["duty"], "critical": ["duty", "log"]},
            "levels": [
                {"name": "risk manager", "channels": ["duty"], "after": "0s"},
                {"name": "senior trader", "channels": ["duty"], "after": "3s"},
                {"name": "CTO", "channels": ["duty"], "after": f"{LAST_S}s"},
            ],
        },
    }


def enter(bot: Bot) -> None:
    bot.next_loops()
    for name in ("BTC/USDT", "ETH/USDT", "SOL/USDT"):
        bot.post("forceenter", pair=bot.pair(name), side="long", stakeamount=200)
    bot.told("three positions", lambda told: len(told["positions"]) == 3)


def alert(bot: Bot, name: str) -> dict[str, Any]:
    """The open alert ``name`` as the bot's status has it."""

    def found() -> dict[str, Any] | None:
        return next((a for a in bot.status()["alerts"] if a["name"] == name), None)

    answer: dict[str, Any] = bot.wait(f"the alert {name}", found)
    return answer


@pytest.mark.exhaustive  # test_night.py tells the same with people; this one to its end
def test_a_crash_is_told_in_time_climbs_and_ends_when_somebody_takes_it(
    exchange: Exchange, tmp_path: Path
) -> None:
    with webhook() as channel:
        bot = Bot(exchange, tmp_path, "ManualGuarded", name="duty", section=settings(channel))
        with bot:
            enter(bot)
            began = time.time()
            exchange.control.price(None, 0.97)
            at, text = bot.wait("the first delivery", lambda: channel.about("BREAKER OPEN"))
            print(f"\nfrom the crash to the first delivery: {at - began:.2f} s\n{text}")  # noqa: T201
            assert at - began < 5, "AL-3"
            for part in ("daily loss", "0.3 %", "Stopped:", "Not stopped:"):
                assert part in text
            bot.wait("level 2", lambda: channel.about("LEVEL 2 (senior trader)"))
            bot.wait("level 3", lambda: channel.about("LEVEL 3 (CTO)"))

            assert bot.risk("emergency", "on").returncode == 0
            number = alert(bot, "emergency")["id"]
            taken = bot.risk("alerts", "ack", str(number))
            assert taken.returncode == 0, taken.stdout + taken.stderr
            assert f"taken: {number} (emergency)" in taken.stdout
            time.sleep(2 * LAST_S)
            assert not any("LEVEL 3" in t and f"alert {number} " in t for t in channel.texts)
            assert bot.risk("alerts", "ack", "999").returncode == 1, "there is no such alert"

            assert bot.risk("emergency", "off").returncode == 0
            _, text = bot.wait("its end", lambda: channel.about(f"RESOLVED alert {number}"))
            assert "emergency mode left by alice" in text
            listed = json.loads(bot.tell("alerts", "list", "--all", "--json").stdout)
            mine = next(a for a in listed if a["id"] == number)
            assert (mine["acknowledged_by"], mine["over"]) == ("alice", True)
            assert bot.tell("alerts", "test").returncode == 0
            assert channel.about("a test at")
        assert channel.url not in bot.log.read_text(), "an address is a secret"


def test_what_a_dead_channel_missed_arrives_in_order_though_the_bot_was_killed(
    exchange: Exchange, tmp_path: Path
) -> None:
    with webhook() as channel:
        bot = Bot(exchange, tmp_path, "ManualGuarded", name="dead", section=settings(channel))
        with bot:
            bot.next_loops()
            channel.go_away()
            assert bot.risk("emergency", "on").returncode == 0
            bot.told("the channel is owed something", lambda told: owed(told, "emergency"))
            bot.restart(signal.SIGKILL)
            assert bot.risk("breaker", "trip").returncode == 0
            bot.told("and more", lambda told: owed(told, "breaker_latched"))
            bot.told("which climbed", lambda t: all(a["level"] == 3 for a in critical(t)))
            assert not channel.heard
            channel.come_back()
            bot.told("everything is told", lambda told: not any(map(bool, owing(told))))
        emergency = [text for text in channel.texts if "EMERGENCY MODE" in text]
        latched = [text for text in channel.texts if "BREAKER LATCHED" in text]
        for mine in (emergency, latched):
            levels = [2 if "LEVEL 2" in t else 3 if "LEVEL 3" in t else 1 for t in mine]
            assert levels == sorted(levels)
            assert set(levels) == {1, 2, 3}


def critical(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [a for a in told["alerts"] if a["severity"] == "critical"]


def owing(told: dict[str, Any]) -> list[list[str]]:
    return [a["channels_owed"] for a in told["alerts"]]


def owed(told: dict[str, Any], name: str) -> bool:
    return any(a["name"] == name and "duty" in a["channels_owed"] for a in told["alerts"])
