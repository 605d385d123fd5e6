"""Wallet against records, at each boundary: what is believed, doubted, confirmed and remembered.

Figures are powers of two, so that a boundary is met exactly: 1024 of capital, 8 of tolerance.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from riskplugin.core import events as ev
from riskplugin.core.book import Book
from riskplugin.core.policy import TrustPolicy
from riskplugin.core.state import RiskState
from riskplugin.core.trust import confirm, doubt, equity_of, reconcile
from riskplugin.core.units import Quote, Ratio
from tests.core.books import START

pytestmark = pytest.mark.spec("CB-4", "CB-11")

TRUST = TrustPolicy(tolerance=Ratio(1 / 128), max_jump=Ratio(0.5))
DOUBTED: dict[str, Any] = {"distrust": "x", "distrust_since": START, "distrust_gap": Quote(16.0)}


def known(**fields: Any) -> RiskState:
    return RiskState(**{"capital": Quote(1024.0), **fields})


def book(wallet: float | None, result: float = 0.0, **fields: Any) -> Book:
    shown = None if wallet is None else Quote(wallet)
    return Book(**{"at": START, "wallet": shown, "result": Quote(result), **fields})


def look(state: RiskState, seen: Book) -> list[ev.Event]:
    events = []
    for event in reconcile(state, seen, TRUST):
        state.observe(event)
        events.append(event)
    return events


def test_before_the_first_balance_there_is_no_equity() -> None:
    assert equity_of(RiskState(), book(None)) == 0
    assert equity_of(RiskState(), book(700, settling=True)) == 700


@pytest.mark.parametrize("why", [{"distrust": "x"}, {}])
def test_the_records_count_capital_result_and_the_accepted_gap(why: dict[str, Any]) -> None:
    state = known(wallet_gap=Quote(3.0), **why)
    assert equity_of(state, book(2000 if why else None, 10)) == 1037
    assert equity_of(state, book(2000, 10, settling=True)) == 1037


def test_the_first_balance_sets_the_capital_less_what_was_earned() -> None:
    state = RiskState()
    [first] = look(state, book(1000, 24))
    assert first == ev.CapitalChanged(
        at=START, amount=Quote(976.0), equity_before=Quote(0.0), by="start"
    )
    assert state.capital == 976


@pytest.mark.parametrize("gap", [-4.0, 0.0, 4.0])
@pytest.mark.parametrize(
    ("jump", "doubted"), [(8.0, False), (-8.0, False), (8.5, True), (-8.5, True)]
)
def test_a_jump_beyond_the_tolerance_is_doubted(gap: float, jump: float, doubted: bool) -> None:
    """The tolerance is a share of what the records give, the accepted gap included."""
    state = known(capital=Quote(1024.0 - gap), wallet_gap=Quote(gap))
    events = look(state, book(1024 + jump))
    assert (state.distrust is not None) is doubted
    if doubted:
        assert events == [
            ev.EquityDistrusted(
                at=START,
                reason=f"the wallet shows {1024 + jump:.2f} where the records give 1024.00",
                gap=Quote(jump),
            )
        ]
    else:
        assert state.wallet_gap == gap + jump


@pytest.mark.parametrize(("jump", "told"), [(0.0625, False), (0.1025, True), (-0.1025, True)])
def test_dust_is_not_worth_an_event(jump: float, told: bool) -> None:
    """One ten-thousandth of 1024 is 0.1024."""
    assert bool(look(known(), book(1024 + jump))) is told


@pytest.mark.parametrize(
    ("seen", "jump", "again"),
    [(16.0, 16.0, False), (16.0, 24.0, False), (16.0, 24.5, True), (16.0, -16.0, True)],
)
def test_a_doubt_is_told_anew_when_the_jump_has_changed(
    seen: float, jump: float, again: bool
) -> None:
    state = known(**{**DOUBTED, "distrust_gap": Quote(seen)})
    later = START + timedelta(seconds=1)
    assert bool(look(state, book(1024 + jump, at=later))) is again
    assert state.distrust_since == (later if again else START)


@pytest.mark.parametrize(
    ("waited", "confirmed"),
    [(timedelta(minutes=2), True), (timedelta(seconds=119), False), (timedelta(hours=1), True)],
)
def test_a_jump_that_stands_long_enough_is_money_that_came(
    waited: timedelta, confirmed: bool
) -> None:
    state = known(**DOUBTED)
    look(state, book(1040, at=START + waited))
    assert (state.distrust is None) is confirmed
    assert state.capital == (1040 if confirmed else 1024)


@pytest.mark.parametrize(
    ("wallet", "fields", "confirmed"),
    [
        (512.0, {}, True),
        (511.0, {}, False),
        (900.0, {"mismatch": "the exchange holds X"}, False),
        (900.0, {"distrust_since": None}, False),
        (90_000.0, {}, True),
    ],
)
def test_time_confirms_no_vanished_account_and_none_with_a_mismatch(
    wallet: float, fields: dict[str, Any], confirmed: bool
) -> None:
    doubt = {**DOUBTED, "distrust_gap": Quote(wallet - 1024), **fields}
    state = known(**doubt)
    look(state, book(wallet, at=START + timedelta(hours=1)))
    assert (state.distrust is None) is confirmed


def test_confirming_needs_a_balance_and_a_capital() -> None:
    assert list(confirm(known(), book(None), by="ann")) == []
    assert list(confirm(RiskState(), book(1000), by="ann")) == []
    state = known(wallet_gap=Quote(2.0))
    flow, trusted = confirm(state, book(1000, 10), by="ann")
    assert flow == ev.CapitalChanged(
        at=START, amount=Quote(-36.0), equity_before=Quote(1036.0), by="ann"
    )
    assert isinstance(trusted, ev.EquityTrusted)
    assert trusted.reason == "difference of -36.00 confirmed by ann"


@pytest.mark.parametrize(
    ("doubt", "told"),
    [
        ({}, True),
        ({**DOUBTED, "distrust_gap": None}, False),
        (DOUBTED, True),
    ],
)
def test_an_unknown_balance_is_doubted_once(doubt: dict[str, Any], told: bool) -> None:
    state = known(**doubt)
    assert bool(look(state, book(None))) is told
    assert state.distrust_gap is None


def test_wallet_and_records_that_agree_again_are_trusted() -> None:
    state = known(**DOUBTED)
    [trusted] = look(state, book(1024))
    assert trusted == ev.EquityTrusted(at=START, reason="wallet and records agree again")


# --- records that change by themselves -----------------------------------------------------------


@pytest.mark.spec("RE-1")
@pytest.mark.parametrize(
    ("before", "closed", "told"),
    [
        (None, 0.0, True),
        (None, 64.0, True),
        (64.0, None, False),
        (64.0, 64.0, False),
        (0.0, 0.9e-6, False),
        (0.0, 1.1e-6, True),
        (64.0, 64.00005, False),
        (64.0, 64.00007, True),
        (-64.0, -64.00007, True),
    ],
)
def test_the_sum_of_closed_trades_is_told_when_it_is_new_or_other(
    before: float | None, closed: float | None, told: bool
) -> None:
    """The wallet agrees; sums in another order differ by less than a millionth."""
    state = known(records=None if before is None else Quote(before))
    sums = None if closed is None else Quote(closed)
    events = look(state, book(1024, closed_result=sums))
    assert [type(e) for e in events] == [ev.RecordsRead] * told
    if told:
        assert events[0] == ev.RecordsRead(at=START, closed=sums, correction=Quote(0.0))  # type: ignore[arg-type]


@pytest.mark.spec("RE-1")
@pytest.mark.parametrize(
    ("result", "closed", "edited"),
    [(-32.0, -32.0, True), (-32.0, -39.75, True), (-32.0, -40.0, False), (-32.0, 0.0, False)],
)
def test_records_that_moved_as_the_wallet_did_not_were_edited(
    result: float, closed: float, edited: bool
) -> None:
    """The records fell by 32, the wallet stands: the capital takes it up. 992 allow 7.75."""
    state = known(records=Quote(0.0))
    look(state, book(1024, result, closed_result=Quote(closed)))
    assert (state.distrust is None) is edited
    assert state.capital == (1056 if edited else 1024)


@pytest.mark.spec("RE-1")
def test_what_is_read_for_the_first_time_explains_no_jump() -> None:
    state = known()
    look(state, book(1024, -32, closed_result=Quote(-32.0)))
    assert state.distrust is not None
    assert state.capital == 1024


@pytest.mark.parametrize(
    ("capital", "wallet", "fields", "doubted"),
    [
        (1024.0, None, {}, True),
        (1024.0, 1024.0, {}, False),
        (1024.0, 1032.0, {}, False),
        (1024.0, 1032.5, {}, True),
        (1024.0, 1016.0, {}, False),
        (1024.0, 1015.5, {}, True),
        (1024.0, 9000.0, {"settling": True}, False),
        (None, 9000.0, {}, False),
    ],
)
def test_between_two_looks_a_wallet_is_doubted_as_in_a_look(
    capital: float | None, wallet: float | None, fields: dict[str, Any], doubted: bool
) -> None:
    state = RiskState(capital=None if capital is None else Quote(capital))
    before = replace(state)
    assert (doubt(state, book(wallet, **fields), TRUST) is not None) is doubted
    assert state == before
