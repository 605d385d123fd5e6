"""A channel that is dead for long: what is too much for it leaves in order, and it is told so."""

from __future__ import annotations

import pytest

from riskplugin.core import events as ev
from riskplugin.core.alerts.batch import batch
from riskplugin.core.alerts.bounds import WAITING
from riskplugin.core.alerts.rules import APART, told
from riskplugin.core.alerts.tellings import Raise, Resolve
from riskplugin.core.alerts.wording import joined, message
from riskplugin.core.levels import Severity
from riskplugin.ledger.form.codec import decode_state, encode_state
from tests.alerts.desks import AT, PLAN, Kept

pytestmark = pytest.mark.spec("AL-1")


def happens(kept: Kept, name: str, severity: Severity = Severity.WARNING) -> None:
    raised = Raise(name=name, severity=severity, said=f"{name}!", lasting=True)
    kept.record(told(kept.state.alerts, [raised], PLAN, AT))


def waiting(kept: Kept, channel: str = "a") -> list[str]:
    book = kept.state.alerts
    alerts = [book.alert(owed.alert) for owed in book.owed if owed.channel == channel]
    return [alert.name for alert in alerts if alert is not None]


def test_the_oldest_leave_critical_ones_last_and_the_next_message_says_how_many() -> None:
    kept = Kept()
    happens(kept, "critical", Severity.CRITICAL)
    for number in range(WAITING + 9):
        happens(kept, f"x{number}")
    assert waiting(kept) == ["critical", *(f"x{n}" for n in range(10, WAITING + 9))]
    assert waiting(kept, "b") == ["critical"], "another channel has nothing to do with it"
    book = kept.state.alerts
    assert book.left_out("a") == 10
    first = book.owed[0]
    assert "(10 older messages were too many to send" in message(book, first).text
    assert decode_state(encode_state(kept.state)) == kept.state
    kept.record([ev.AlertSent(at=AT, channel="a", messages=(first.number,))])
    assert kept.state.alerts.left_out("a") == 0


def test_critical_ones_come_at_once_as_one_message_when_they_are_too_many() -> None:
    kept = Kept()
    for number in range(4):
        happens(kept, f"x{number}", Severity.CRITICAL)
        happens(kept, f"y{number}")
    book = kept.state.alerts
    owed = [each for each in book.owed if each.channel == "a"]
    few = batch(book, owed, PLAN, AT, sent=PLAN.per_minute - 2)
    many = batch(book, owed, PLAN, AT, sent=PLAN.per_minute - 1)
    assert few == (owed[0],)
    assert many == tuple(owed[::2])
    text = joined(book, many).text
    assert text.startswith("4 alerts: x0, x1, x2, x3. Among them: x3!"), "the latest in full"


def test_of_one_name_so_many_are_told_apart_and_the_rest_is_counted_until_they_are_over() -> None:
    kept = Kept()

    def fault(number: int) -> Raise:
        return Raise(
            name="fault", key=f"fault {number}", severity=Severity.WARNING, said="", lasting=True
        )

    for number in range(APART + 30):
        kept.record(told(kept.state.alerts, [fault(number)], PLAN, AT))
    book = kept.state.alerts
    assert [alert.count for alert in book.open] == [*[1] * (APART - 1), 31]
    kept.record(told(book, [Resolve(keys=("fault *",), said="over")], PLAN, AT))
    assert not kept.state.alerts.open
    later = AT + 2 * PLAN.again_after
    kept.record(told(kept.state.alerts, [fault(1)], PLAN, later))
    assert len(kept.state.alerts.open) == 1
