"""What a snapshot adds up, and what it refuses to hold."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core.book import Book
from riskplugin.core.levels import RiskLevel, Side
from riskplugin.core.snapshot import AccountSnapshot, Position, WorkingEntry
from riskplugin.core.sums import Holding, sums_of
from riskplugin.core.units import Quote
from tests.core.strategies import (
    ACCOUNT,
    NOW,
    REQUEST,
    accounts,
    amounts,
    changed,
    holding,
    positions,
    working,
)

BOOK = replace(
    ACCOUNT,
    positions=(holding("A/U", 100, 3), holding("B/U", 50)),
    working=(working("A/U", 20, 3), working("C/U", 10, 5)),
)


@pytest.mark.spec("MO-1")
def test_exposure_counts_positions_and_working_entries_gross() -> None:
    assert BOOK.exposure == 300.0 + 50.0 + 60.0 + 50.0
    assert BOOK.exposure_ratio == 0.046
    short = replace(holding("A/U", 100), side=Side.SHORT, amount=-100.0)
    assert replace(ACCOUNT, positions=(short, holding("B/U", 100))).exposure == 200.0


@pytest.mark.spec("SZ-10")
def test_a_pair_with_position_and_working_entry_counts_once_and_adds_up() -> None:
    assert BOOK.open_count == 3
    assert BOOK.holding("A/U") == Holding(Quote(120.0), Quote(360.0))
    assert BOOK.holding("Z/U") == Holding(Quote(0.0), Quote(0.0))
    assert BOOK.max_leverage == 5
    assert ACCOUNT.max_leverage == 0


@pytest.mark.spec("CB-3")
def test_losses_are_falls_from_their_reference() -> None:
    account = AccountSnapshot(
        equity=Quote(900), peak_equity=Quote(1_000), day_start_equity=Quote(950)
    )
    assert account.drawdown == 0.1
    assert account.daily_loss == pytest.approx(50 / 950)
    assert account.weekly_loss == 0.0
    assert replace(account, week_start_equity=Quote(1_800)).weekly_loss == 0.5
    assert replace(account, equity=Quote(1_200)).drawdown == 0.0
    assert replace(account, equity=Quote(-100)).drawdown == pytest.approx(1.1)


def test_references_that_are_missing_are_equity_itself() -> None:
    assert (ACCOUNT.peak_equity, ACCOUNT.day_start_equity) == (10_000.0, 10_000.0)
    assert (ACCOUNT.drawdown, ACCOUNT.daily_loss, ACCOUNT.weekly_loss) == (0.0, 0.0, 0.0)


def test_debts_against_a_reference_of_nothing_are_a_total_loss() -> None:
    assert AccountSnapshot(equity=Quote(-1), peak_equity=Quote(0)).drawdown == 1.0


def test_a_book_on_no_equity_has_infinite_exposure() -> None:
    broke = AccountSnapshot(equity=Quote(0), positions=(holding("A/U", 1),))
    assert broke.exposure_ratio == math.inf
    assert AccountSnapshot(equity=Quote(0)).exposure_ratio == 0.0


@pytest.mark.spec("LV-4")
@pytest.mark.parametrize(
    ("side", "entry", "mark", "liquidation", "room"),
    [
        (Side.LONG, 100, 100, 80, 1),
        (Side.LONG, 100, 85, 80, 0.25),
        (Side.LONG, 100, 110, 80, 1.5),
        (Side.LONG, 100, 79, 80, -0.05),
        (Side.SHORT, 100, 115, 120, 0.25),
        (Side.LONG, 100, 100, 120, None),
        (Side.LONG, 100, 100, None, None),
    ],
)
def test_liquidation_room_is_the_share_of_the_way_left(
    side: Side, entry: float, mark: float, liquidation: float | None, room: float | None
) -> None:
    position = Position(
        pair="A/U",
        side=side,
        amount=1.0,
        entry_price=entry,
        mark_price=mark,
        stake=Quote(10),
        liquidation_price=liquidation,
    )
    assert position.liquidation_room == (None if room is None else pytest.approx(room))
    safe = holding("B/U", 1, liquidation_price=0.0)
    smallest = replace(ACCOUNT, positions=(position, safe)).liquidation_room
    assert smallest == pytest.approx(1 if room is None else min(room, 1))


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "field",
    [
        "equity", "peak_equity", "day_start_equity", "week_start_equity",
        "volatility", "rejected_ratio",
    ],
)  # fmt: skip
def test_an_account_figure_that_is_not_finite_is_refused(field: str, bad: float) -> None:
    with pytest.raises(ValueError, match=field):
        changed(ACCOUNT, **{field: bad})


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize("field", ["peak_equity", "volatility", "rejected_ratio"])
def test_a_negative_figure_where_none_can_be_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        changed(ACCOUNT, **{field: -0.1})


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize(
    "field", ["amount", "mark_price", "entry_price", "stake", "leverage", "liquidation_price"]
)
def test_a_position_figure_that_is_not_finite_is_refused(field: str, bad: float) -> None:
    position = changed(holding("A/U", 10), **{field: bad})
    with pytest.raises(ValueError, match=r"number|finite"):
        replace(ACCOUNT, positions=(position,))


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize(("field", "bad"), [("stake", -1.0), ("notional", -1.0), ("leverage", 0)])
def test_a_working_entry_with_an_impossible_figure_is_refused(field: str, bad: float) -> None:
    entry = changed(working("A/U", 10), **{field: bad})
    with pytest.raises(ValueError, match="A/U"):
        replace(ACCOUNT, working=(entry,))


@pytest.mark.parametrize(
    ("price", "market", "factor"), [(50, 50, 1), (50, 100, 2), (100, 50, 1), (1, 100, 100)]
)
def test_an_order_is_valued_at_the_higher_price(price: float, market: float, factor: float) -> None:
    request = replace(REQUEST, price=price, market_price=market, leverage=3.0)
    assert request.price_factor == factor
    assert request.notional == pytest.approx(100 * 3 * factor)


@given(account=accounts(), extra=positions(), lost=amounts(0, 1))
def test_more_positions_never_lower_an_aggregate(
    account: AccountSnapshot, extra: Position, lost: float
) -> None:
    more = replace(account, positions=(*account.positions, extra))
    assert more.exposure >= account.exposure
    assert more.open_count >= account.open_count
    assert more.max_leverage >= account.max_leverage
    poorer = replace(account, equity=Quote(account.equity * (1 - lost)))
    assert poorer.drawdown >= account.drawdown


@given(book=st.lists(positions(), max_size=5))
def test_aggregates_do_not_depend_on_the_order_of_positions(book: list[Position]) -> None:
    one = replace(ACCOUNT, positions=tuple(book))
    other = replace(ACCOUNT, positions=tuple(reversed(book)))
    assert one.exposure == pytest.approx(other.exposure)
    assert one.open_count == other.open_count
    assert one.liquidation_room == other.liquidation_room


@pytest.mark.spec("CB-2")
def test_a_book_on_debts_has_infinite_exposure() -> None:
    debts = AccountSnapshot(equity=Quote(-100), positions=(holding("A/U", 1),))
    assert debts.exposure_ratio == math.inf


@given(accounts(), st.sampled_from(RiskLevel))
def test_an_account_at_another_level_is_the_same_in_all_else(
    account: AccountSnapshot, level: RiskLevel
) -> None:
    other, built = account.at_level(level), replace(account, level=level)
    assert other == built
    for name in AccountSnapshot.__slots__:
        assert getattr(other, name) == getattr(built, name)


entries = st.lists(st.sampled_from([working("ADA/USDT", 9.0), working("Z/USDT", 2.0, 3.0)]))


@given(
    accounts(),
    st.lists(positions(), max_size=3).map(tuple),
    entries.map(tuple),
    st.lists(positions(), max_size=3).map(tuple),
)
def test_sums_are_taken_of_these_entries_or_added_up_anew(
    account: AccountSnapshot,
    held: tuple[Position, ...],
    ordered: tuple[WorkingEntry, ...],
    others: tuple[Position, ...],
) -> None:
    """A sum of other entries, and be they equal ones, is never an account's."""
    anew = replace(account, positions=held, working=ordered, sums=None)
    for known in (sums_of(held, ordered), sums_of(others, ordered), sums_of(held, ()), None):
        given_ = replace(account, positions=held, working=ordered, sums=known)
        assert given_ == anew
        for name in AccountSnapshot.__slots__:
            assert getattr(given_, name) == getattr(anew, name)
    moved = replace(anew, positions=others)
    assert moved.exposure == sums_of(others, ordered).exposure
    assert moved.open_count == len({p.pair for p in others} | {w.pair for w in ordered})


def test_a_book_is_added_up_once() -> None:
    book = Book(at=NOW, wallet=None, result=Quote(0.0), positions=(holding("A/U", 10),))
    assert book.sums is book.sums
    more = replace(book, working=(working("B/U", 5),))
    assert (book.sums.exposure, more.sums.exposure) == (10.0, 15.0)
    assert book == replace(book)
    assert "sums" not in repr(book)


def test_a_book_that_cannot_be_added_up_says_so_each_time() -> None:
    wrong = changed(holding("A/U", 10), stake=math.nan)
    book = Book(at=NOW, wallet=None, result=Quote(0.0), positions=(wrong,))
    for _ in range(2):
        with pytest.raises(ValueError, match="A/U"):
            book.sums  # noqa: B018 - it raises
