"""The account of the latest question is used again only while nothing that it rests on changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.monitor import READ, account_of
from riskplugin.core.policy import Policy
from riskplugin.core.snapshot import AccountSnapshot
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote, Ratio
from riskplugin.service.accounts import Accounts
from tests.core.books import MINUTE, START, position
from tests.core.strategies import amounts, policies, positions, working
from tests.orders import entry_sent

ORDERS = (
    entry_sent(pair="BTC/USDT"),
    entry_sent(pair="X/USDT", intent="j", order_side="sell", leverage=4.0),
    entry_sent(pair="X/USDT", intent="k", reduces=True),
)
_money = amounts(0.0, 20_000.0).map(Quote)
_texts = st.none() | st.sampled_from(["one reason", "another"])
_orders = st.lists(st.sampled_from(ORDERS), max_size=2).map(tuple)

#: Two or more values for every field of the state that an account rests on.
VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "capital": st.none() | _money,
    "wallet_gap": amounts(-5.0, 5.0).map(Quote),
    "distrust": _texts,
    "peak_equity": st.none() | _money,
    "day_equity": st.none() | _money,
    "week_equity": st.none() | _money,
    "breaker": st.sampled_from(BreakerState),
    "half_open_since": st.sampled_from([None, START, START + MINUTE]),
    "emergency": st.booleans(),
    "consecutive_errors": st.integers(0, 6),
    "mismatch": _texts,
    "losing_streak": st.integers(0, 12),
    "answers": st.lists(st.booleans(), min_size=4, max_size=8).map(tuple),
    "unresolved": _orders,
    "pending": _orders,
}


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Books with and without positions, working entries, doubts."""
    entries = st.lists(st.sampled_from([working("ADA/USDT", 9.0), working("Z/USDT", 2.0, 3.0)]))
    return Book(
        at=START + 2 * MINUTE,
        wallet=draw(st.none() | _money),
        result=draw(_money),
        positions=tuple(draw(st.lists(positions(), max_size=3))),
        working=tuple(draw(entries)),
        price_age=timedelta(seconds=draw(st.integers(0, 300))),
        volatility=draw(st.none() | amounts(0.0, 2.0).map(Ratio)),
        untrusted=draw(_texts),
        unknown=draw(_texts),
        bound=draw(_money),
        settling=draw(st.booleans()),
    )


class _Watched:
    """A state that notes what of it is read."""

    def __init__(self, state: RiskState) -> None:
        self._state = state
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        kind = type(self._state)
        if isinstance(getattr(kind, name), property):
            return getattr(kind, name).fget(self)
        self.read.add(name)
        return getattr(self._state, name)


def anew(state: RiskState, book: Book, policy: Policy, fault: str | None) -> AccountSnapshot:
    """The account of a book of which nothing is known, with nothing added up before."""
    account, _ = account_of(state, replace(book), policy, fault=fault)
    return replace(account, sums=None)


states = st.fixed_dictionaries(dict(VALUES)).map(lambda values: RiskState(**values))


@given(states, books(), policies())
def test_an_account_rests_on_nothing_of_the_state_that_is_not_looked_at(
    state: RiskState, book: Book, policy: Policy
) -> None:
    watched: Any = _Watched(state)
    account_of(watched, book, policy)
    assert watched.read <= set(READ) == VALUES.keys()
    assert set(READ) <= {field.name for field in fields(RiskState)}


@given(st.data(), states, books(), policies())
def test_a_remembered_account_is_the_one_that_would_be_built_anew(
    data: st.DataObject, state: RiskState, book: Book, policy: Policy
) -> None:
    """Whatever changes between two questions, and when it changes back."""
    accounts, fault = Accounts(), None
    before = [book, replace(book)]
    for _ in range(data.draw(st.integers(2, 6))):
        assert accounts.of(state, book, policy, fault) == anew(state, book, policy, fault)
        match data.draw(st.sampled_from(["state", "state", "book", "policy", "fault"])):
            case "state":
                name = data.draw(st.sampled_from(READ))
                setattr(state, name, data.draw(VALUES[name]))
            case "book":
                book = data.draw(st.sampled_from(before) | books())
            case "policy":
                policy = data.draw(policies())
            case _:
                fault = data.draw(_texts)
    again = accounts.of(state, book, policy, fault)
    assert again == anew(state, book, policy, fault)
    assert accounts.of(state, book, policy, fault) is again


@pytest.mark.parametrize("name", READ)
@given(data=st.data())
def test_a_change_of_anything_that_an_account_rests_on_builds_it_anew(
    name: str, data: st.DataObject
) -> None:
    accounts, state, policy = Accounts(), RiskState(capital=Quote(1000.0)), Policy()
    book = Book(at=START, wallet=Quote(1000.0), result=Quote(0.0), positions=(position(),))
    known = accounts.of(state, book, policy, None)
    assert accounts.of(state, book, policy, None) is known
    before = getattr(state, name)
    setattr(state, name, data.draw(VALUES[name].filter(lambda value: value != before)))
    assert accounts.of(state, book, policy, None) is not known


def test_an_equal_book_is_another_look() -> None:
    accounts, state, policy = Accounts(), RiskState(capital=Quote(1000.0)), Policy()
    book = Book(at=START, wallet=Quote(1000.0), result=Quote(0.0))
    known = accounts.of(state, book, policy, None)
    assert accounts.of(state, replace(book), policy, None) is not known
    assert accounts.of(state, replace(book, untrusted="torn"), policy, None).untrusted == "torn"
