"""Two overrides of one pair: nobody uses the one to make the other last longer, or end, alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.control.limits_made import PAIR, Bot

pytestmark = pytest.mark.spec("AU-6")

BASE = "sizing.base_pct.minimal"
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("term", [{"until": "1h"}, {"once": True}])
def test_what_two_people_loosened_for_an_hour_one_person_cannot_make_last_a_day(
    term: dict[str, Any],
) -> None:
    bot = Bot()
    bot.propose("ann", {BASE: 3.5}, pair=PAIR, **term)
    assert bot.order("approve", "bob", proposal=1) == "done"
    bot.propose("ann", {BASE: 3.4}, pair=PAIR, until="24h")
    bot.send(PAIR)
    bot.tick(2 * HOUR)
    assert bot.value(BASE, PAIR) == bot.value(BASE) == 2.0
    assert bot.state.runtime.proposals[0].loosens == (BASE,)


def test_a_tight_override_is_not_made_looser_later_through_another() -> None:
    bot = Bot()
    bot.propose("bob", {BASE: 1}, pair=PAIR, until="24h")
    bot.propose("ann", {BASE: 0.9}, pair=PAIR, until="1m")
    assert "would be looser" in bot.order("end-override", "ann", override=1)
    bot.tick(HOUR)
    assert bot.value(BASE, PAIR) == 1.0


def test_one_person_may_tighten_what_was_loosened_to_below_what_holds_for_all() -> None:
    bot = Bot()
    bot.propose("ann", {BASE: 3.5}, pair=PAIR, until="1h")
    bot.order("approve", "bob", proposal=1)
    assert bot.propose("ann", {BASE: 1.5}, pair=PAIR, until="2h") == "done"
    assert bot.state.runtime.proposals == ()
    assert "would be looser" in bot.order("end-override", "ann", override=2)
    assert bot.order("end-override", "ann", override=1) == "done"
    assert bot.value(BASE, PAIR) == 1.5


def test_what_two_people_loosened_for_an_hour_goes_back_to_what_was_tight_before() -> None:
    bot = Bot()
    bot.propose("bob", {BASE: 1}, pair=PAIR, until="24h")
    bot.propose("ann", {BASE: 1.5}, pair=PAIR, until="1h")
    assert bot.order("approve", "bob", proposal=2) == "done"
    bot.propose("ann", {BASE: 1.4}, pair=PAIR, until="24h")
    bot.tick(2 * HOUR)
    assert bot.value(BASE, PAIR) == 1.0
