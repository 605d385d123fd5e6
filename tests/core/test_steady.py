"""The short look of a backtest: silent exactly where a whole look would have had nothing to do."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core import events as ev
from riskplugin.core.band import FAR, NEAR, Prices
from riskplugin.core.book import Book, ClosedTrade
from riskplugin.core.directive import Directive
from riskplugin.core.levels import Mode, RiskLevel, Side
from riskplugin.core.monitor import account_of, assess
from riskplugin.core.policy import BreakerPolicy, Policy, Threshold
from riskplugin.core.snapshot import Position
from riskplugin.core.state import RiskState, streak_after
from riskplugin.core.steady import Steady, steady
from riskplugin.core.units import Quote, Ratio
from tests.core.books import START, position
from tests.core.strategies import amounts, policies, ratios

pytestmark = pytest.mark.spec("CB-2", "CB-3")

HOUR = timedelta(hours=1)
LEVERAGE = Policy().leverage.max[RiskLevel.MINIMAL]
_REACHES = [size * sign for reach in (FAR, NEAR) for size in reach[:2] for sign in (1, -1)]
_STEPS = st.sampled_from([0.0, *_REACHES]) | amounts(-0.06, 0.06)


def book(positions: tuple[Position, ...], *, hours: float = 0.0, **more: Any) -> Book:
    """A simulated wallet of 1000 and what the positions have made of it."""
    unrealised = Quote(sum(p.unrealised for p in positions))
    given_: dict[str, Any] = {
        "at": START + hours * HOUR,
        "wallet": Quote(1000.0 + unrealised),
        "result": unrealised,
        "positions": positions,
    }
    return Book(**given_ | more)


def moved(one: Position, factor: float) -> Position:
    price = one.mark_price * factor
    result = one.amount * (price - one.entry_price) * one.side.sign
    return replace(one, mark_price=price, unrealised=Quote(result))


def ended(number: int, profit: float) -> ClosedTrade:
    return ClosedTrade(
        trade_id=number,
        pair=f"GONE{number}/USDT",
        side=Side.LONG,
        profit=Quote(profit),
        opened_at=START,
        exit_reason="roi",
    )


def prices_of(state: RiskState, now: Book, policy: Policy) -> Prices:
    account, _ = account_of(deepcopy(state), now, policy)
    return Prices(
        now.at,
        account.equity,
        account.exposure,
        account.liquidation_room,
        account.volatility,
        account.open_count,
        account.max_leverage,
        now.closed,
    )


def calm(policy: Policy, now: Book) -> tuple[RiskState, Directive, Steady | None]:
    state = RiskState()
    looked = assess(state, now, policy)
    return state, looked.directive, steady(state, now, looked, policy)


@given(
    policy=policies(),
    held=st.lists(st.tuples(amounts(1.0, 400.0), st.sampled_from([1.0, 3.0])), max_size=3),
    entered=st.lists(st.tuples(amounts(1.0, 400.0), st.sampled_from([1.0, 5.0, 6.0])), max_size=2),
    factors=st.lists(amounts(0.6, 1.5) | amounts(0.97, 1.03), min_size=3, max_size=3),
    hours=st.sampled_from([1, 3, 11, 12, 13, 40]),
    liquidation=st.none() | amounts(10.0, 95.0),
    volatility=st.none() | ratios(0.0, 1.5),
    results=st.lists(st.sampled_from([-5.0, -5.0, -5.0, 0.0, 5.0]), max_size=12),
    told_at=st.none() | amounts(0.01, 0.1),
)
def test_it_is_silent_exactly_where_a_whole_look_has_nothing_to_do(
    policy: Policy,
    held: list[tuple[float, float]],
    entered: list[tuple[float, float]],
    factors: list[float],
    hours: int,
    liquidation: float | None,
    volatility: Ratio | None,
    results: list[float],
    told_at: float | None,
) -> None:
    if told_at is not None:  # of exposure that is there at the first look already
        known = Threshold(warn=told_at, trip=policy.breaker.exposure.trip)
        policy = replace(policy, breaker=replace(policy.breaker, exposure=known))
    before = tuple(
        replace(position(number, notional, leverage=leverage), liquidation_price=liquidation)
        for number, (notional, leverage) in enumerate(held, 1)
    )
    state, before_it, short = calm(policy, book(before))
    if short is None:
        return
    after = tuple(moved(p, factor) for p, factor in zip(before, factors, strict=False))
    new = (position(n, notional, leverage=top) for n, (notional, top) in enumerate(entered, 7))
    closed = tuple(ended(number, profit) for number, profit in enumerate(results, 20))
    now = book((*after, *new), hours=hours, volatility=volatility, closed=closed)
    prices, peak = prices_of(state, now, policy), state.peak_equity
    silent = short.after(prices, peak, state.losing_streak) is not None
    whole = assess(state, now, policy)
    others = [e for e in whole.events if type(e) not in (ev.PeakRaised, ev.TradeClosed)]
    assert silent == (others == [] and whole.directive == before_it)
    if silent:
        higher = peak is None or prices.equity > peak
        told = [ev.TradeClosed] * len(closed) + [ev.PeakRaised] * higher
        assert [type(event) for event in whole.events] == told


@given(
    policy=policies(),
    exposure=amounts(1.0, 900.0),
    room=st.none() | ratios(0.0, 1.0),
    volatility=st.none() | ratios(0.0, 1.5),
    steps=st.lists(
        st.tuples(
            st.tuples(_STEPS, _STEPS, _STEPS, _STEPS),
            st.sampled_from([0, 0, 1]),
            st.lists(st.sampled_from([-1.0, 0.0, 1.0]), max_size=3),
        ),
        min_size=1,
        max_size=6,
    ),
)
def test_within_a_band_it_is_silent_exactly_where_it_would_be_without(
    policy: Policy,
    exposure: float,
    room: Ratio | None,
    volatility: Ratio | None,
    steps: list[tuple[tuple[float, float, float, float], int, list[float]]],
) -> None:
    *_, short = calm(policy, book((position(),)))
    now = Prices(START + HOUR, Quote(1000.0), Quote(exposure), room, volatility, 1, 1.0)
    peak, streak = Quote(1000.0), 0
    for (equity, exposed, nearer, wilder), entries, results in steps:
        if short is None:
            return
        exact = replace(short, band=None).after(now, peak, streak)
        short = short.after(now, peak, streak)
        assert (short is None) == (exact is None)
        peak = max(peak, now.equity)
        for trade in now.closed:
            streak = streak_after(streak, trade.profit)
        now = Prices(
            now.at,
            Quote(now.equity * (1 + equity)),
            Quote(now.exposure * (1 + exposed)),
            None if room is None else Ratio(room + nearer),
            None if volatility is None else Ratio(max(0.0, volatility * (1 + wilder))),
            now.held + entries,
            now.leverage + entries,
            tuple(ended(number, profit) for number, profit in enumerate(results, 20)),
        )


def at(
    equity: float,
    exposure: float = 100.0,
    room: float = 1.0,
    volatility: float = 0.1,
    held: int = 1,
    leverage: float = 1.0,
    lost: int = 0,
) -> Prices:
    return Prices(
        START + HOUR,
        Quote(equity),
        Quote(exposure),
        Ratio(room),
        Ratio(volatility),
        held,
        leverage,
        tuple(ended(number, -1.0) for number in range(lost)),
    )


@pytest.mark.parametrize(
    ("trigger", "warn", "walk"),
    [
        ("drawdown", 0.003, [at(999.0), at(996.9)]),
        ("drawdown", 0.004, [at(1000.0), at(1004.0), at(999.2)]),
        ("daily_loss", 0.003, [at(999.0), at(996.9)]),
        ("exposure", 0.102, [at(1000.0), at(1000.0, exposure=103.0)]),
        ("exposure", 0.1003, [at(1000.0), at(996.0)]),
        ("liquidation_room", 0.5, [at(1000.0, room=0.53), at(1000.0, room=0.5)]),
        ("volatility", 0.5, [at(1000.0, volatility=0.49), at(1000.0, volatility=0.5)]),
        ("score", 16.5, [at(1000.0), at(1000.0, held=5)]),
        ("score", 16.5, [at(1000.0), at(1000.0, leverage=LEVERAGE)]),
        ("drawdown", 0.02, [at(1000.0), at(980.0)]),
        ("drawdown", 0.02, [at(1000.0), at(1016.0), at(995.1)]),
        ("exposure", 0.16, [at(1000.0), at(1000.0, exposure=161.0)]),
        ("liquidation_room", 0.5, [at(1000.0), at(1000.0, room=0.5)]),
        ("volatility", 0.5, [at(1000.0), at(1000.0, volatility=0.5)]),
        ("score", 27, [at(1000.0), at(1000.0, held=10)]),
        ("score", 27, [at(1000.0), at(1000.0, leverage=LEVERAGE)]),
        ("losing_streak", 5, [at(1000.0, lost=4), at(1000.0, lost=1)]),
        ("losing_streak", 5, [at(1000.0), at(1000.0, lost=3), at(1000.0, lost=2)]),
    ],
)
def test_a_threshold_near_by_is_not_passed_over(
    trigger: str, warn: float, walk: list[Prices]
) -> None:
    off = {name: Threshold() for name in ("drawdown", "daily_loss", "weekly_loss", "exposure")}
    limits = BreakerPolicy(**{**off, trigger: Threshold(warn=warn)})  # type: ignore[arg-type]
    *_, short = calm(Policy(breaker=limits), book((position(notional=100.0),)))
    peak, streak = Quote(1000.0), 0
    *before, last = walk
    for prices in before:
        assert short is not None
        short = short.after(prices, peak, streak)
        peak, streak = max(peak, prices.equity), streak + len(prices.closed)
    assert short is not None
    assert short.after(last, peak, streak) is None


def warned(**thresholds: Threshold) -> tuple[RiskState, Policy, Steady]:
    """An account of which a warning stands: exposure is 10 %, and the warning value 5 %."""
    off = {name: Threshold() for name in ("drawdown", "daily_loss", "weekly_loss", "score")}
    told = {"exposure": Threshold(warn=0.05, trip=0.5)}
    policy = Policy(breaker=BreakerPolicy(**{**off, **told, **thresholds}))  # type: ignore[arg-type]
    state, _, short = calm(policy, book((position(notional=100.0),)))
    assert state.warnings == ("exposure",)
    assert short is not None
    return state, policy, short


@pytest.mark.parametrize(
    ("prices", "silent"),
    [
        pytest.param(at(1000.0), True, id="it stands"),
        pytest.param(at(1000.0, exposure=50.1), True, id="it still stands"),
        pytest.param(at(1000.0, exposure=50.0), False, id="it ends"),
        pytest.param(at(1000.0, exposure=500.0), True, id="as near to a trip as can be"),
        pytest.param(at(1000.0, exposure=500.1), False, id="it becomes a trip"),
        pytest.param(at(1000.0, lost=4), True, id="another one not yet"),
        pytest.param(at(1000.0, lost=5), False, id="another one comes"),
        pytest.param(at(1000.0, exposure=50.0, lost=5), False, id="another one instead"),
    ],
)
def test_a_warning_that_stands_is_nothing_new(prices: Prices, *, silent: bool) -> None:
    _, _, short = warned(losing_streak=Threshold(warn=5))
    again = short.after(at(1000.0), Quote(1000.0), 0)
    assert again is not None
    assert (again.after(prices, Quote(1000.0), 0) is not None) == silent


def test_of_two_warnings_one_may_end() -> None:
    policy = Policy(
        breaker=BreakerPolicy(
            **{  # type: ignore[arg-type]
                **dict.fromkeys(("drawdown", "daily_loss", "weekly_loss", "score"), Threshold()),
                "exposure": Threshold(warn=0.05),
                "volatility": Threshold(warn=0.2),
            }
        )
    )
    state, _, both = calm(policy, book((position(notional=100.0),), volatility=Ratio(0.3)))
    assert set(state.warnings) == {"exposure", "volatility"}
    assert both is not None
    assert both.after(at(1000.0, volatility=0.3), Quote(1000.0), 0) is not None
    assert both.after(at(1000.0, volatility=0.1), Quote(1000.0), 0) is None
    assert both.after(at(1000.0, volatility=0.3, exposure=40.0), Quote(1000.0), 0) is None


def test_a_trip_that_only_observes_stands_like_a_warning() -> None:
    limits = BreakerPolicy(exposure=Threshold(trip=0.05))
    policy = Policy(breaker=limits, modes={"exposure": Mode.OBSERVE})
    state, _, short = calm(policy, book((position(notional=100.0),)))
    assert state.warnings == ("exposure",)
    assert short is not None
    assert short.after(at(1000.0), Quote(1000.0), 0) is not None
    assert short.after(at(1000.0, exposure=50.0), Quote(1000.0), 0) is None


def test_a_trade_that_won_ends_the_losing_streak() -> None:
    limits = BreakerPolicy(losing_streak=Threshold(warn=3))
    *_, short = calm(Policy(breaker=limits), book((position(),)))
    assert short is not None
    lost, won = ended(1, -1.0), ended(2, 1.0)
    assert short.after(at(1000.0)._replace(closed=(lost,)), None, 2) is None
    assert short.after(at(1000.0)._replace(closed=(lost, won, lost)), None, 2) is not None


@pytest.mark.parametrize(
    "more",
    [
        {"untrusted": "no price"},
        {"unknown": "a coin that nobody bought"},
        {"settling": True},
    ],
)
def test_where_more_than_prices_matters_there_is_no_short_look(more: dict[str, Any]) -> None:
    assert calm(Policy(), book((position(),)))[2] is not None
    assert calm(Policy(), book((position(),), **more))[2] is None


@pytest.mark.parametrize("equity", [float("nan"), float("inf"), 0.0, -1.0])
def test_an_equity_that_is_none_asks_for_a_whole_look(equity: float) -> None:
    *_, short = calm(Policy(), book((position(),)))
    assert short is not None
    usual = Prices(START + HOUR, Quote(1000.0), Quote(100.0), None, None, 1, 1.0)
    calm_still = short.after(usual, Quote(1000.0), 0)
    assert calm_still is not None
    assert calm_still.band is not None
    assert calm_still.after(usual._replace(equity=Quote(equity)), Quote(1000.0), 0) is None


def test_two_positions_in_one_pair_are_no_matter_of_prices_alone() -> None:
    twice = (position(1, pair="A/USDT"), position(2, pair="A/USDT"))
    assert calm(Policy(), book(twice))[2] is None
