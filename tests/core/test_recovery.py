"""The breaker's steps one by one: escalation, waiting, the test, the flat book."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from riskplugin.core import events as ev
from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import OnTrip, Side
from riskplugin.core.policy import BreakerPolicy, Policy
from riskplugin.core.recovery import advance, order_flat
from riskplugin.core.snapshot import AccountSnapshot, Position, WorkingEntry
from riskplugin.core.state import RiskState
from riskplugin.core.triggers import Severity, Trigger
from riskplugin.core.units import Quote
from tests.core.books import START, position

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WORKING = WorkingEntry(
    pair="W/USDT", side=Side.LONG, stake=Quote(1.0), notional=Quote(1.0), trade_id=9
)


def trip(name: str = "daily_loss", **changes: Any) -> Trigger:
    return replace(Trigger(name, Severity.TRIP, 1.0, 0.5, f"{name} is bad", False), **changes)


def book(*positions: Position, at: datetime = START, **more: Any) -> Book:
    return Book(at=at, wallet=Quote(1000.0), result=Quote(0.0), positions=positions, **more)


def step(
    state: RiskState,
    *triggers: Trigger,
    seen: Book | None = None,
    equity: float = 1000.0,
    policy: Policy | None = None,
    **account: Any,
) -> list[ev.Event]:
    """One look; the events that follow, each folded as it comes."""
    seen = seen or book()
    snapshot = AccountSnapshot(equity=Quote(equity), positions=seen.positions, **account)
    events = []
    for event in advance(state, seen, snapshot, list(triggers), policy or Policy()):
        state.observe(event)
        events.append(event)
    return events


def kinds(events: list[ev.Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def with_breaker(**changes: Any) -> Policy:
    return Policy(breaker=replace(BreakerPolicy(), **changes))


def half_open(**changes: Any) -> RiskState:
    """A state whose half-open test began at START with 1000."""
    fields: dict[str, Any] = {
        "breaker": BreakerState.HALF_OPEN,
        "half_open_since": START,
        "half_open_equity": Quote(1000.0),
    }
    return RiskState(**(fields | changes))


# --- trips and escalation ------------------------------------------------------------------------


@pytest.mark.spec("CB-2")
@pytest.mark.parametrize("harmless", [{"severity": Severity.WARNING}, {"observed": True}])
@pytest.mark.parametrize("state", [BreakerState.CLOSED, BreakerState.HALF_OPEN])
def test_warnings_and_observed_trips_open_nothing(
    harmless: dict[str, Any], state: BreakerState
) -> None:
    risk = half_open(breaker=state)
    assert "BreakerTripped" not in kinds(step(risk, trip(**harmless)))


@pytest.mark.spec("CB-8")
def test_a_trip_tells_every_trigger_and_what_follows() -> None:
    risk = RiskState()
    [opened, *_] = step(risk, trip(), trip("drawdown"), equity=970)
    assert isinstance(opened, ev.BreakerTripped)
    assert [t.name for t in opened.triggers] == ["daily_loss", "drawdown"]
    assert (opened.cooldown, opened.until, opened.equity) == (HOUR, START + HOUR, 970)
    assert risk.tripped_by == ("daily_loss is bad", "drawdown is bad")


@pytest.mark.spec("CB-5")
@pytest.mark.parametrize(
    ("done", "asked", "escalates"),
    [
        (OnTrip.HALT, OnTrip.HALT, False),
        (OnTrip.HALT, OnTrip.EMERGENCY, True),
        (OnTrip.HALT, OnTrip.FLATTEN, True),
        (OnTrip.EMERGENCY, OnTrip.EMERGENCY, False),
        (OnTrip.EMERGENCY, OnTrip.FLATTEN, True),
        (OnTrip.FLATTEN, OnTrip.EMERGENCY, False),
        (OnTrip.FLATTEN, OnTrip.FLATTEN, False),
    ],
)
@pytest.mark.parametrize("state", [BreakerState.OPEN, BreakerState.LATCHED])
def test_only_what_asks_for_more_escalates(
    state: BreakerState, done: OnTrip, asked: OnTrip, escalates: bool
) -> None:
    risk = RiskState(breaker=state, action=done, open_until=START + HOUR)
    events = step(risk, trip(), seen=book(position()), policy=with_breaker(on_trip=asked))
    assert ("BreakerEscalated" in kinds(events)) is escalates
    assert ("EmergencyEntered" in kinds(events)) is escalates
    assert ("FlattenOrdered" in kinds(events)) is (escalates and asked is OnTrip.FLATTEN)


@pytest.mark.spec("CB-5")
def test_a_flat_book_and_a_failing_machine_escalate_nothing() -> None:
    policy = with_breaker(on_trip=OnTrip.FLATTEN)
    for triggers, seen in (
        ([trip()], book()),
        ([], book(position())),
        ([trip("system"), trip("rejected_orders")], book(position())),
    ):
        risk = RiskState(breaker=BreakerState.OPEN, open_until=START + HOUR)
        assert step(risk, *triggers, seen=seen, policy=policy) == []


@pytest.mark.spec("EM-2", "EM-3")
def test_what_is_on_already_is_not_ordered_again() -> None:
    risk = RiskState(emergency=True, flattening=True)
    events = step(risk, trip(), seen=book(position()), policy=with_breaker(on_trip=OnTrip.FLATTEN))
    assert kinds(events) == ["BreakerTripped"]


@pytest.mark.spec("EM-3")
def test_close_all_names_what_is_held_and_what_works_once() -> None:
    same = replace(WORKING, trade_id=2)
    nameless = replace(WORKING, trade_id=None)
    seen = book(position(2), position(1), working=(WORKING, same, nameless))
    assert order_flat(seen, by="ann", reason="x").trade_ids == (1, 2, 9)


# --- waiting -------------------------------------------------------------------------------------


@pytest.mark.spec("CB-6", "CB-10")
@pytest.mark.parametrize(
    ("names", "days", "weeks", "until"),
    [
        (("daily_loss",), 10, 50, 10),
        (("weekly_loss",), 10, 50, 50),
        (("daily_loss", "weekly_loss"), 10, 50, 50),
        (("drawdown",), 10, 50, 1),
        (("daily_loss",), None, 50, 1),
        (("weekly_loss",), 10, None, 1),
    ],
)
def test_a_loss_holds_until_its_own_period_ends(
    names: tuple[str, ...], days: int | None, weeks: int | None, until: int
) -> None:
    risk = RiskState(
        day_until=None if days is None else START + days * HOUR,
        week_until=None if weeks is None else START + weeks * HOUR,
    )
    [opened, *_] = step(risk, *map(trip, names), policy=with_breaker(hold_daily_loss=True))
    assert isinstance(opened, ev.BreakerTripped)
    assert opened.until == START + until * HOUR


@pytest.mark.spec("CB-6", "RE-1")
@pytest.mark.parametrize(
    ("left", "waits"),
    [
        (timedelta(0), False),
        (timedelta(seconds=1), True),
        (timedelta(days=8), True),
        (timedelta(days=8, seconds=1), False),
    ],
)
def test_an_end_that_no_week_reaches_is_a_clock_gone_wrong(left: timedelta, waits: bool) -> None:
    risk = RiskState(breaker=BreakerState.OPEN, open_until=START + left)
    step(risk)
    assert (risk.breaker is BreakerState.OPEN) is waits


@pytest.mark.spec("CB-6")
def test_a_cooldown_longer_than_a_week_is_waited_for() -> None:
    policy = with_breaker(cooldown=10 * DAY, max_cooldown=10 * DAY)
    risk = RiskState(breaker=BreakerState.OPEN, open_until=START + 10 * DAY)
    assert step(risk, policy=policy) == []


@pytest.mark.spec("CB-6")
@pytest.mark.parametrize(
    ("name", "waits"),
    [
        ("system", True),
        ("exposure", True),
        ("volatility", True),
        ("liquidation_room", True),
        ("drawdown", False),
        ("losing_streak", False),
        ("rejected_orders", False),
    ],
)
def test_the_test_waits_for_what_mends_by_itself(name: str, waits: bool) -> None:
    risk = RiskState(breaker=BreakerState.OPEN)
    step(risk, trip(name))
    assert (risk.breaker is BreakerState.OPEN) is waits


@pytest.mark.spec("CB-6", "CB-11", "EM-3")
def test_no_test_begins_while_untrusted_or_being_closed() -> None:
    assert step(RiskState(breaker=BreakerState.OPEN), untrusted="x") == []
    closing = RiskState(breaker=BreakerState.OPEN, flattening=True)
    assert step(closing, seen=book(position())) == []


# --- the test ------------------------------------------------------------------------------------


@pytest.mark.spec("CB-6", "CB-11")
@pytest.mark.parametrize("fields", [{"half_open_equity": None}, {}])
def test_nothing_is_judged_without_a_figure_to_judge_by(fields: dict[str, Any]) -> None:
    risk = half_open(wins=9, losses=9, **fields)
    untrusted = "x" if not fields else None
    assert step(risk, equity=1.0, untrusted=untrusted) == []


@pytest.mark.spec("CB-6")
@pytest.mark.parametrize(
    ("start", "equity", "state"),
    [
        (1000.0, 994.0, "open"),
        (1000.0, 400.0, "open"),
        (0.5, 0.5, "closed"),
        (0.5, 0.4, "open"),
        (0.0, 0.0, "open"),
        (-5.0, -5.0, "open"),
    ],
)
def test_the_loss_of_the_test_is_a_share_of_what_it_began_with(
    start: float, equity: float, state: str
) -> None:
    risk = half_open(half_open_equity=Quote(start), wins=2)
    events = step(risk, equity=equity)
    assert risk.breaker == state
    if state == "open":
        [failed] = events[0].triggers  # type: ignore[attr-defined]
        share = (start - equity) / start if start > 0 else 1.0
        assert failed.measured == pytest.approx(share)
        assert (failed.name, failed.limit, failed.observed) == ("probe_loss", 0.005, False)
        assert failed.severity is Severity.TRIP
        assert f"lost {share:.2%} of equity, 0.50% is the limit" in failed.text


@pytest.mark.spec("CB-6")
@pytest.mark.parametrize(("losses", "state"), [(1, "half_open"), (2, "open"), (3, "open")])
def test_lost_probes_end_the_test(losses: int, state: str) -> None:
    risk = half_open(losses=losses, trips=1)
    events = step(risk)
    assert risk.breaker == state
    if state == "open":
        assert isinstance(events[0], ev.BreakerTripped)
        assert f"{losses} probes lost, 2 end the test" in risk.tripped_by[0]
        assert events[0].cooldown == 2 * HOUR


@pytest.mark.spec("CB-6")
@pytest.mark.parametrize(
    ("wins", "equity", "state"),
    [
        (1, 1001.0, "half_open"),
        (2, 1000.0, "closed"),
        (3, 1000.0, "closed"),
        (2, 999.0, "half_open"),
    ],
)
def test_won_probes_pass_the_test_where_nothing_is_lost(
    wins: int, equity: float, state: str
) -> None:
    risk = half_open(wins=wins)
    step(risk, equity=equity)
    assert risk.breaker == state


@pytest.mark.spec("CB-6")
@pytest.mark.parametrize(
    ("fields", "account", "waited", "state"),
    [
        ({}, {}, 24, "closed"),
        ({}, {}, 100, "closed"),
        ({}, {}, 23.9, "half_open"),
        ({"wins": 1}, {}, 100, "closed"),
        ({"losses": 1}, {}, 100, "open"),
        ({"wins": 1, "losses": 1}, {}, 100, "open"),
        ({"wins": 1, "probed_at": START + 80 * HOUR}, {}, 100, "half_open"),
        ({"wins": 1, "probed_at": START + 80 * HOUR}, {}, 104, "closed"),
        ({}, {"probes": 1}, 100, "half_open"),
        ({"losses": 1}, {"probes": 1}, 100, "half_open"),
        ({"half_open_since": None}, {}, 100, "half_open"),
    ],
)
def test_a_test_ends_when_no_probe_comes_for_the_longest_cooldown(
    fields: dict[str, Any], account: dict[str, Any], waited: float, state: str
) -> None:
    """A cent may be lost to fees; a lost probe that none made good opens once more."""
    risk = half_open(**fields)
    step(risk, seen=book(at=START + waited * HOUR), equity=999.9, **account)
    assert risk.breaker == state
    if state == "open":
        assert "1 probe lost, and none came after it" in risk.tripped_by[0]


@pytest.mark.spec("CB-6", "EM-4")
@pytest.mark.parametrize("emergency", [False, True])
@pytest.mark.parametrize(("peak", "old"), [(1200.0, 1200.0), (None, 1001.0)])
def test_a_passed_test_says_the_old_peak_and_ends_the_emergency(
    emergency: bool, peak: float | None, old: float
) -> None:
    risk = half_open(wins=2, emergency=emergency)
    risk.peak_equity = None if peak is None else Quote(peak)
    events = step(risk, equity=1001.0)
    assert isinstance(events[0], ev.BreakerReclosed)
    assert events[0].old_peak == old
    assert kinds(events[1:]) == ["EmergencyLeft"] * emergency


# --- the flat book -------------------------------------------------------------------------------


@pytest.mark.spec("EM-3")
@pytest.mark.parametrize(
    "left",
    [
        {"positions": (position(),)},
        {"working": (WORKING,)},
        {"unknown": "the exchange holds X"},
        {"settling": True},
    ],
)
def test_a_book_is_not_flat_while_anything_is_left(left: dict[str, Any]) -> None:
    risk = RiskState(breaker=BreakerState.LATCHED, flattening=True)
    held = left.pop("positions", ())
    assert step(risk, seen=book(*held, **left)) == []
    assert risk.flattening


@pytest.mark.spec("EM-3")
@pytest.mark.parametrize(("since", "seconds"), [(START - 90 * timedelta(seconds=1), 90), (None, 0)])
def test_a_flat_book_says_how_long_it_took_and_how_many_orders(
    since: datetime | None, seconds: int
) -> None:
    risk = RiskState(
        breaker=BreakerState.LATCHED, flattening=True, flatten_since=since, flatten_orders=3
    )
    assert step(risk) == [
        ev.FlattenVerified(at=START, outcomes=(), attempts=3, seconds=float(seconds))
    ]
    assert not risk.flattening
