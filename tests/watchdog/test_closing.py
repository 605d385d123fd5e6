"""The dead man's plan can only reduce: any mixture of positions, orders and balances."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core.levels import Side
from riskplugin.watchdog.closing import (
    Aim,
    Held,
    Working,
    coin_of,
    left_to_sell,
    to_cancel,
    to_close,
    to_sell,
)
from riskplugin.watchdog.sight import Listed

pytestmark = pytest.mark.spec("EM-3")

PAIRS = ("BTC/USDT", "BTC/USDC", "ETH/USDT", "SOL/USDT", "XRP/USDT")
ODD = st.sampled_from([0.0, -1.0, float("nan"), float("inf")])
amounts = st.one_of(st.floats(1e-8, 1e6), ODD)
pairs = st.sampled_from(PAIRS)
sides = st.sampled_from(list(Side))
listed = st.lists(st.builds(Listed, pairs, sides, amounts), max_size=6).map(tuple)
expected = st.lists(st.tuples(pairs, sides), max_size=4).map(tuple)
aims = st.builds(Aim, listed, expected)
held = st.lists(st.builds(Held, pair=pairs, side=sides, amount=amounts), max_size=8)
working = st.lists(
    st.builds(Working, pair=pairs, id=st.uuids().map(str), reduces=st.booleans()), max_size=8
)
coins = st.dictionaries(st.sampled_from(["BTC", "ETH", "SOL", "XRP", "BNB"]), amounts)
sales = st.dictionaries(pairs, st.floats(0, 1e6))


@given(aims, held)
def test_futures_orders_reduce_what_the_bot_held_and_no_more(aim: Aim, held: list[Held]) -> None:
    ours = {(each.pair, each.side) for each in aim.listed} | set(aim.expected)
    for close in to_close(aim, held):
        side = Side.LONG if close.side == "sell" else Side.SHORT
        assert close.reduce_only
        assert (close.pair, side) in ours
        assert Held(pair=close.pair, side=side, amount=close.amount) in held
        assert 0 < close.amount < float("inf")


@given(aims, held)
def test_everything_the_bot_held_is_closed(aim: Aim, held: list[Held]) -> None:
    ours = {(each.pair, each.side) for each in aim.listed} | set(aim.expected)
    wanted = [h for h in held if (h.pair, h.side) in ours and 0 < h.amount < float("inf")]
    assert len(to_close(aim, held)) == len(wanted)


@given(aims, coins, sales)
def test_spot_sells_at_most_what_was_listed_what_is_free_and_what_is_not_sold_yet(
    aim: Aim, free: dict[str, float], sold: dict[str, float]
) -> None:
    by_coin: Counter[str] = Counter()
    rest = left_to_sell(aim, sold)
    for close in to_sell(aim, free, sold):
        assert close.side == "sell"
        assert 0 < close.amount <= rest[close.pair]
        assert sold.get(close.pair, 0.0) + close.amount <= sum(
            each.amount for each in aim.listed if each.pair == close.pair and each.amount > 0
        ) * (1 + 1e-12)
        by_coin[coin_of(close.pair)] += close.amount  # type: ignore[assignment]
    for coin, amount in by_coin.items():
        assert amount <= free[coin] * (1 + 1e-12)


@given(aims, coins)
def test_what_was_sold_once_is_not_sold_again(aim: Aim, free: dict[str, float]) -> None:
    sold: dict[str, float] = {}
    first = to_sell(aim, free, sold)
    for close in first:
        sold[close.pair] = sold.get(close.pair, 0.0) + close.amount
    total = Counter({close.pair: close.amount for close in first})
    for close in to_sell(aim, free, sold):
        listed = sum(e.amount for e in aim.listed if e.pair == close.pair and e.amount > 0)
        assert total[close.pair] + close.amount <= listed * (1 + 1e-12)


@given(aims, working, st.booleans())
def test_orders_of_other_pairs_and_what_protects_a_future_are_left_alone(
    aim: Aim, orders: list[Working], futures: bool
) -> None:
    cancelled = to_cancel(aim, orders, futures=futures)
    assert all(order.pair in aim.pairs for order in cancelled)
    assert not (futures and any(order.reduces for order in cancelled))
    entries = [order for order in orders if order.pair in aim.pairs and not order.reduces]
    assert [order for order in cancelled if not order.reduces] == entries


def test_a_position_on_the_other_side_is_somebody_elses() -> None:
    aim = Aim((Listed("BTC/USDT", Side.LONG, 1.0),))
    assert not to_close(aim, [Held(pair="BTC/USDT", side=Side.SHORT, amount=1.0)])


def test_a_short_is_no_reason_to_sell_on_a_spot_account() -> None:
    assert not to_sell(Aim((Listed("BTC/USDT", Side.SHORT, 1.0),)), {"BTC": 5.0}, {})
