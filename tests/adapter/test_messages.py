"""What people read on their phones: which event says what, and how often (AL-2, CB-8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from riskplugin.adapter.messages import BotMessages
from riskplugin.alerts.desk import AlertDesk
from riskplugin.alerts.sink import DeliveryError, Letter
from riskplugin.core import events as ev
from riskplugin.core.alerts.plan import AlertPlan
from riskplugin.core.alerts.wording import Message
from riskplugin.core.breaker import BreakerSignal
from riskplugin.core.levels import OnTrip
from riskplugin.core.levels import Severity as Urgency
from riskplugin.core.triggers import Severity, Trigger
from riskplugin.core.units import Quote
from tests.alerts.desks import Kept

pytestmark = pytest.mark.spec("AL-2", "CB-8")

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TRIGGER = Trigger(
    "drawdown",
    Severity.TRIP,
    0.152,
    0.15,
    "drawdown 15.2 % has reached the limit of 15 %",
    observed=False,
)


class Hub:
    """The bot's message hub, five lines of it."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send_msg(self, message: dict[str, Any]) -> None:
        self.sent.append(message["status"])


#: Everything is told to the bot, also what is only good to know.
PLAN = AlertPlan(routes=dict.fromkeys(Urgency, ("bot",)))
AGAIN_AFTER = PLAN.again_after


def said(*happened: ev.Event) -> list[str]:
    """What the bot's channels are given when this happens."""
    hub, kept = Hub(), Kept(PLAN)
    sink = BotMessages(SimpleNamespace(_DataProvider__rpc=hub))
    desk = AlertDesk(kept, PLAN, {"bot": sink}, bot="bot", clock=lambda: happened[-1].at)
    desk.start()
    for event in happened:
        kept.record([event])
        desk.heard(event)
    desk.wake()
    assert desk.drain(10)
    desk.close()
    assert all(text.startswith("riskplugin: ") for text in hub.sent)
    return [text.removeprefix("riskplugin: ") for text in hub.sent]


def test_a_trip_says_limit_figure_end_and_what_goes_on() -> None:
    trip = ev.BreakerTripped(
        at=AT, signal=BreakerSignal.TRIP, triggers=(TRIGGER,), cooldown=timedelta(hours=1),
        until=AT + timedelta(hours=1), on_trip=OnTrip.EMERGENCY, equity=Quote(8_480.0),
        stopped="new entries", not_stopped="exits",
    )  # fmt: skip
    [text] = said(trip)
    for part in (
        "15.2 %",
        "limit of 15 %",
        "13:00:00 UTC",
        "emergency",
        "Stopped: new entries",
        "Not stopped: exits",
    ):
        assert part in text


SAID: list[tuple[ev.Event, str]] = [
    (ev.BreakerLatched(at=AT, by="alice", reason="lunch"), "LATCHED alice lunch re-arm"),
    (ev.EmergencyEntered(at=AT, by="breaker", reason="why"), "EMERGENCY breaker why"),
    (ev.EmergencyLeft(at=AT, by="bob", reason="over"), "left bob over"),
    (ev.FlattenOrdered(at=AT, by="bob", reason="fire", trade_ids=(1, 2)), "CLOSING 2 bob fire"),
    (ev.FlattenVerified(at=AT, outcomes=(), attempts=0, seconds=0.0), "FLAT nothing"),
    (ev.EquityDistrusted(at=AT, reason="it vanished", gap=None), "UNTRUSTED vanished"),
    (ev.EquityTrusted(at=AT, reason="it is back"), "trusted again back"),
    (ev.FaultRecorded(at=AT, source="leverage", text="boom"), "leverage boom"),
    (
        ev.ControlHandled(at=AT, command="trip", by="eve", reason="r", outcome="refused: no"),
        "trip eve refused: no",
    ),
    (
        ev.BreakerHalfOpened(
            at=AT, signal=BreakerSignal.REARM, equity=Quote(99.5), by="eve", reason="fine"
        ),
        "half-open eve fine 99.50",
    ),
    (ev.BreakerReclosed(at=AT, equity=Quote(90.0), old_peak=Quote(100.0)), "CLOSED 100.00 90.00"),
]


@pytest.mark.parametrize(("event", "words"), SAID, ids=[type(e).__name__ for e, _ in SAID])
def test_what_people_have_to_know_is_said_with_its_figures(event: ev.Event, words: str) -> None:
    [text] = said(event)
    for word in words.split():
        assert word in text


def test_what_nobody_has_to_know_is_not_said() -> None:
    quiet = [
        ev.PeakRaised(at=AT, equity=Quote(1.0)),
        ev.FaultsCleared(at=AT),
        ev.OrderAnswered(at=AT, intent="i", order_id="1", status="open"),
        ev.OrderFailed(
            at=AT, intent="i", pair="BTC/USDT", error="no funds", uncertain=False, reduces=False
        ),
        ev.WarningCleared(at=AT, name="drawdown"),
    ]
    assert said(*quiet) == []


def test_an_entry_of_unknown_fate_is_said_with_its_pair() -> None:
    [text] = said(
        ev.OrderFailed(
            at=AT, intent="i", pair="BTC/USDT", error="time-out", uncertain=True, reduces=False
        )
    )
    assert "BTC/USDT" in text
    assert "unknown fate" in text


@pytest.mark.parametrize(
    "make",
    [
        lambda at: ev.WarningRaised(at=at, trigger=TRIGGER),
        lambda at: ev.FaultRecorded(at=at, source="leverage", text=f"at {at}"),
    ],
    ids=["warning", "fault"],
)
def test_what_comes_and_goes_is_said_once_in_a_while(make: Any) -> None:
    times = [
        AT,
        AT + timedelta(seconds=1),
        AT + AGAIN_AFTER - timedelta(seconds=1),
        AT + AGAIN_AFTER,
    ]
    assert len(said(*map(make, times))) == 2


def test_without_a_hub_the_channel_says_that_nobody_got_it() -> None:
    sink = BotMessages(SimpleNamespace(_DataProvider__rpc=None))
    with pytest.raises(DeliveryError, match="no channels"):
        sink(Letter("bot", Message(severity=Urgency.INFO, name="x", text="x")))


def test_no_word_of_a_person_or_an_exchange_makes_telegram_refuse_the_message() -> None:
    """freqtrade puts the text between backticks; Telegram takes 4096 characters."""
    words = "`*_[halt](x) " * 400
    [text] = said(ev.BreakerLatched(at=AT, by="ann", reason=words))[-1:]
    assert "`" not in text
    assert len(text) <= 3600
