"""A person with a phone and nothing else: a real bot is stopped, closed and let go on over REST."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.harness import Bot, Exchange

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.spec("EM-2", "DB-2", "AL-3", "MO-5")]


def order(bot: Bot, path: str, **more: Any) -> tuple[int, Any]:
    return bot.post(f"risk/{path}", reason="an e2e test", confirm=True, **more)


def test_trip_acknowledge_emergency_and_close_all_over_rest(
    exchange: Exchange, tmp_path: Path
) -> None:
    with Bot(exchange, tmp_path, "Stubborn", name="by-rest") as bot:
        bot.wait("two positions", lambda: len(bot.trades()) >= 2)
        bot.next_loops()

        freqtrades_own_screens_show_facts_of_trades(bot)
        assert scraped(bot)["riskplugin_breaker_state", "closed"] == 1
        code, said = order(bot, "trip")
        assert (code, said["outcome"]) == (200, "done"), said
        status = bot.told("latched", lambda told: told["breaker"]["state"] == "latched")
        assert status["breaker"]["latched_by"] == "tester"
        now = scraped(bot)
        assert now["riskplugin_breaker_state", "latched"] == now["riskplugin_up", ""] == 1
        drawn = ask(bot, "pair_candles?pair=BTC/USDT:USDT&timeframe=1m").json()["annotations"]
        assert [a["label"] for a in drawn] == ["breaker latched: latched by tester: an e2e test"]
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


def ask(bot: Bot, path: str) -> httpx.Response:
    answer = httpx.get(f"{bot.rest}/{path}", auth=("tester", "secret"), timeout=30)
    assert answer.status_code == 200, answer.text
    return answer


def scraped(bot: Bot) -> dict[tuple[str, str], float]:
    """What Prometheus reads, by name and the label besides the bot's."""
    found = {}
    for family in text_string_to_metric_families(ask(bot, "risk/prometheus").text):
        for sample in family.samples:
            more = [value for key, value in sample.labels.items() if key != "bot"]
            found[sample.name, "".join(more)] = sample.value
    return found


def freqtrades_own_screens_show_facts_of_trades(bot: Bot) -> None:
    trade = ask(bot, "status").json()[0]["trade_id"]
    [told] = ask(bot, f"trades/{trade}/custom-data").json()
    facts = {each["key"]: each["value"] for each in told["custom_data"]}
    assert facts["riskplugin_level"] in {"minimal", "low", "medium", "high", "critical"}
    assert " asked: " in facts["riskplugin_stake"]


def acknowledged(told: dict[str, Any], alert: int) -> bool:
    found = [a for a in told["alerts"] if a["id"] == alert]
    return not found or found[0]["acknowledged_by"] == "tester"
