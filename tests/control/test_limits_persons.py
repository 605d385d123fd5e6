"""Who counts as one of the two people, for how long, and what one person alone may not leave behind
(AU-6).
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from riskplugin.control.limits.orders import OPEN
from riskplugin.control.limits.persons import registered
from riskplugin.control.permissions import Role
from riskplugin.core.events.limits import LimitsDropped
from tests.control.limits_made import OTHER, PAIR, START, Bot
from tests.control.people_made import Office

pytestmark = pytest.mark.spec("AU-5", "AU-6")

TRIP, BASE = "breaker.drawdown.trip_pct", "sizing.base_pct.minimal"
MINUTE = timedelta(minutes=1)


def test_what_a_guest_proposed_under_a_name_is_not_the_registered_persons_wish() -> None:
    bot = Bot(people=())
    bot.propose("ann", {TRIP: 20})
    bot.tick(MINUTE)
    bot.people |= {"ann": bot.now, "bob": bot.now}
    refusal = bot.order("approve", "bob", proposal=1)
    assert "ann was registered, or changed by an administrator, after it was proposed" in refusal
    assert bot.value(TRIP) == 15.0
    bot.propose("ann", {TRIP: 20})
    assert bot.order("approve", "bob", proposal=2) == "done"
    assert bot.value(TRIP) == 20.0


@pytest.mark.parametrize("gone", ["ann", "bob"])
def test_a_loosening_dies_with_either_of_the_two_who_agreed_before_it_holds(gone: str) -> None:
    bot = Bot({"control": {"hard_limits": {"breaker": {"drawdown": {"trip_pct": 25}}},
                           "loosen_delay": "1h"}})  # fmt: skip
    bot.propose("ann", {TRIP: 20})
    assert bot.order("approve", "bob", proposal=1) == "done"
    del bot.people[gone]
    bot.tick(timedelta(hours=2))
    [dropped] = [e for e in bot.events if isinstance(e, LimitsDropped)]
    assert dropped.reason == f"{gone} may not change limits any more"
    bot.people[gone] = START
    bot.restart()
    bot.tick(timedelta(hours=2))
    assert (bot.value(TRIP), bot.state.runtime.proposals) == (15.0, ())


def test_the_ledger_tells_since_when_somebody_is_that_person(
    tmp_path: Path, cheap_passwords: None
) -> None:
    office = Office(tmp_path, control={"second_factor": False})
    counts = registered(office.people)
    before = office.clock.now
    assert not counts("max", before)
    office.clock.step(minutes=1)
    office.hire("ann", Role.ADMINISTRATOR)
    office.hire("max", Role.RISK_MANAGER, by="ann")
    assert not counts("max", before)
    assert counts("max", office.clock.now)
    assert not counts("ann", office.clock.now), "administrators change no limits"
    office.people.disable("max", by="ann")
    assert not counts("max", office.clock.now)


def test_nobody_leaves_more_open_proposals_than_people_read() -> None:
    bot = Bot()
    for number in range(OPEN):
        bot.propose("ann", {TRIP: 20 + number / 100})
    assert f"{OPEN} proposals are open" in bot.propose("ann", {TRIP: 21})
    assert bot.propose("ann", {TRIP: 12}) == "done", "who tightens never waits"
    bot.order("reject", "bob", proposal=1)
    bot.propose("ann", {TRIP: 21})
    assert len(bot.state.runtime.proposals) == OPEN


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("btc/usdt:usdt", f"did you mean {PAIR}?"),
        ("BTC/USDT", f"did you mean {PAIR}?"),
        ("nothing", "write it as the exchange does"),
        ("\x1b[2J", "cannot be printed"),
    ],
)
def test_limits_for_a_pair_that_the_bot_cannot_trade_are_refused(pair: str, words: str) -> None:
    bot = Bot(markets={PAIR, OTHER})
    assert words in bot.propose("ann", {BASE: 1}, pair=pair, until="1h")
    assert bot.state.runtime.overrides == ()
    assert bot.propose("ann", {BASE: 1}, pair=PAIR, until="1h") == "done"
    assert bot.value(BASE, PAIR) == 1.0


def test_while_no_market_is_known_one_may_still_tighten() -> None:
    bot = Bot()
    assert bot.propose("ann", {BASE: 1}, pair=PAIR, until="1h") == "done"
