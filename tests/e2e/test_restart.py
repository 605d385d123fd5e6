"""A live bot that is killed, restarted or reloaded comes back in the state it was in (CB-7)."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
import requests
from requests.auth import HTTPBasicAuth

from riskplugin.sandbox import Sandbox, SandboxSettings
from tests.e2e.running import RunningBot, running_bot

RISK = {
    "stop": {"normal_pct": 50},
    "modes": {"volatility": "observe"},
    "breaker": {
        "daily_loss": {"warn_pct": 0.02, "trip_pct": 0.04},
        "on_trip": "halt",
        "cooldown": "45s",
        "half_open": {"wins": 50, "max_loss_pct": 90},
    },
}


@pytest.mark.slow
@pytest.mark.e2e
@pytest.mark.spec("CB-7", "CB-9", "CB-6")
def test_open_and_half_open_survive_kill_reload_and_stop(tmp_path: Path, free_port: int) -> None:
    api = {
        "enabled": True,
        "listen_ip_address": "127.0.0.1",
        "listen_port": free_port,
        "username": "u",
        "password": "p",
        "jwt_secret_key": "x" * 40,
        "ws_token": "y" * 40,
    }
    with (
        Sandbox(SandboxSettings()) as sandbox,
        running_bot(tmp_path, sandbox, name="restart", risk=RISK, api_server=api) as bot,
    ):
        bot.wait("three positions", lambda told: len(told["positions"]) == 3)
        sandbox.control.price(None, 0.95)
        opened = bot.wait("the breaker opens", lambda told: told["breaker"]["state"] == "open")

        bot.stop(signal.SIGKILL)
        bot.start()
        after_kill = bot.wait_afresh("a loop after kill -9")
        for key in ("peak_equity", "limits_version"):
            assert after_kill[key] == opened[key]
        assert after_kill["breaker"] == opened["breaker"]

        reload_config(bot, free_port)
        after_reload = bot.wait_afresh("a loop after reload_config")
        assert after_reload["breaker"] == opened["breaker"]
        assert locks(free_port) == ["riskplugin: breaker open"]

        tested = bot.wait("half-open", lambda told: told["breaker"]["state"] == "half_open")
        bot.stop(signal.SIGTERM)
        bot.start()
        after_stop = bot.wait_afresh("a loop after SIGTERM")
        assert after_stop["breaker"]["state"] == "half_open"
        test, before = after_stop["breaker"]["half_open"], tested["breaker"]["half_open"]
        assert (test["since"], test["equity"]) == (before["since"], before["equity"])


def reload_config(bot: RunningBot, port: int) -> None:
    """Reload over REST, and wait until the new session of the plugin has begun."""
    before = bot.sessions()
    answer = requests.post(
        f"http://127.0.0.1:{port}/api/v1/reload_config", auth=HTTPBasicAuth("u", "p"), timeout=10
    )
    assert answer.ok
    bot.wait("a new session", lambda _: bot.sessions() > before)


def locks(port: int) -> list[str]:
    """The reasons of the bot's own locks, without their figures."""
    answer = requests.get(
        f"http://127.0.0.1:{port}/api/v1/locks", auth=HTTPBasicAuth("u", "p"), timeout=10
    )
    reasons = [lock["reason"] for lock in answer.json()["locks"] if lock["pair"] == "*"]
    return [": ".join(reason.split(": ")[:2]) for reason in reasons]
