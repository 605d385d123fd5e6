"""Nobody loosens a limit unheard (AU-6)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskplugin.core import events as ev
from riskplugin.core.alerts.wording import message
from riskplugin.core.events import limits as lim
from riskplugin.core.levels import Severity
from tests.alerts.desks import AT, Kept

pytestmark = pytest.mark.spec("AU-6", "AL-1")
LATER = AT + timedelta(hours=2)
SETTING = lim.Setting(key="leverage.max.minimal", value="8")
PROPOSED = lim.LimitsProposed(
    at=AT, number=4, settings=(SETTING,), was=(SETTING,), loosens=("leverage.max.minimal",),
    by=("rita",), reason="quiet week", expires=LATER,
)  # fmt: skip
CHANGED = lim.LimitsChanged(at=AT, settings=(SETTING,), to_file=(), by=("rita",), reason="why")
BEGAN = lim.OverrideBegan(
    at=AT, number=1, pair="BTC/USDT", settings=(SETTING,), until=LATER, once=True, by=("rita",),
    reason="one trade",
)  # fmt: skip
UNKNOWN = lim.LimitsUnacknowledged(at=AT, version="v", keys=("a",), texts=("a: 5 to 9",))


def after(*happened: ev.Event) -> Kept:
    kept = Kept()
    kept.record(happened)
    return kept


@pytest.mark.parametrize(
    ("event", "name", "words"),
    [
        (PROPOSED, "limits_proposed", "rita LOOSER leverage.max.minimal 8 quiet 14:00"),
        (
            lim.LimitsChanged(
                at=AT, settings=(SETTING,), to_file=(), by=("rita", "max"), reason="w", proposal=4
            ),
            "limits_loosened",
            "LOOSENED rita max leverage.max.minimal",
        ),
        (BEGAN, "override", "OVERRIDE BTC/USDT rita one 14:00 8"),
        (UNKNOWN, "limits_unacknowledged", "LOOSENS hold 5 9"),
        (
            lim.ControlFiled(at=AT, values="{}", looser=("b",), texts=("a 1d → 2d", "b 1d → 0s")),
            "control_loosened",
            "LOOSENS 0s",
        ),
        (lim.BotJoined(at=AT, others=("alpha",)), "bot_joined", "NEW alpha file"),
    ],
)
def test_what_loosens_is_told_with_who_and_what(event: ev.Event, name: str, words: str) -> None:
    book = after(event).state.alerts
    (alert,) = book.open
    assert (alert.name, alert.severity) == (name, Severity.WARNING)
    for word in words.split():
        assert word in message(book, book.owed[0]).text


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (PROPOSED, lim.LimitsApproved(at=AT, number=4, by=("max",), reason="r", effective=AT)),
        (PROPOSED, lim.LimitsDropped(at=AT, number=4, by=(), reason="expired")),
        (BEGAN, lim.OverrideEnded(at=AT, number=1, by=(), reason="its time is over")),
        (UNKNOWN, lim.LimitsFiled(at=AT, section="{}", version="v", by=("rita",))),
    ],
)
def test_its_end_is_told_as_well(begin: ev.Event, end: ev.Event) -> None:
    assert not after(begin, end).state.alerts.open


def test_another_proposal_does_not_end_this_one() -> None:
    other = lim.LimitsDropped(at=AT, number=5, by=(), reason="expired")
    assert after(PROPOSED, other).state.alerts.open


def test_a_tighter_limit_is_good_to_know() -> None:
    (alert,) = after(CHANGED).state.alerts.alerts
    assert (alert.name, alert.severity) == ("limits_tightened", Severity.INFO)


def test_what_holds_people_back_more_is_recorded_and_not_told() -> None:
    told = lim.ControlFiled(at=AT, values="{}", texts=("newcomer_wait 1d → 2d",))
    assert after(told).state.alerts.open == ()
