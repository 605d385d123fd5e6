"""Limits of one pair for a while: they end by themselves, whatever the clock does (AU-6)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskplugin.core import events as ev
from tests.control.limits_made import OTHER, PAIR, Bot

pytestmark = pytest.mark.spec("AU-6")

BASE, WARN = "sizing.base_pct.minimal", "breaker.exposure.warn_pct"
HOUR = timedelta(hours=1)


def loosened(**more: object) -> Bot:
    bot = Bot()
    bot.propose("ann", {BASE: 3}, pair=PAIR, **more)
    assert bot.order("approve", "bob", proposal=1) == "done"
    return bot


def test_it_holds_for_its_pair_only() -> None:
    bot = loosened(until="2h")
    assert bot.decide(PAIR).stake == 300.0
    assert bot.decide(OTHER).stake == 200.0
    assert bot.service.room(bot.request(PAIR), bot.book())["stake"] == 300.0
    decided = [e for e in bot.heard if isinstance(e, ev.EntryDecided)]
    assert [e.limits for e in decided] == [bot.limits(PAIR).version, bot.limits().version]


def test_tightening_one_pair_takes_one_person() -> None:
    bot = Bot()
    assert bot.propose("ann", {BASE: 1}, pair=PAIR, until="2h") == "done"
    assert (bot.decide(PAIR).stake, bot.decide(OTHER).stake) == (100.0, 200.0)


def test_it_ends_by_itself_at_the_decision_even_before_the_next_loop() -> None:
    bot = loosened(until="2h")
    bot.now += 2 * HOUR
    assert bot.decide(PAIR).stake == 200.0
    assert bot.state.runtime.overrides == ()


def test_it_ends_over_a_restart() -> None:
    bot = loosened(until="2h")
    bot.now += HOUR
    bot.restart()
    assert bot.decide(PAIR).stake == 300.0
    bot.now += HOUR
    bot.restart()
    assert bot.decide(PAIR).stake == 200.0


@pytest.mark.parametrize("restart", [False, True])
def test_a_clock_that_is_set_back_makes_it_last_no_longer(restart: bool) -> None:
    bot = loosened(until="2h")
    bot.tick(HOUR)
    bot.service.fault("any", "record", bot.now)
    bot.now -= 5 * HOUR
    if restart:
        bot.restart()
    bot.tick()
    bot.tick(HOUR - timedelta(minutes=1))
    assert bot.decide(PAIR).stake == 300.0
    bot.tick(timedelta(minutes=2))
    assert bot.decide(PAIR).stake == 200.0


def test_once_is_used_up_by_the_first_entry_of_the_pair() -> None:
    bot = loosened(once=True)
    bot.send(OTHER)
    assert bot.decide(PAIR).stake == 300.0
    bot.send(PAIR)
    assert bot.decide(PAIR).stake == 200.0


def test_once_ends_at_the_longest_time_if_nothing_is_entered() -> None:
    bot = loosened(once=True)
    bot.tick(24 * HOUR)
    assert bot.decide(PAIR).stake == 200.0


def test_one_person_may_end_what_is_looser_and_not_what_is_tighter() -> None:
    bot = loosened(until="2h")
    assert bot.order("end-override", "ann", override=1) == "done"
    assert bot.decide(PAIR).stake == 200.0
    bot.propose("ann", {BASE: 1}, pair=PAIR, until="2h")
    assert "would be looser" in bot.order("end-override", "ann", override=2)
    assert bot.decide(PAIR).stake == 100.0


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("leverage.max.minimal", 30),
        ("emergency.max_leverage", 6),
        ("emergency.max_positions", 4),
    ],
)
def test_what_the_loop_would_close_at_once_cannot_be_looser_for_one_pair(
    key: str, value: int
) -> None:
    emergency = {"max_positions": 5, "max_leverage": 9}
    hard = {"leverage": {"max": {"minimal": 40}}, "emergency": emergency}
    bot = Bot({"control": {"hard_limits": hard}})
    assert "would be closed at once" in bot.propose("ann", {key: value}, pair=PAIR, once=True)
    assert bot.propose("ann", {key: value}) == "done", "for all pairs it can be asked for"


def test_leverage_is_capped_by_the_limits_of_the_pair() -> None:
    bot = Bot()
    bot.propose("ann", {"leverage.max.minimal": 3}, pair=PAIR, until="2h")
    asked = bot.request(PAIR, leverage=10.0)
    assert bot.service.leverage_cap(asked, bot.book()).value == 3.0
    other = bot.request(OTHER, leverage=10.0)
    assert bot.service.leverage_cap(other, bot.book()).value == 10.0
