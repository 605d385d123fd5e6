"""Days, weeks, probes and orders under way: what one look makes of them, at each boundary."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest

from riskplugin.core import events as ev
from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.calendar import day_end, passed, week_end
from riskplugin.core.levels import RiskLevel, Side
from riskplugin.core.monitor import account_of, assess
from riskplugin.core.policy import BreakerPolicy, DayPolicy, Policy, Threshold
from riskplugin.core.snapshot import WorkingEntry
from riskplugin.core.state import SINCE, RiskState
from riskplugin.core.units import Quote
from tests.core.books import START, position
from tests.orders import entry_sent

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TOKYO = DayPolicy(timezone=timezone(9 * HOUR), starts_at=time(8, 30))


def book(**fields: Any) -> Book:
    return Book(**{"at": START, "wallet": Quote(1000.0), "result": Quote(0.0), **fields})


def known(**fields: Any) -> RiskState:
    """A state that has seen 1000 before."""
    base = {"capital": Quote(1000.0), "peak_equity": Quote(1000.0), "day_equity": Quote(1000.0)}
    return RiskState(**{**base, "day_until": START + HOUR, **fields})


def order(side: str = "buy", **changes: Any) -> ev.OrderSent:
    sent = entry_sent(order_side=side, leverage=8.0)
    return replace(sent, **changes)


def told(state: RiskState, seen: Book, policy: Policy | None = None) -> list[str]:
    return [type(event).__name__ for event in assess(state, seen, policy or Policy()).events]


# --- calendar ------------------------------------------------------------------------------------


@pytest.mark.spec("CB-10")
@pytest.mark.parametrize("days", range(14))
@pytest.mark.parametrize("day", [DayPolicy(), TOKYO], ids=["UTC", "Tokyo"])
def test_a_week_ends_at_the_first_boundary_of_a_monday(days: int, day: DayPolicy) -> None:
    at = datetime(2026, 3, 10, 17, 0, tzinfo=UTC) + days * DAY
    end = week_end(at, day)
    there = end.astimezone(day.timezone)
    assert (there.weekday(), there.time()) == (0, day.starts_at)
    assert timedelta(0) < end - at <= 7 * DAY
    assert end.tzinfo is UTC


@pytest.mark.spec("CB-10")
def test_the_boundary_itself_begins_the_next_day_and_week() -> None:
    monday = datetime.combine(date(2026, 3, 16), TOKYO.starts_at, TOKYO.timezone)
    assert day_end(monday, TOKYO) == monday + DAY
    assert week_end(monday, TOKYO) == monday + 7 * DAY
    before = monday - timedelta(seconds=1)
    assert day_end(before, TOKYO) == week_end(before, TOKYO) == monday


@pytest.mark.spec("CB-10", "RE-1")
@pytest.mark.parametrize(
    ("left", "begins"),
    [
        (timedelta(0), True),
        (timedelta(seconds=1), False),
        (50 * HOUR, False),
        (50 * HOUR + timedelta(seconds=1), True),
        (1000 * DAY, True),
    ],
)
def test_a_day_that_ends_too_late_was_set_by_a_wrong_clock(left: timedelta, begins: bool) -> None:
    state = known(day_until=START + left)
    assert ("DayStarted" in told(state, book())) is begins


@pytest.mark.spec("CB-10", "RE-1")
@pytest.mark.parametrize(
    ("left", "begins"),
    [(timedelta(0), True), (9 * DAY, False), (9 * DAY + HOUR, True), (1000 * DAY, True)],
)
def test_a_week_that_ends_too_late_was_set_by_a_wrong_clock(left: timedelta, begins: bool) -> None:
    weekly = replace(BreakerPolicy(), weekly_loss=Threshold(warn=0.1, trip=0.2))
    state = known(week_until=START + left, week_equity=Quote(1000.0))
    assert ("WeekStarted" in told(state, book(), Policy(breaker=weekly))) is begins


@pytest.mark.spec("CB-10")
@pytest.mark.parametrize(
    ("threshold", "begins"),
    [
        (Threshold(), False),
        (Threshold(warn=0.1), True),
        (Threshold(trip=0.1), True),
        (Threshold(warn=0.1, trip=0.2), True),
    ],
)
def test_a_week_is_kept_where_it_has_a_limit(threshold: Threshold, begins: bool) -> None:
    policy = Policy(breaker=replace(BreakerPolicy(), weekly_loss=threshold))
    assert ("WeekStarted" in told(known(), book(), policy)) is begins


# --- trust ---------------------------------------------------------------------------------------


@pytest.mark.spec("CB-11")
@pytest.mark.parametrize("doubt", ["the wallet", "the adapter", "nobody"])
def test_references_stand_still_while_anybody_doubts(doubt: str) -> None:
    state = known(peak_equity=Quote(500.0), day_until=START)
    if doubt == "the wallet":
        seen = book(wallet=None)
    else:
        seen = book(untrusted="x" if doubt == "the adapter" else None)
    moved = {"DayStarted", "PeakRaised"} & set(told(state, seen))
    assert bool(moved) is (doubt == "nobody")


@pytest.mark.spec("MO-4")
def test_a_mismatch_is_told_when_it_begins_changes_and_ends() -> None:
    state = known()
    for seen, said in (
        (book(unknown="X"), ["MismatchFound"]),
        (book(unknown="".join(["X"])), []),
        (book(unknown="Y"), ["MismatchFound"]),
        (book(settling=True), []),
        (book(), ["MismatchCleared"]),
        (book(), []),
    ):
        assert [name for name in told(state, seen) if name.startswith("Mismatch")] == said


@pytest.mark.spec("MO-4")
@pytest.mark.parametrize(
    ("fault", "unknown", "mismatch", "shown"),
    [
        ("a", "b", "c", "a"),
        (None, "b", "c", "b"),
        (None, None, "c", "c"),
        (None, "b", None, "b"),
        (None, None, None, None),
    ],
)
def test_the_first_known_fault_is_the_accounts(
    fault: str | None, unknown: str | None, mismatch: str | None, shown: str | None
) -> None:
    state = known(mismatch=mismatch)
    account, _ = account_of(state, book(unknown=unknown), Policy(), fault=fault)
    assert account.fault == shown


# --- orders under way ----------------------------------------------------------------------------


@pytest.mark.spec("MO-4")
@pytest.mark.parametrize(("side", "means"), [("buy", Side.LONG), ("sell", Side.SHORT)])
@pytest.mark.parametrize("where", ["unresolved", "pending"])
def test_an_order_under_way_binds_what_it_may_become(where: str, side: str, means: Side) -> None:
    """100 at 8x binds a margin of 12.5."""
    orders = (order(side), order(side, intent="exit", reduces=True))
    account, _ = account_of(known(**{where: orders}), book(), Policy())
    [entry] = account.working
    assert (entry.side, entry.stake, entry.notional) == (means, 12.5, 100)
    assert (entry.leverage, entry.order_id, entry.opened_at) == (8, "i", START)


@pytest.mark.spec("CB-6")
@pytest.mark.parametrize(
    ("opened", "probes"),
    [(-HOUR, 0), (timedelta(0), 1), (HOUR, 1), (None, 1)],
)
@pytest.mark.parametrize("works", [False, True])
def test_what_was_opened_since_the_test_began_is_a_probe(
    opened: timedelta | None, probes: int, works: bool
) -> None:
    at = None if opened is None else START + opened
    entry = WorkingEntry(
        pair="A/U", side=Side.LONG, stake=Quote(1.0), notional=Quote(1.0), opened_at=at
    )
    held = replace(position(), pair="A/U", opened_at=at)
    seen = book(working=(entry,)) if works else book(positions=(held,))
    seen = replace(seen, at=START + 2 * HOUR)
    state = known(breaker=BreakerState.HALF_OPEN, half_open_since=START)
    assert account_of(state, seen, Policy())[0].probes == probes


@pytest.mark.spec("CB-6")
@pytest.mark.parametrize("breaker", [s for s in BreakerState if s is not BreakerState.HALF_OPEN])
def test_there_are_no_probes_without_a_test(breaker: BreakerState) -> None:
    state = known(breaker=breaker, half_open_since=START)
    assert account_of(state, book(positions=(position(),)), Policy())[0].probes == 0
    undated = known(breaker=BreakerState.HALF_OPEN)
    assert account_of(undated, book(positions=(position(),)), Policy())[0].probes == 0


# --- what is handed on ---------------------------------------------------------------------------


@pytest.mark.spec("MO-2")
def test_the_account_carries_the_level_of_its_score() -> None:
    """All exposure used and five pairs of ten: 30 + 10 = 40 points, level MEDIUM."""
    held = tuple(position(i, notional=100) for i in range(1, 6))
    account, score = account_of(known(), book(positions=held), Policy())
    assert (account.level, score.level) == (RiskLevel.MEDIUM, RiskLevel.MEDIUM)
    flat, _ = account_of(known(), book(), Policy())
    assert flat.level is RiskLevel.MINIMAL


@pytest.mark.spec("CB-5", "EM-1")
def test_the_answer_of_a_look_is_that_after_its_events() -> None:
    """The look that opens the breaker already shows it open, and closes what the emergency does."""
    state = known(day_equity=Quote(1100.0))
    seen = assess(
        state, book(positions=(position(1, notional=90, opened_at=START - HOUR),)), Policy()
    )
    assert (seen.account.breaker, seen.account.emergency) == (BreakerState.OPEN, True)
    assert seen.directive.close == {1: "risk_emergency"}


@pytest.mark.spec("EM-4")
def test_the_look_that_ends_the_emergency_shows_it_ended() -> None:
    state = known(
        breaker=BreakerState.HALF_OPEN,
        half_open_since=START,
        half_open_equity=Quote(1000.0),
        wins=2,
        emergency=True,
        emergency_since=START,
    )
    seen = assess(state, book(), Policy())
    assert (seen.account.breaker, seen.account.emergency) == (BreakerState.CLOSED, False)


@pytest.mark.spec("EM-1")
def test_a_crash_under_a_latch_shows_its_emergency_at_once() -> None:
    """The breaker does not move, only the emergency begins."""
    state = known(breaker=BreakerState.LATCHED, day_equity=Quote(1100.0))
    seen = assess(
        state, book(positions=(position(1, notional=90, opened_at=START - HOUR),)), Policy()
    )
    assert seen.account.emergency
    assert seen.directive.close == {1: "risk_emergency"}


@pytest.mark.spec("CB-2")
def test_only_warnings_and_observed_trips_are_warned_of() -> None:
    state = known(day_equity=Quote(1100.0))
    events = assess(state, book(), Policy()).events
    warned = {e.trigger.name for e in events if isinstance(e, ev.WarningRaised)}
    assert "daily_loss" not in warned
    assert any(isinstance(e, ev.BreakerTripped) for e in events)


def test_a_side_has_a_sign() -> None:
    assert (Side.LONG.sign, Side.SHORT.sign) == (1, -1)


@pytest.mark.spec("RE-1")
@pytest.mark.parametrize(
    ("later", "since"),
    [(timedelta(0), timedelta(0)), (HOUR, HOUR), (-timedelta(seconds=1), timedelta.max)],
)
def test_a_time_that_lies_ahead_passed_long_ago(later: timedelta, since: timedelta) -> None:
    assert passed(START, START + later) == since


@pytest.mark.spec("CB-6", "RE-1")
@pytest.mark.parametrize("name", SINCE)
@pytest.mark.parametrize(
    ("ahead", "told"),
    [(timedelta(seconds=1), True), (timedelta(0), False), (-HOUR, False), (400 * DAY, True)],
)
def test_a_moment_that_lies_ahead_is_brought_back(name: str, ahead: timedelta, told: bool) -> None:
    state = known(breaker=BreakerState.HALF_OPEN)
    setattr(state, name, START + ahead)
    events = list(assess(state, book(untrusted="x"), Policy()).events)
    assert any(isinstance(event, ev.ClockSetBack) for event in events) is told
    if name != "distrust_since":  # the wallet agrees: that doubt ends in the same look
        assert getattr(state, name) == min(START, START + ahead)
