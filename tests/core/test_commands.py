"""What people can order: what follows, what is refused in words, and who is named."""

from __future__ import annotations

import pytest

from riskplugin.core import events as ev
from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.commands import COMMANDS, Order, Refused, carry_out
from riskplugin.core.levels import Side
from riskplugin.core.snapshot import Position, WorkingEntry
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote
from tests.core.books import START, position
from tests.orders import entry_sent

ORDER = entry_sent(pair="P1/USDT")
WORKING = WorkingEntry(
    pair="P2/USDT", side=Side.LONG, stake=Quote(10.0), notional=Quote(10.0), trade_id=2
)


def book(*positions: Position, working: tuple[WorkingEntry, ...] = ()) -> Book:
    return Book(
        at=START, wallet=Quote(1000.0), result=Quote(0.0), positions=positions, working=working
    )


def order(state: RiskState, command: str, seen: Book | None = None) -> list[ev.Event]:
    events = []
    for event in carry_out(state, seen or book(), command, Order(by="ann", reason="news")):
        state.observe(event)
        events.append(event)
    return events


@pytest.mark.parametrize("state", [s for s in BreakerState if s is not BreakerState.LATCHED])
def test_a_trip_latches_from_every_other_state(state: BreakerState) -> None:
    risk = RiskState(breaker=state)
    assert order(risk, "trip") == [ev.BreakerLatched(at=START, by="ann", reason="news")]
    assert risk.breaker is BreakerState.LATCHED
    with pytest.raises(Refused, match="latched already \\(by ann\\)"):
        order(risk, "trip")


@pytest.mark.parametrize("state", [BreakerState.CLOSED, BreakerState.HALF_OPEN])
def test_there_is_nothing_to_rearm_in_a_breaker_that_lets_orders_pass(state: BreakerState) -> None:
    with pytest.raises(Refused, match=f"the breaker is {state}"):
        order(RiskState(breaker=state), "rearm")


@pytest.mark.parametrize("state", [BreakerState.OPEN, BreakerState.LATCHED])
def test_rearming_begins_the_test_and_settles_open_questions(state: BreakerState) -> None:
    risk = RiskState(breaker=state, capital=Quote(1000.0), unresolved=(ORDER,))
    begun, settled = order(risk, "rearm")
    assert isinstance(begun, ev.BreakerHalfOpened)
    assert (begun.by, begun.reason, begun.equity) == ("ann", "news", 1000)
    assert settled == ev.IntentResolved(at=START, intent="i", how="re-armed by ann")
    assert risk.breaker is BreakerState.HALF_OPEN
    assert risk.unresolved == ()


@pytest.mark.spec("EM-3")
@pytest.mark.parametrize("seen", [book(position()), book(working=(WORKING,))])
def test_nobody_rearms_while_the_book_is_being_closed(seen: Book) -> None:
    risk = RiskState(breaker=BreakerState.LATCHED, flattening=True)
    with pytest.raises(Refused, match="close-all is still running"):
        order(risk, "rearm", seen)


@pytest.mark.spec("EM-3")
def test_a_book_that_is_flat_or_not_being_closed_can_be_rearmed() -> None:
    for risk, seen in (
        (RiskState(breaker=BreakerState.LATCHED, flattening=True), book()),
        (RiskState(breaker=BreakerState.LATCHED), book(position())),
    ):
        order(risk, "rearm", seen)
        assert risk.breaker is BreakerState.HALF_OPEN


@pytest.mark.spec("EM-2")
def test_emergency_mode_goes_on_and_off_once() -> None:
    risk = RiskState()
    order(risk, "emergency-on")
    assert (risk.emergency, risk.emergency_by, risk.emergency_since) == (True, "ann", START)
    with pytest.raises(Refused, match="on already \\(by ann\\)"):
        order(risk, "emergency-on")
    order(risk, "emergency-off")
    assert (risk.emergency, risk.emergency_by, risk.emergency_since) == (False, None, None)
    with pytest.raises(Refused, match="not on"):
        order(risk, "emergency-off")


@pytest.mark.spec("EM-3")
def test_emergency_mode_stays_while_everything_is_being_closed() -> None:
    with pytest.raises(Refused, match="close-all is still running"):
        order(RiskState(emergency=True, flattening=True), "emergency-off")


@pytest.mark.spec("EM-3")
@pytest.mark.parametrize("breaker", list(BreakerState))
@pytest.mark.parametrize("emergency", [False, True])
@pytest.mark.parametrize("flattening", [False, True])
def test_close_all_orders_what_is_not_ordered_yet(
    breaker: BreakerState, emergency: bool, flattening: bool
) -> None:
    risk = RiskState(breaker=breaker, emergency=emergency, flattening=flattening)
    kinds = [type(event) for event in order(risk, "close-all", book(position(7)))]
    assert (ev.BreakerLatched in kinds) is (breaker is not BreakerState.LATCHED)
    assert (ev.EmergencyEntered in kinds) is not emergency
    assert (ev.FlattenOrdered in kinds) is not flattening
    assert risk.breaker is BreakerState.LATCHED
    assert risk.emergency
    assert risk.flattening


@pytest.mark.spec("EM-3")
def test_close_all_names_every_trade_once_positions_and_working_orders() -> None:
    both = (position(2), position(1))
    [*_, flat] = order(RiskState(), "close-all", book(*both, working=(WORKING,)))
    assert isinstance(flat, ev.FlattenOrdered)
    assert flat.trade_ids == (1, 2)


@pytest.mark.spec("CB-11")
def test_a_balance_is_confirmed_when_it_is_doubted_and_known() -> None:
    risk = RiskState(capital=Quote(500.0), distrust="x", distrust_since=START)
    nothing = Book(at=START, wallet=None, result=Quote(0.0))
    with pytest.raises(Refused, match="no balance is known"):
        order(risk, "confirm-balance", nothing)
    order(risk, "confirm-balance")
    assert (risk.capital, risk.distrust) == (1000, None)
    with pytest.raises(Refused, match="nothing to confirm"):
        order(risk, "confirm-balance")


def test_an_unknown_command_is_refused_with_those_that_exist() -> None:
    with pytest.raises(Refused) as refusal:
        order(RiskState(), "dance")
    assert all(name in str(refusal.value) for name in COMMANDS)
