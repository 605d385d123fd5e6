"""Trades that were edited or deleted are no flow of money, and erase no drawdown (CB-4, CB-11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core import events as ev
from riskplugin.core.book import Book
from riskplugin.core.levels import Side
from riskplugin.core.monitor import assess
from riskplugin.core.policy import Policy
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote

pytestmark = pytest.mark.spec("CB-4", "CB-11", "MO-4")

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def look(
    state: RiskState, wallet: float, closed: float, *, minutes: float = 0, open_result: float = 0
) -> tuple[ev.Event, ...]:
    book = Book(
        at=NOW + timedelta(minutes=minutes),
        wallet=Quote(wallet),
        result=Quote(closed + open_result),
        closed_result=Quote(closed),
    )
    return assess(state, book, Policy()).events


def reads(events: tuple[ev.Event, ...]) -> list[ev.RecordsRead]:
    return [e for e in events if isinstance(e, ev.RecordsRead)]


def test_the_first_look_reads_the_records_and_moves_nothing() -> None:
    state = RiskState()
    [read] = reads(look(state, 10_000, -300))
    assert read.correction == 0
    assert (state.capital, state.records) == (10_300, -300)
    assert not reads(look(state, 10_000, -300, minutes=1))


@given(st.floats(-900, 900), st.floats(-5_000, 5_000))
def test_deleted_trades_leave_equity_and_references_where_they_are(
    closed: float, kept: float
) -> None:
    state = RiskState()
    look(state, 10_000, 0)
    look(state, 10_000 + closed, closed, minutes=1)
    references = (state.peak_equity, state.day_equity)
    look(state, 10_000 + closed, kept, minutes=2)
    events: tuple[ev.Event, ...] = ()
    for minute in range(3, 9):
        events = look(state, 10_000 + closed, kept, minutes=minute)
    assert not events
    assert state.distrust is None
    assert (state.peak_equity, state.day_equity) == references


def test_a_deposit_is_no_change_of_records() -> None:
    state = RiskState()
    look(state, 10_000, 0)
    assert not reads(look(state, 12_000, 0, minutes=1))
    assert state.distrust is not None
    look(state, 12_000, 0, minutes=4)
    assert state.distrust is None
    assert state.peak_equity == 12_000


def test_a_jump_of_both_in_other_amounts_is_not_explained_by_the_records() -> None:
    state = RiskState()
    look(state, 10_000, 0)
    assert not reads(look(state, 10_000, 400, minutes=1, open_result=400))
    assert state.distrust is not None


def test_trades_closed_while_the_bot_was_away_are_taken_over_quietly() -> None:
    state = RiskState()
    look(state, 10_000, 0)
    [read] = reads(look(state, 9_990, -10, minutes=1))
    assert read.correction == 0
    assert state.capital == 10_000
    assert state.records == -10


def test_a_closed_trade_is_part_of_the_records() -> None:
    state = RiskState()
    look(state, 10_000, 0)
    state.observe(
        ev.TradeClosed(
            at=NOW,
            trade_id=1,
            pair="BTC",
            side=Side.LONG,
            profit=Quote(5.0),
            opened_at=NOW,
            exit_reason="roi",
        )
    )
    assert state.records == 5
    assert not reads(look(state, 10_005, 5, minutes=1))
