"""Whatever channels, clocks, people and processes do: nothing is lost, the order is kept, and what
somebody has taken climbs no further.

The desk's own steps without its threads: a rule is a moment at which a process may be killed.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from riskplugin.core import events as ev
from riskplugin.core.alerts.batch import batch
from riskplugin.core.alerts.entries import Owed
from riskplugin.core.alerts.rules import due, told
from riskplugin.core.alerts.tellings import Raise, Resolve
from riskplugin.core.levels import Severity
from tests.alerts.desks import AT, PLAN, Kept

CHANNELS = ("a", "b", "c")
KEYS = ("x", "y", "z")


class Outbox(RuleBasedStateMachine):
    """One ledger, three channels, and everything that can happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.kept, self.now = Kept(), AT
        self.alive = dict.fromkeys(CHANNELS, True)
        self.arrived: dict[str, list[Owed]] = {name: [] for name in CHANNELS}
        self.unrecorded: list[ev.AlertSent] = []
        self.taken: dict[int, int] = {}

    @rule(key=st.sampled_from(KEYS), severity=st.sampled_from(list(Severity)))
    def something_happens(self, key: str, severity: Severity) -> None:
        what = Raise(name=key, severity=severity, said=f"{key}!", lasting=True)
        self.kept.record(told(self.kept.state.alerts, [what], PLAN, self.now))

    @rule(key=st.sampled_from(KEYS))
    def it_is_over(self, key: str) -> None:
        over = Resolve(keys=(key,), said=f"{key} is over")
        self.kept.record(told(self.kept.state.alerts, [over], PLAN, self.now))

    @rule(minutes=st.integers(0, 20))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(hours=st.integers(1, 5))
    def the_clock_is_set_back(self, hours: int) -> None:
        self.now -= timedelta(hours=hours)
        self.kept.record([ev.ClockSetBack(at=self.now)])

    @rule()
    def the_desk_looks_at_the_clock(self) -> None:
        before = {a.number: a.level for a in self.kept.state.alerts.alerts}
        event = due(self.kept.state.alerts, PLAN, self.now)
        if event is None:
            return
        self.kept.record([event])
        for alert in self.kept.state.alerts.alerts:
            assert alert.level <= before.get(alert.number, 1) + 1, "never two levels at once"

    @rule()
    def somebody_takes_all(self) -> None:
        waiting = [a for a in self.kept.state.alerts.open if a.acknowledged_by is None]
        numbers = tuple(a.number for a in waiting)
        taken = ev.AlertAcknowledged(at=self.now, alerts=numbers, by="eve", reason="seen")
        self.kept.record([taken])
        self.taken |= {a.number: a.level for a in waiting}

    @rule(name=st.sampled_from(CHANNELS), alive=st.booleans())
    def a_channel_dies_or_comes_back(self, name: str, alive: bool) -> None:
        self.alive[name] = alive

    @rule(name=st.sampled_from(CHANNELS))
    def a_channel_is_sent_the_next(self, name: str) -> None:
        book = self.kept.state.alerts
        sent = {n for each in self.unrecorded for n in each.messages}
        owed = [o for o in book.owed if o.channel == name and o.number not in sent]
        next_ = batch(book, owed, PLAN, self.now, sent=0)
        if next_ and self.alive[name]:
            self.arrived[name] += next_
            numbers = tuple(each.number for each in next_)
            self.unrecorded.append(ev.AlertSent(at=self.now, channel=name, messages=numbers))

    @rule()
    def what_was_sent_is_recorded(self) -> None:
        self.kept.record(self.unrecorded)
        self.unrecorded.clear()

    @rule()
    def the_process_is_killed_and_starts_again(self) -> None:
        """What was sent and not yet recorded is sent once more."""
        self.unrecorded.clear()
        self.kept = self.kept.again()

    @invariant()
    def nothing_is_lost(self) -> None:
        """Every message has arrived, or is still owed."""
        book = self.kept.state.alerts
        arrived = {each.number for messages in self.arrived.values() for each in messages}
        still = {each.number for each in book.owed}
        assert set(range(1, book.last_message + 1)) == arrived | still

    @invariant()
    def the_order_is_kept(self) -> None:
        """Told for the first time in the order in which they were owed."""
        for messages in self.arrived.values():
            numbers = [each.number for each in messages]
            first = list(dict.fromkeys(numbers))
            assert first == sorted(first)

    @invariant()
    def what_is_taken_climbs_no_further(self) -> None:
        for alert in self.kept.state.alerts.alerts:
            if alert.number in self.taken:
                assert alert.level == self.taken[alert.number]

    @invariant()
    def only_one_alert_of_a_kind_is_open(self) -> None:
        keys = [alert.key for alert in self.kept.state.alerts.open]
        assert len(keys) == len(set(keys))

    def teardown(self) -> None:
        """In the end every channel comes back, and everything arrives."""
        self.what_was_sent_is_recorded()
        self.alive = dict.fromkeys(CHANNELS, True)
        for _ in range(len(self.kept.state.alerts.owed)):
            for name in CHANNELS:
                self.a_channel_is_sent_the_next(name)
            self.what_was_sent_is_recorded()
        assert not self.kept.state.alerts.owed
        self.nothing_is_lost()
        self.the_order_is_kept()


TestOutbox = pytest.mark.spec("AL-1", "AL-3")(Outbox.TestCase)
TestOutbox.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
