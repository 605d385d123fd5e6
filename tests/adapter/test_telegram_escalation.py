"""An alert that nobody takes climbs; whoever takes it by Telegram ends that, and all who were woken
hear of it (AL-3).
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from riskplugin.core import events as ev
from tests.adapter.bots import listen
from tests.adapter.conftest import Start
from tests.adapter.test_telegram import Chat
from tests.alerts.desks import until

pytestmark = [pytest.mark.slow, pytest.mark.spec("AL-3", "EM-2")]

#: When the second level is told, and the last one, in seconds.
SECOND, LAST = 1, 5


def test_an_alert_climbs_until_it_is_taken_by_telegram_and_its_end_is_told(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    levels: list[dict[str, Any]] = [
        {"name": "risk manager"},
        {"name": "senior trader", "after": f"{SECOND}s"},
        {"name": "CTO", "after": f"{LAST}s"},
    ]
    routes = {"warning": ["log"], "critical": ["log"]}
    bot = start(
        section={"alerts": {"levels": levels, "routes": routes}},
        telegram={"enabled": False, "token": "1:x", "chat_id": "5"},
    )
    bot.loop(2)
    chat, heard = Chat(bot), listen(bot)
    chat.say("risk_trip", "the", "news")
    chat.tap("Yes: Trip")
    until(lambda: "LEVEL 2 (senior trader)" in caplog.text)
    bot.loop()
    (listed,) = chat.say("risk_alerts")
    assert "#1</b> BREAKER LATCHED by telegram:ann" in listed
    assert "ack by telegram:ann: done" in chat.say("risk_ack", "1", "on", "it")[-1]
    taken, climbed = time.monotonic(), levels_told(heard)
    until(lambda: "alert 1 (breaker_latched) is acknowledged by telegram:ann" in caplog.text)
    assert "refused: alert 1 is acknowledged already" in chat.say("risk_ack", "1")[-1]
    time.sleep(max(0.0, LAST - (time.monotonic() - taken)))
    assert levels_told(heard) == climbed, "it climbed no further"
    service = bot.session.service
    book = bot.session.look(bot.session.now())
    assert service.command("rearm", by="ann", reason="calm again", book=book) == "done"
    until(lambda: "RESOLVED alert 1 (breaker_latched)" in caplog.text)
    (answer,) = [e for e in heard if isinstance(e, ev.AlertAcknowledged)]
    assert (answer.by, answer.reason) == ("telegram:ann", "on it")


def levels_told(heard: list[ev.Event]) -> list[int]:
    return [event.level for event in heard if isinstance(event, ev.AlertEscalated)]
