"""What is told, what is kept quiet, what climbs: the rules of alerts without threads."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core import events as ev
from riskplugin.core.alerts.batch import batch
from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.alerts.bounds import OPEN
from riskplugin.core.alerts.plan import AlertPlan, QuietHours
from riskplugin.core.alerts.rules import due, next_due, told
from riskplugin.core.alerts.tellings import Raise, Resolve
from riskplugin.core.alerts.wording import joined, message
from riskplugin.core.levels import Severity
from riskplugin.core.units import Quote
from riskplugin.ledger.form.codec import decode_state, encode_state
from tests.alerts.desks import AT, PLAN, Kept, trip, warning

pytestmark = pytest.mark.spec("AL-1", "AL-3")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def raising(name: str = "x", severity: Severity = Severity.WARNING, **more: object) -> Raise:
    return Raise(name=name, severity=severity, said=f"{name} happened", **more)  # type: ignore[arg-type]


def texts(kept: Kept, channel: str = "a") -> list[str]:
    book = kept.state.alerts
    return [message(book, owed).text for owed in book.owed if owed.channel == channel]


def tell(kept: Kept, what: Raise | Resolve, at: object = AT) -> None:
    kept.record(told(kept.state.alerts, [what], kept.plan, at))  # type: ignore[arg-type]


def test_a_trip_is_owed_to_every_channel_of_its_route_with_its_figures() -> None:
    kept = Kept()
    kept.record([trip()])
    assert [owed.channel for owed in kept.state.alerts.owed] == ["a", "b"]
    for part in ("15.2 %", "8480.00", "new entries", "exits", "13:00:00", "(alert 1)"):
        assert part in texts(kept)[0]


@pytest.mark.parametrize(
    ("after", "owed"), [(SECOND, 1), (5 * MINUTE - SECOND, 1), (5 * MINUTE, 2), (9 * MINUTE, 2)]
)
def test_the_same_key_is_told_again_only_after_a_while_and_then_counted(
    after: timedelta, owed: int
) -> None:
    kept = Kept()
    tell(kept, raising(lasting=True))
    tell(kept, raising(lasting=True), AT + after)
    assert len(texts(kept)) == owed
    assert kept.state.alerts.alerts[0].count == 2
    if owed == 2:
        assert "2 times since 12:00:00 UTC" in texts(kept)[1]


def test_what_comes_and_goes_is_told_once_and_again_when_it_stays() -> None:
    kept = Kept()
    for second in range(10):
        kept.record([warning(at=AT + second * SECOND)])
        if second < 9:
            cleared = ev.WarningCleared(at=AT + second * SECOND, name="drawdown")
            kept.record([cleared])
    assert len(texts(kept)) == 2, "raised and resolved once"
    assert due(kept.state.alerts, PLAN, AT + 5 * MINUTE - SECOND) is None
    again = due(kept.state.alerts, PLAN, AT + 5 * MINUTE)
    assert isinstance(again, ev.AlertRepeated), "it stands, and people believe it is over"
    kept.record([again])
    assert len(texts(kept)) == 3
    assert due(kept.state.alerts, PLAN, AT + 6 * MINUTE) is None


def test_a_breaker_that_opens_again_is_told_at_once_although_somebody_took_the_first() -> None:
    kept = Kept()
    kept.record([trip()])
    kept.record([ev.AlertAcknowledged(at=AT, alerts=(1,), by="eve", reason="seen")])
    kept.record([trip(AT + SECOND)])
    assert [a.number for a in kept.state.alerts.open] == [2]
    assert kept.state.alerts.open[0].climbs


def test_an_unanswered_critical_alert_climbs_one_level_at_a_time_in_order() -> None:
    kept = Kept()
    kept.record([trip()])
    late = AT + timedelta(hours=1)
    assert next_due(kept.state.alerts, PLAN, AT) == AT + 5 * MINUTE
    levels = []
    while (event := due(kept.state.alerts, PLAN, late)) is not None:
        assert isinstance(event, ev.AlertEscalated)
        levels.append((event.level, event.who, event.channels))
        kept.record([event])
    assert levels == [(2, "senior trader", ("b",)), (3, "CTO", ("c",))]
    assert "LEVEL 3 (CTO)" in texts(kept, "c")[0]
    assert "for 1 h" in texts(kept, "c")[0]


@pytest.mark.parametrize("seconds", [299, 300])
def test_a_level_is_told_when_its_time_has_come_and_not_before(seconds: int) -> None:
    kept = Kept()
    kept.record([trip()])
    event = due(kept.state.alerts, PLAN, AT + timedelta(seconds=seconds))
    assert (event is not None) is (seconds == 300)


@pytest.mark.parametrize("end", ["acknowledged", "resolved"])
def test_what_is_answered_or_over_climbs_no_further(end: str) -> None:
    kept = Kept()
    kept.record([trip()])
    if end == "acknowledged":
        kept.record([ev.AlertAcknowledged(at=AT, alerts=(1,), by="eve", reason="seen")])
    else:
        kept.record([ev.BreakerReclosed(at=AT, equity=Quote(1.0), old_peak=Quote(2.0))])
    assert due(kept.state.alerts, PLAN, AT + timedelta(days=9)) is None


def test_the_end_is_announced_to_everybody_who_was_told() -> None:
    kept = Kept()
    kept.record([trip()])
    for minutes in (5, 15):
        event = due(kept.state.alerts, PLAN, AT + minutes * MINUTE)
        assert event is not None
        kept.record([event])
    kept.record([ev.BreakerReclosed(at=AT, equity=Quote(90.0), old_peak=Quote(100.0))])
    for channel in ("a", "b", "c"):
        assert "RESOLVED alert 1" in texts(kept, channel)[-1]
        assert "90.00" in texts(kept, channel)[-1]


def test_higher_levels_hear_that_somebody_has_taken_it() -> None:
    kept = Kept()
    kept.record([trip()])
    event = due(kept.state.alerts, PLAN, AT + 5 * MINUTE)
    assert event is not None
    kept.record([event, ev.AlertAcknowledged(at=AT, alerts=(1,), by="eve", reason="seen")])
    assert "acknowledged by eve" in texts(kept, "b")[-1]


def test_a_clock_that_is_set_back_makes_nobody_wait_for_the_old_time() -> None:
    kept = Kept()
    kept.record([trip(AT + timedelta(days=1))])
    kept.record([ev.ClockSetBack(at=AT)])
    assert next_due(kept.state.alerts, PLAN, AT) == AT + 5 * MINUTE


def test_alerts_and_what_is_owed_survive_as_bytes() -> None:
    kept = Kept()
    kept.record([trip(), warning()])
    assert decode_state(encode_state(kept.state)) == kept.state
    assert kept.again().state == kept.state


@given(st.lists(st.tuples(st.sampled_from(list(Severity)), st.booleans()), max_size=OPEN + 60))
def test_the_book_is_bounded_and_loses_nothing_that_is_owed_or_critical(
    alerts: list[tuple[Severity, bool]],
) -> None:
    kept = Kept()
    for number, (severity, sent) in enumerate(alerts):
        tell(kept, raising(f"x{number}", severity, lasting=True))
        if sent:
            owed = {o.channel: o.number for o in kept.state.alerts.owed if o.alert == number + 1}
            for channel, each in owed.items():
                kept.record([ev.AlertSent(at=AT, channel=channel, messages=(each,))])
    book = kept.state.alerts
    known = {alert.number for alert in book.alerts}
    assert {owed.alert for owed in book.owed} <= known
    critical = {n + 1 for n, (severity, _) in enumerate(alerts) if severity is Severity.CRITICAL}
    assert critical <= known
    bound_to_stay = critical | {owed.alert for owed in book.owed}
    assert len(known) <= max(OPEN, len(bound_to_stay) + OPEN)
    if len(bound_to_stay) <= OPEN:
        assert len(known) <= OPEN


def test_of_too_many_the_oldest_that_nobody_waits_for_leaves() -> None:
    kept = Kept()
    for number in range(OPEN + 1):
        tell(kept, raising(f"x{number}", lasting=True))
        owed = tuple(o.number for o in kept.state.alerts.owed)
        kept.record([ev.AlertSent(at=AT, channel="a", messages=owed)])
    assert [a.number for a in kept.state.alerts.alerts] == list(range(2, OPEN + 2))


@pytest.mark.parametrize(("severity", "owed"), [(Severity.WARNING, 2), (Severity.CRITICAL, 3)])
def test_what_is_critical_is_told_at_once_when_it_comes_back(severity: Severity, owed: int) -> None:
    kept = Kept()
    tell(kept, raising(severity=severity, lasting=True))
    tell(kept, Resolve(keys=("x",), said="over"), AT + SECOND)
    tell(kept, raising(severity=severity, lasting=True), AT + 2 * SECOND)
    assert len(texts(kept)) == owed


@pytest.mark.parametrize("severity", [Severity.INFO, Severity.WARNING])
def test_only_what_is_critical_climbs(severity: Severity) -> None:
    kept = Kept()
    tell(kept, raising(severity=severity, lasting=True))
    assert due(kept.state.alerts, PLAN, AT + timedelta(days=9)) is None


# --- what a channel is sent next --------------------------------------------------------------


def waiting(*severities: Severity, at: object = AT) -> AlertBook:
    kept = Kept()
    for number, severity in enumerate(severities):
        tell(kept, raising(f"x{number}", severity), at)
    return kept.state.alerts


def next_of(book: AlertBook, plan: AlertPlan, *, sent: int = 0, at: object = AT) -> list[int]:
    owed = [each for each in book.owed if each.channel == "a"]
    return [each.alert for each in batch(book, owed, plan, at, sent=sent)]  # type: ignore[arg-type]


INFO, W, C = Severity.INFO, Severity.WARNING, Severity.CRITICAL
FEW = AlertPlan(per_minute=3)


@pytest.mark.parametrize(
    ("severities", "sent", "expected"),
    [
        ((W, INFO, W), 0, [1]),
        ((W, INFO, W), 1, [1]),
        ((W, INFO, W), 2, [1, 2, 3]),
        ((W, INFO, C, W), 2, [1, 2]),
        ((W, INFO, W), 3, []),
        ((W, INFO, C, W), 3, [3]),
        ((C, W), 9, [1]),
        ((), 0, []),
    ],
)
def test_too_many_are_joined_and_critical_ones_wait_for_nothing(
    severities: tuple[Severity, ...], sent: int, expected: list[int]
) -> None:
    assert next_of(waiting(*severities), FEW, sent=sent) == expected


def test_infos_wait_for_the_end_of_quiet_hours_and_come_as_one() -> None:
    plan = AlertPlan(quiet=QuietHours(begin=time(22), until=time(7)))
    night = AT.replace(hour=23)
    book = waiting(INFO, INFO, W, INFO, at=night)
    assert next_of(book, plan, at=night) == [3], "a warning does not wait"
    assert next_of(book, plan, at=night + timedelta(hours=8)) == [1, 2]


def test_a_joined_message_says_how_many_and_which() -> None:
    kept = Kept()
    for name, severity in (("calm", INFO), ("bad", W), ("bad", W)):
        key = f"{name} {kept.state.alerts.last_alert}"
        tell(kept, Raise(name=name, severity=severity, said=f"{name}!", key=key))
    book = kept.state.alerts
    told_ = joined(book, [each for each in book.owed if each.channel == "a"])
    assert told_.severity is W
    assert told_.text.startswith("3 alerts: calm, bad x2. Among them: bad!")
