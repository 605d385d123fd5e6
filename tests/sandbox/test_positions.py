"""Positions and wallets: nothing is lost or made, whatever is traded."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.sandbox.errors import ApiError
from riskplugin.sandbox.futures_wallet import FuturesWallet
from riskplugin.sandbox.instruments import BRACKETS, bracket_for, max_notional
from riskplugin.sandbox.positions import Position

quantities = st.integers(-500, 500).filter(bool).map(lambda n: Decimal(n) / 1000)
prices = st.integers(1, 100_000).map(lambda n: Decimal(n) / 100)
trades = st.lists(st.tuples(quantities, prices), min_size=1, max_size=12)


@given(trades, st.sampled_from([1, 3, 10, 20]), st.booleans())
def test_once_flat_the_wallet_holds_what_came_in_less_what_went_out(
    done: list[tuple[Decimal, Decimal]], leverage: int, isolated: bool
) -> None:
    wallet = FuturesWallet(Decimal(1000))
    wallet.setting("X").leverage, wallet.setting("X").isolated = leverage, isolated
    left = -sum((quantity for quantity, _ in done), Decimal(0))
    every = [*done, (left, Decimal(50))] if left else done
    for quantity, price in every:
        wallet.trade("X", quantity, price, Decimal(0), 0)
    paid = sum((quantity * price for quantity, price in every), Decimal(0))
    assert wallet.positions == {}
    assert wallet.balance == 1000 - paid


@given(trades, prices)
def test_profit_realised_and_unrealised_do_not_depend_on_the_order_of_booking(
    done: list[tuple[Decimal, Decimal]], mark: Decimal
) -> None:
    wallet = FuturesWallet(Decimal(0))
    for quantity, price in done:
        wallet.trade("X", quantity, price, Decimal(0), 0)
    worth = sum((quantity * (mark - price) for quantity, price in done), Decimal(0))
    assert wallet.balance + wallet.profit(lambda _: mark) == worth


@given(trades)
def test_isolated_margin_is_never_negative_and_ends_with_the_position(
    done: list[tuple[Decimal, Decimal]],
) -> None:
    wallet = FuturesWallet(Decimal(1000))
    wallet.setting("X").isolated = True
    for quantity, price in done:
        wallet.trade("X", quantity, price, Decimal(0), 0)
        assert wallet.isolated_margin() >= 0
        assert bool(wallet.isolated_margin()) == ("X" in wallet.positions)


@given(quantities, prices, st.sampled_from([2, 5, 10, 50]))
def test_the_liquidation_price_is_where_the_margin_is_down_to_maintenance(
    quantity: Decimal, price: Decimal, leverage: int
) -> None:
    position = Position("X", isolated=True, leverage=leverage)
    position.increase(quantity, price)
    mark = position.liquidation_price(position.margin)
    rest = position.margin + position.profit(mark) - position.maintenance(mark)
    same_tier = bracket_for(abs(position.cost)) == bracket_for(abs(position.notional(mark)))
    if same_tier and mark > 0:
        assert abs(rest) < Decimal("1e-15")
    sign = 1 if quantity > 0 else -1
    assert not position.is_bust(price)
    assert position.is_bust(mark * (1 - sign * Decimal("0.01"))) or mark == 0


def test_brackets_join_without_a_step() -> None:
    for lower, upper in itertools.pairwise(BRACKETS):
        edge = lower.cap
        assert edge * lower.ratio - lower.cum == edge * upper.ratio - upper.cum
        assert upper.leverage < lower.leverage
    assert max_notional(BRACKETS[0].leverage) == BRACKETS[0].cap


def test_longs_pay_funding_and_shorts_receive_it() -> None:
    for quantity, expected in ((Decimal(2), Decimal(998)), (Decimal(-2), Decimal(1002))):
        wallet = FuturesWallet(Decimal(1000))
        wallet.setting("X").isolated = True
        wallet.trade("X", quantity, Decimal(100), Decimal(0), 0)
        margin = wallet.isolated_margin()
        wallet.fund("X", Decimal("0.01"), Decimal(100), 0)
        assert wallet.balance == expected
        assert wallet.isolated_margin() - margin == wallet.balance - 1000


def test_leverage_and_margin_type_are_guarded_as_on_binance() -> None:
    wallet = FuturesWallet(Decimal(1000))
    wallet.set_isolated("X", isolated=True)
    wallet.set_leverage("X", 10)
    wallet.trade("X", Decimal(1), Decimal(100), Decimal(0), 0)
    cases: list[tuple[Callable[[], None], int]] = [
        (lambda: wallet.set_isolated("X", isolated=True), -4046),
        (lambda: wallet.set_isolated("X", isolated=False), -4048),
        (lambda: wallet.set_leverage("X", 5), -4161),
        (lambda: wallet.set_leverage("X", 500), -4028),
    ]
    for action, code in cases:
        with pytest.raises(ApiError) as refused:
            action()
        assert refused.value.code == code
