"""A file that changed: what is tighter counts at once, what is looser waits for a person (AU-6)."""

from __future__ import annotations

from typing import Any

import pytest

from riskplugin.core import events as ev
from riskplugin.core.events.limits import LimitsUnacknowledged
from tests.control.limits_made import ROOM, Bot

pytestmark = pytest.mark.spec("AU-6")

TRIP, COOL = "breaker.drawdown.trip_pct", "breaker.cooldown"


def drawdown(trip: float, **more: Any) -> dict[str, Any]:
    return {"breaker": {"drawdown": {"trip_pct": trip}, **more}}


def told(bot: Bot) -> dict[str, Any]:
    return bot.running.told(bot.state)


def waiting(bot: Bot) -> list[LimitsUnacknowledged]:
    return [e for e in bot.events if isinstance(e, LimitsUnacknowledged)]


def test_a_tighter_file_counts_at_once() -> None:
    bot = Bot({})
    bot.restart(drawdown(12))
    assert bot.value(TRIP) == 12.0
    assert bot.state.runtime.waiting is None
    assert bot.limits().version == bot.running.file.version


def test_a_looser_file_waits_while_its_tighter_keys_count() -> None:
    bot = Bot({})
    bot.restart(drawdown(20, cooldown="2h"))
    assert (bot.value(TRIP), bot.value(COOL)) == (15.0, "2h")
    [told] = waiting(bot)
    # The warning's default follows the trip value.
    assert told.keys == ("breaker.drawdown.warn_pct", TRIP)
    assert "breaker.drawdown.trip_pct 15 → 20" in told.texts
    bot.restart()
    assert len(waiting(bot)) == 1, "the same file is told once"
    assert bot.order("acknowledge-limits", "bob") == "done"
    assert bot.value(TRIP) == 20.0
    bot.restart()
    assert (bot.value(TRIP), bot.state.runtime.waiting) == (20.0, None)
    assert "acknowledged already" in bot.order("acknowledge-limits", "bob")


def test_the_old_file_again_leaves_nothing_to_acknowledge() -> None:
    bot = Bot({})
    bot.restart(drawdown(20))
    bot.restart({})
    assert bot.state.runtime.waiting is None
    assert bot.value(TRIP) == 15.0


def test_more_trades_in_the_bots_own_configuration_wait_as_well() -> None:
    bot = Bot({}, slots=3)
    bot.restart(slots=5)
    assert bot.service.policy.max_positions == 3
    assert waiting(bot)[0].keys == ("positions.max",)
    bot.restart(slots=2)
    assert bot.service.policy.max_positions == 2
    bot.restart(slots=4)
    assert bot.order("acknowledge-limits", "ann") == "done"
    assert bot.service.policy.max_positions == 4


def test_each_further_step_is_told_before_anybody_acknowledges_it() -> None:
    bot = Bot({}, slots=3)
    bot.restart(slots=5)
    bot.restart(slots=50)
    assert [told.texts for told in waiting(bot)] == [
        ("positions.max 3 → 5",),
        ("positions.max 3 → 50",),
    ]


def test_whoever_acknowledges_gets_the_file_that_they_saw_and_no_other() -> None:
    bot = Bot({}, slots=3)
    bot.restart(slots=5)
    seen = told(bot)["unacknowledged"]["version"]
    bot.restart(slots=50)
    refusal = bot.order("acknowledge-limits", "bob", version=seen)
    assert "another file by now" in refusal
    assert bot.service.policy.max_positions == 3
    seen = told(bot)["unacknowledged"]["version"]
    assert bot.order("acknowledge-limits", "bob", version=seen) == "done"
    assert bot.service.policy.max_positions == 50


def test_what_waits_goes_on_waiting_when_something_else_is_filed() -> None:
    bot = Bot(ROOM)
    bot.propose("ann", {TRIP: 20})
    bot.order("approve", "bob", proposal=1)
    looser = {**ROOM, "positions": {"max": 6}}
    bot.restart(looser)
    assert bot.state.runtime.waiting is not None
    bot.restart({"positions": looser["positions"]})
    assert bot.value(TRIP) == 15.0, "beyond what this file allows"
    assert bot.state.runtime.waiting is not None
    assert bot.order("acknowledge-limits", "bob") == "done"


def test_a_change_that_tightens_outlives_a_new_file() -> None:
    bot = Bot(ROOM)
    bot.propose("ann", {TRIP: 11})
    bot.restart({**ROOM, **drawdown(13)})
    assert bot.value(TRIP) == 11.0
    bot.restart({**ROOM, **drawdown(9)})
    assert bot.value(TRIP) == 9.0


def test_what_a_file_no_longer_allows_is_gone_for_good() -> None:
    bot = Bot(ROOM)
    bot.propose("ann", {TRIP: 20})
    bot.order("approve", "bob", proposal=1)
    bot.restart({})
    assert bot.value(TRIP) == 15.0
    bot.restart(ROOM)
    assert bot.value(TRIP) == 15.0


def test_a_first_start_and_a_ledger_of_an_older_riskplugin_take_the_file_as_it_is() -> None:
    bot = Bot(drawdown(30))
    assert bot.value(TRIP) == 30.0
    adopted = [e for e in bot.events if isinstance(e, ev.LimitsAdopted)]
    assert [(e.version, e.max_positions, e.pair) for e in adopted] == [
        (bot.running.file.version, 5, "")
    ]


def test_what_holds_is_told_with_its_why() -> None:
    bot = Bot(ROOM)
    bot.propose("ann", {"sizing.base_pct.minimal": 1.5})
    bot.propose("bob", {TRIP: 20})
    bot.restart({**ROOM, **drawdown(18)})
    told = bot.running.told(bot.state)
    changes = {c["key"]: (c["value"], c["file"], c["by"]) for c in told["changes"]}
    assert changes["sizing.base_pct.minimal"] == (1.5, 2.0, ["ann"])
    assert changes[TRIP] == (15.0, 18.0, [])
    assert told["proposals"][0]["by"] == ["bob"]
    assert told["version"] != told["file_version"]
    assert told["unacknowledged"]["version"] == f"{told['file_version']}+5"
