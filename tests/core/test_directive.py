"""What the adapter is told to do, at each limit and just beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from riskplugin.core.breaker import BreakerState
from riskplugin.core.directive import direct
from riskplugin.core.levels import Mode
from riskplugin.core.policy import Policy
from riskplugin.core.snapshot import AccountSnapshot, Position
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote
from tests.core.books import MINUTE, START, position

POLICY = Policy()
EMERGENCY = RiskState(emergency=True, emergency_since=START)


def account(*positions: Position, equity: float = 1000.0) -> AccountSnapshot:
    return AccountSnapshot(equity=Quote(equity), positions=positions)


def closed(state: RiskState, *positions: Position, policy: Policy = POLICY) -> dict[int, str]:
    return dict(direct(state, account(*positions), policy).close)


@pytest.mark.spec("CB-5")
@pytest.mark.parametrize("flattening", [False, True])
@pytest.mark.parametrize("breaker", list(BreakerState))
def test_entries_are_halted_while_open_latched_or_closing(
    breaker: BreakerState, flattening: bool
) -> None:
    told = direct(RiskState(breaker=breaker, flattening=flattening), account(), POLICY)
    shut = breaker in (BreakerState.OPEN, BreakerState.LATCHED)
    assert told.halted is (shut or flattening)
    assert told.close_all == ("risk_close_all" if flattening else None)
    assert told.close == {}


@pytest.mark.spec("EM-1")
def test_the_stop_is_wider_in_an_emergency_and_absent_when_it_only_observes() -> None:
    assert direct(RiskState(), account(), POLICY).stop == 0.05
    assert direct(EMERGENCY, account(), POLICY).stop == 0.10
    observing = replace(POLICY, modes={"stop": Mode.OBSERVE})
    assert direct(RiskState(), account(), observing).stop is None


@pytest.mark.spec("LV-2")
def test_only_leverage_above_the_hard_cap_is_closed() -> None:
    book = [position(i, leverage=x) for i, x in enumerate((1.0, 19.0, 20.0, 20.5), start=1)]
    assert closed(RiskState(), *book) == {4: "risk_leverage"}
    assert closed(RiskState(), *book[:3]) == {}
    observing = replace(POLICY, modes={"leverage": Mode.OBSERVE})
    assert closed(RiskState(), *book, policy=observing) == {}


@pytest.mark.spec("EM-1")
def test_the_emergency_limits_themselves_are_allowed() -> None:
    """0.5 % of 1000 is 5; leverage up to 5; three positions."""
    inside = [position(i, notional=25, leverage=5, opened_at=START - MINUTE) for i in (1, 2, 3)]
    assert closed(EMERGENCY, *inside) == {}
    assert closed(EMERGENCY, replace(inside[0], leverage=5.5)) == {1: "risk_emergency"}
    assert closed(EMERGENCY, replace(inside[0], leverage=1.0)) == {}
    assert closed(EMERGENCY, replace(inside[0], stake=Quote(5.01))) == {1: "risk_emergency"}
    observing = replace(POLICY, modes={"emergency": Mode.OBSERVE})
    assert closed(EMERGENCY, replace(inside[0], leverage=6.0), policy=observing) == {}
    assert closed(RiskState(), replace(inside[0], leverage=6.0)) == {}


@pytest.mark.spec("EM-1")
@pytest.mark.parametrize(
    ("opened", "older"),
    [(-timedelta(seconds=1), True), (timedelta(0), False), (timedelta(seconds=1), False)],
)
def test_size_is_asked_of_what_was_open_before_the_emergency(
    opened: timedelta, older: bool
) -> None:
    large = position(1, notional=50, opened_at=START + opened)
    assert bool(closed(EMERGENCY, large)) is older


@pytest.mark.spec("EM-1")
def test_a_position_of_unknown_age_is_old() -> None:
    large = position(1, notional=50)
    assert closed(EMERGENCY, replace(large, opened_at=None))
    assert closed(RiskState(emergency=True), large)


@pytest.mark.spec("EM-1")
def test_the_worst_beyond_the_count_go_and_a_trade_without_a_number_is_left() -> None:
    book = [position(i, notional=4, unrealised=-i) for i in (3, 1, 5, 2, 4)]
    assert set(closed(EMERGENCY, *book)) == {4, 5}
    assert closed(EMERGENCY, replace(position(1, leverage=9), trade_id=None)) == {}
