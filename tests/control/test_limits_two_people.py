"""One may tighten, two may loosen, in whatever order things happen (AU-6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from riskplugin.config.direction import compare, direction_of, value_of
from riskplugin.control.person import normalised
from riskplugin.core import events as ev
from riskplugin.core.events.limits import LimitsChanged, OverrideBegan, OverrideEnded
from tests.control.limits_made import OTHER, PAIR, PEOPLE, ROOM, Bot

pytestmark = pytest.mark.spec("AU-6")

TRIP, WARN, BASE = "breaker.drawdown.trip_pct", "breaker.exposure.warn_pct", "sizing.base_pct"
VALUES: dict[str, tuple[Any, ...]] = {
    TRIP: (8.0, 12.0, 15.0, 20.0, 30.0, None),
    WARN: (20.0, 45.0, 47.0, 60.0),
    f"{BASE}.minimal": (0.8, 2.0, 3.0, 9.0),
    f"{BASE}.low": (0.5, 1.0, 1.5),
    "positions.max": (2, 5, 7, 12, None),
    "stop.normal_pct": (3.0, 5.0, 8.0),
    "breaker.cooldown": ("30m", "1h", "3h"),
    "modes.size": ("observe", "enforce"),
}
FILES: tuple[dict[str, Any], ...] = (
    ROOM,
    {},
    {**ROOM, "breaker": {"drawdown": {"trip_pct": 20}}},
    {**ROOM, "breaker": {"drawdown": {"trip_pct": 12}, "cooldown": "2h"}},
    {**ROOM, "stop": {"normal_pct": 3}, "sizing": {"base_pct": {"minimal": 3}}},
    {"positions": {"max": 6}, "modes": {"size": "observe"}},
    {"breaker": {"exposure": {"warn_pct": 30}}, "emergency": {"max_positions": 2}},
)
NAMES = ("ann", "bob", " Ann", "ANN", "bob ", "eve")
whos = st.sampled_from(NAMES)
changes = st.dictionaries(
    st.sampled_from(sorted(VALUES)), st.integers(0, 9), min_size=1, max_size=2
)


class Tightrope(RuleBasedStateMachine):
    """Two registered people, names that only look different, and a stranger."""

    def __init__(self) -> None:
        super().__init__()
        self.bot = Bot()
        self.before = self._holds()
        self.told = len(self.bot.events)
        self.acknowledged = self.restarted = False

    def _holds(self) -> dict[str, dict[str, Any]]:
        return {pair: self.bot.limits(pair).flat for pair in ("", PAIR, OTHER)}

    @rule(key=st.sampled_from([TRIP, WARN, f"{BASE}.minimal"]), pair=st.sampled_from(["", PAIR]))
    def two_people_loosen(self, key: str, pair: str) -> None:
        """The way it is meant."""
        more = {"pair": pair, "until": "3h"} if pair and key != TRIP else {}
        for value in VALUES[key]:
            before = self.bot.state.runtime.number
            self.bot.propose("ann", {key: value}, **more)
            number = self.bot.state.runtime.number
            if number > before and self.bot.state.runtime.proposal(number):
                self.bot.order("approve", "bob", proposal=number)

    @rule(by=whos, wanted=changes, pair=st.sampled_from(["", "", PAIR, OTHER]), once=st.booleans())
    def propose(self, by: str, wanted: dict[str, int], pair: str, once: bool) -> None:
        values = {key: VALUES[key][n % len(VALUES[key])] for key, n in wanted.items()}
        more: dict[str, Any] = {"pair": pair, "once": once, "until": "2h"} if pair else {}
        self.bot.propose(by, values, **more)

    @precondition(lambda self: self.bot.state.runtime.proposals)
    @rule(by=whos, which=st.integers(0, 9))
    def approve(self, by: str, which: int) -> None:
        proposals = self.bot.state.runtime.proposals
        self.bot.order("approve", by, proposal=proposals[which % len(proposals)].number)

    @precondition(lambda self: len(self.bot.state.runtime.proposals) > 2)
    @rule(by=whos, which=st.integers(0, 9))
    def reject(self, by: str, which: int) -> None:
        proposals = self.bot.state.runtime.proposals
        self.bot.order("reject", by, proposal=proposals[which % len(proposals)].number)

    @precondition(lambda self: self.bot.state.runtime.overrides)
    @rule(by=whos, which=st.integers(0, 9))
    def end(self, by: str, which: int) -> None:
        overrides = self.bot.state.runtime.overrides
        self.bot.order("end-override", by, override=overrides[which % len(overrides)].number)

    @precondition(lambda self: self.bot.state.runtime.waiting is not None)
    @rule(by=whos)
    def acknowledge(self, by: str) -> None:
        self.acknowledged = self.bot.order("acknowledge-limits", by) == "done"

    @rule(minutes=st.sampled_from([1, 30, 90, -60, 25 * 60]))
    def time(self, minutes: int) -> None:
        self.bot.tick(timedelta(minutes=minutes))

    @rule(pair=st.sampled_from([PAIR, OTHER]))
    def entry(self, pair: str) -> None:
        self.bot.send(pair)

    @rule(file=st.sampled_from(FILES), slots=st.sampled_from([4, 5, 9]))
    def restart(self, file: dict[str, Any], slots: int) -> None:
        self.restarted = True
        self.bot.restart(file, slots=slots)

    @invariant()
    def nothing_is_looser_without_two_names(self) -> None:
        new, self.told = self.bot.events[self.told :], len(self.bot.events)
        after = self._holds()
        agreed = [e for e in new if isinstance(e, LimitsChanged | OverrideBegan) and two(e.by)]
        over = any(isinstance(e, OverrideEnded) and not e.by for e in new)
        for pair, flat in after.items():
            looser = [
                key
                for key in compare(self.before[pair], flat).loosened
                if not (self.restarted and self._cut_back(key, self.before[pair], flat))
            ]
            excused = agreed or self.acknowledged or (pair and over)
            assert not looser or excused, f"{pair}: {looser} by {new}"
        self.before = after
        self.acknowledged = self.restarted = False

    @staticmethod
    def _cut_back(key: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
        """Beyond what the new file allows: a change that two people had made is taken back."""
        return not direction_of(key).exceeds(value_of(new, key), value_of(old, key))

    @invariant()
    def nothing_is_beyond_the_hard_limits(self) -> None:
        file = self.bot.running.file
        for pair in ("", PAIR, OTHER):
            flat = self.bot.limits(pair).flat
            for key in VALUES:
                if direction_of(key).alone:
                    assert file.allowed(key, value_of(flat, key)), (pair, key)

    @invariant()
    def what_decides_is_what_holds_and_is_on_record(self) -> None:
        for pair in (PAIR, OTHER):
            before = len(self.bot.heard)
            self.bot.decide(pair)
            adopted = [e for e in self.bot.heard if isinstance(e, ev.LimitsAdopted)]
            last = [e for e in adopted if e.pair in ("", pair)][-1]
            assert last.version == self.bot.limits(pair).version
            for event in self.bot.heard[before:]:
                assert not isinstance(event, ev.EntryDecided) or event.limits == last.version
        assert self.bot.service.policy == self.bot.limits().policy

    @invariant()
    def a_restart_finds_the_same(self) -> None:
        assert self.bot.ledger.load() == self.bot.state

    @invariant()
    def only_registered_people_agreed(self) -> None:
        for override in self.bot.state.runtime.overrides:
            assert len(override.by) == 1 or two(override.by)


def two(names: tuple[str, ...]) -> bool:
    """Two different registered people."""
    return len({normalised(name) for name in names} & PEOPLE) >= 2


TestTightrope = Tightrope.TestCase
TestTightrope.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
