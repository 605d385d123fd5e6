"""Proposals and approvals one by one: what is in force when, and which words refuse it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from riskplugin.core import events as ev
from riskplugin.core.events.limits import LimitsChanged, LimitsDropped, LimitsProposed
from tests.control.limits_made import OTHER, PAIR, ROOM, Bot

pytestmark = pytest.mark.spec("AU-6")

TRIP, BASE, WARN = (
    "breaker.drawdown.trip_pct",
    "sizing.base_pct.minimal",
    "breaker.exposure.warn_pct",
)
HOUR = timedelta(hours=1)


def test_tightening_is_in_force_at_once_and_names_its_person() -> None:
    bot = Bot()
    before = bot.limits().version
    assert bot.propose("ann", {BASE: 1.5}) == "done"
    assert bot.value(BASE) == 1.5
    assert bot.service.policy.sizing.base["minimal"] == 0.015  # type: ignore[index]
    assert bot.decide().stake == 150.0
    [changed] = [e for e in bot.events if isinstance(e, LimitsChanged)]
    assert (changed.by, changed.reason) == (("ann",), "because")
    adopted = [e for e in bot.events if isinstance(e, ev.LimitsAdopted)]
    assert [e.version for e in adopted] == [before, bot.limits().version]
    assert bot.service.version == bot.limits().version != before


def test_loosening_waits_for_another_person() -> None:
    bot = Bot()
    assert bot.propose("ann", {TRIP: 20}) == "done"
    assert bot.value(TRIP) == 15.0
    assert "second person" in bot.order("approve", "ann", proposal=1)
    assert "second person" in bot.order("approve", " ＡNN", proposal=1)
    assert "eve is not registered" in bot.order("approve", "eve", proposal=1)
    assert bot.value(TRIP) == 15.0
    assert bot.order("approve", "bob", proposal=1) == "done"
    assert bot.value(TRIP) == 20.0
    [changed] = [e for e in bot.events if isinstance(e, LimitsChanged)]
    assert changed.by == ("ann", "bob")
    bot.restart()
    assert bot.value(TRIP) == 20.0


def test_what_somebody_proposed_while_nobody_was_registered_cannot_be_approved() -> None:
    bot = Bot(people=frozenset({"bob"}))
    bot.propose("ann", {TRIP: 20})
    assert "ann is not registered" in bot.order("approve", "bob", proposal=1)
    assert bot.value(TRIP) == 15.0


def test_a_mixed_proposal_waits_as_a_whole() -> None:
    bot = Bot()
    bot.propose("ann", {TRIP: 20, BASE: 1})
    assert (bot.value(TRIP), bot.value(BASE)) == (15.0, 2.0)
    [proposed] = [e for e in bot.events if isinstance(e, LimitsProposed)]
    assert proposed.loosens == (TRIP,)
    bot.order("approve", "bob", proposal=1)
    assert (bot.value(TRIP), bot.value(BASE)) == (20.0, 1.0)


def test_what_was_proposed_before_others_tightened_is_not_approved_any_more() -> None:
    bot = Bot()
    bot.propose("ann", {TRIP: 20})
    bot.propose("bob", {TRIP: 12})
    assert "propose it again" in bot.order("approve", "bob", proposal=1)
    assert bot.value(TRIP) == 12.0


def test_the_way_back_to_the_file_takes_two_people_and_follows_the_file_again() -> None:
    bot = Bot()
    bot.propose("ann", {TRIP: 12})
    bot.propose("ann", {TRIP: 15})
    assert bot.value(TRIP) == 12.0
    bot.order("approve", "bob", proposal=1)
    assert bot.value(TRIP) == 15.0
    assert bot.state.runtime.changes == ()


def test_nothing_goes_beyond_the_files_hard_limits() -> None:
    bot = Bot()
    assert "beyond the hard limit of 25" in bot.propose("ann", {TRIP: 26})
    assert "beyond the hard limit" in Bot({}).propose("ann", {TRIP: 15.1})
    assert "beyond the hard limit" in bot.propose("ann", {TRIP: None})
    assert bot.propose("ann", {TRIP: 25}) == "done"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({}, "say what to change"),
        ({"changes": []}, "say what to change"),
        ({"changes": {"breaker.drawdown.trip": 5}}, "did you mean breaker.drawdown.trip_pct"),
        ({"changes": {"ledger.url": "x"}}, "is no limit"),
        ({"changes": {TRIP: "many"}}, "must be a number"),
        ({"changes": {TRIP: -1}}, "must be above 0"),
        ({"changes": {TRIP: 15}}, "nothing would change"),
        ({"changes": {"leverage.max.minimal": 25, "leverage.max.low": 30}}, "must be at most"),
        ({"changes": {BASE: 1}, "until": "2h"}, "only limits for one pair have an end"),
        ({"changes": {BASE: 1}, "pair": PAIR}, "say until when"),
        ({"changes": {BASE: 1}, "pair": PAIR, "until": "25h"}, "hold for 24 hours at most"),
        ({"changes": {BASE: 1}, "pair": PAIR, "until": "2026-03-12T11:00"}, "has passed"),
        ({"changes": {BASE: 1}, "pair": PAIR, "until": "soon"}, "is no time"),
        ({"changes": {TRIP: 10}, "pair": PAIR, "once": True}, "holds for all pairs"),
        ({"changes": {BASE: 1}, "pair": 7, "once": True}, "name of a pair"),
        ({"changes": {BASE: 1}, "pair": PAIR, "once": "yes"}, "true or false"),
        ({"changes": {BASE: 1}, "pear": PAIR}, "'pear' is not known"),
    ],
)
def test_what_cannot_be_is_refused_in_words(args: dict[str, Any], words: str) -> None:
    bot = Bot()
    outcome = bot.order("propose", "ann", **args)
    assert outcome.startswith("refused: ")
    assert words in outcome
    assert bot.state.runtime.proposals == bot.state.runtime.overrides == ()


@pytest.mark.parametrize("command", ["approve", "reject", "end-override"])
@pytest.mark.parametrize("number", [9, True, "1", None, 1.0])
def test_a_number_that_is_none_is_refused(command: str, number: Any) -> None:
    bot = Bot()
    bot.propose("ann", {TRIP: 20})
    name = "override" if command == "end-override" else "proposal"
    assert bot.order(command, "bob", **{name: number}).startswith("refused: ")
    assert bot.value(TRIP) == 15.0


def test_a_warning_follows_its_trip_value_down() -> None:
    bot = Bot()
    assert bot.propose("ann", {TRIP: 8}) == "done"
    assert (bot.value(TRIP), bot.value("breaker.drawdown.warn_pct")) == (8.0, 8.0)


def test_a_delay_lies_between_approval_and_the_looser_limit() -> None:
    bot = Bot({**ROOM, "control": {**ROOM["control"], "loosen_delay": "1h"}})
    bot.propose("ann", {TRIP: 20})
    bot.order("approve", "bob", proposal=1)
    bot.tick(HOUR / 2)
    assert bot.value(TRIP) == 15.0
    bot.restart()
    bot.tick(HOUR / 2)
    assert bot.value(TRIP) == 20.0


def test_whoever_may_can_stop_it_until_then() -> None:
    bot = Bot({**ROOM, "control": {**ROOM["control"], "loosen_delay": "1h"}})
    bot.propose("ann", {TRIP: 20})
    bot.order("approve", "bob", proposal=1)
    assert bot.order("reject", "bob", proposal=1) == "done"
    bot.tick(2 * HOUR)
    assert bot.value(TRIP) == 15.0


def test_what_others_tightened_in_the_delay_stays() -> None:
    bot = Bot({**ROOM, "control": {**ROOM["control"], "loosen_delay": "1h"}})
    bot.propose("ann", {TRIP: 20})
    bot.order("approve", "bob", proposal=1)
    bot.propose("bob", {TRIP: 10})
    bot.tick(2 * HOUR)
    assert bot.value(TRIP) == 10.0
    [dropped] = [e for e in bot.events if isinstance(e, LimitsDropped)]
    assert dropped.by == ()


def test_a_proposal_that_nobody_approves_expires() -> None:
    bot = Bot()
    bot.propose("ann", {TRIP: 20})
    bot.tick(24 * HOUR)
    assert bot.state.runtime.proposals == ()
    assert "no open proposal" in bot.order("approve", "bob", proposal=1)


def test_a_tightening_for_all_takes_looser_limits_of_single_pairs_along() -> None:
    bot = Bot()
    bot.propose("ann", {BASE: 3}, pair=PAIR, until="2h")
    bot.order("approve", "bob", proposal=1)
    assert (bot.value(BASE, PAIR), bot.value(BASE, OTHER)) == (3.0, 2.0)
    bot.propose("ann", {BASE: 1})
    assert (bot.value(BASE, PAIR), bot.value(BASE, OTHER)) == (1.0, 1.0)
    bot.tick()
    assert bot.state.runtime.overrides == (), "nothing is left of it"
