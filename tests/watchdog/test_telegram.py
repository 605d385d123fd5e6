"""Who is told of a bot in Telegram hears of its death there, though the bot cannot say so."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from riskplugin.alerts.services import ServiceSink
from riskplugin.alerts.sink import Sink
from riskplugin.cli.watchdog import watching
from riskplugin.config import parse
from riskplugin.watchdog.telegram import telegram_of

pytestmark = pytest.mark.spec("AL-1", "AL-2")

TOKEN = "5566778899:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
TOLD = {"enabled": True, "token": TOKEN, "chat_id": "-1008877665505"}


def service(told: dict[str, Any]) -> Any:
    """The service that the one channel sends to."""
    [(name, sink)] = telegram_of({"telegram": told}).items()
    assert name == "bot"
    assert isinstance(sink, ServiceSink)
    [found] = list(sink._client)
    return found


def test_the_bots_chat_is_the_channel_bot() -> None:
    found = service(TOLD)
    assert (found.bot_token, found.targets) == (TOKEN, [(-1008877665505, None)])


def test_a_topic_is_kept() -> None:
    assert service({**TOLD, "topic_id": "17"}).targets == [(-1008877665505, 17)]


@pytest.mark.parametrize("told", [None, {}, {**TOLD, "enabled": False}])
def test_where_telegram_is_off_there_is_none(told: Any) -> None:
    assert telegram_of({"telegram": told}) == {}


def test_a_token_that_cannot_be_used_is_said_and_not_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert telegram_of({"telegram": {**TOLD, "token": "no token"}}) == {}
    assert "cannot be used" in caplog.text
    assert "no token" not in caplog.text


def test_the_command_hands_the_bots_chat_to_the_watchdog(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[Mapping[str, Sink]] = []

    class Dog:
        def __init__(self, plan: Any, sinks: Mapping[str, Sink], *, heartbeat: str | None) -> None:
            handed.append(sinks)

        def round(self, *, once: bool) -> list[Any]:
            return []

        def close(self) -> None:
            pass

    monkeypatch.setattr(watching, "Watchdog", Dog)
    plan: Any = SimpleNamespace(risk=parse({}), config={"telegram": TOLD}, bot="a bot")
    watching.look_once(plan, None, as_json=True)
    assert {"bot", "log"} <= handed[0].keys()
