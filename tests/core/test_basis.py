"""What is recorded with a decision is enough to make it again, to the last figure and word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core.basis import basis_of
from riskplugin.core.breaker import BreakerState
from riskplugin.core.gate import Gate
from riskplugin.core.policy import Policy
from riskplugin.core.snapshot import AccountSnapshot, EntryRequest
from riskplugin.core.sums import NO_HOLDING
from tests.core.strategies import (
    ACCOUNT,
    HOSTILE,
    NOW,
    REQUEST,
    accounts,
    changed,
    holding,
    policies,
    requests,
    working,
)

pytestmark = pytest.mark.spec("AU-1", "AU-3")


@given(
    request=requests(),
    account=accounts(),
    policy=policies(),
    untrusted=st.none() | st.just("the wallet is empty"),
    fault=st.none() | st.just("no ledger"),
)
def test_the_gate_says_the_same_of_an_account_and_of_its_basis(
    request: EntryRequest,
    account: AccountSnapshot,
    policy: Policy,
    untrusted: str | None,
    fault: str | None,
) -> None:
    account = replace(account, untrusted=untrusted, fault=fault)
    gate = Gate(policy)
    basis = basis_of(account, request.pair)
    assert gate.decide(request, basis) == gate.decide(request, account)
    assert basis_of(basis, request.pair) == basis


@pytest.mark.parametrize(
    "pair", [v for v in HOSTILE if not isinstance(v, str)], ids=lambda v: type(v).__name__
)
def test_a_pair_that_is_none_holds_nothing(pair: object) -> None:
    basis = basis_of(ACCOUNT, changed(REQUEST, pair=pair).pair)
    assert (basis.held_stake, basis.held_notional) == (0.0, 0.0)


def test_only_what_the_pair_itself_holds_is_in_it() -> None:
    held = (holding("BTC/USDT", 10.0, 3.0, opened_at=NOW), holding("ETH/USDT", 20.0))
    account = replace(ACCOUNT, positions=held, working=(working("BTC/USDT", 5.0),))
    basis = basis_of(account, "BTC/USDT")
    assert (basis.held_stake, basis.held_notional) == (15.0, 35.0)
    assert (basis.exposure, basis.open_count) == (55.0, 2)
    assert basis.holding("ETH/USDT") == NO_HOLDING
    assert basis.held_since == (), "a closed breaker does not ask how old anything is"


def test_a_half_open_breaker_asks_how_old_a_holding_is() -> None:
    since = NOW - timedelta(hours=1)
    older = holding("BTC/USDT", 10.0, opened_at=since - timedelta(hours=1))
    account = replace(
        ACCOUNT, positions=(older,), breaker=BreakerState.HALF_OPEN, half_open_since=since
    )
    basis = basis_of(account, "BTC/USDT")
    assert basis.opened("BTC/USDT") == (older.opened_at,)
    assert basis.opened("ETH/USDT") == ()
    assert not Gate(Policy()).decide(REQUEST, basis).allowed
