"""Shared examples and hypothesis strategies of the core's tests: requests, accounts, policies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar

from hypothesis import strategies as st

from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import EntryKind, RiskLevel, Side
from riskplugin.core.policy import (
    BreakerPolicy,
    EmergencyPolicy,
    HalfOpenPolicy,
    LeveragePolicy,
    Policy,
    SizingPolicy,
    Threshold,
    by_level,
)
from riskplugin.core.snapshot import AccountSnapshot, EntryRequest, Position, WorkingEntry
from riskplugin.core.units import Quote, Ratio

T = TypeVar("T")
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PAIRS = ("BTC/USDT", "ETH/USDT", "SOL/USDT", "ADA/USDT")

#: 10 000 of equity, nothing held: a size of 200 at rest, 100 at 15 % volatility.
ACCOUNT = AccountSnapshot(equity=Quote(10_000.0))
REQUEST = EntryRequest(
    at=NOW,
    pair="BTC/USDT",
    side=Side.LONG,
    stake=Quote(100.0),
    price=50.0,
    market_price=50.0,
    volatility=Ratio(0.0),
)
POLICY = Policy()


class Grumpy:
    """A value that does not even want to be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no")

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no")

    __hash__ = object.__hash__


#: Whatever a strategy, a person or an exchange may hand over instead of a figure.
HOSTILE: tuple[object, ...] = (
    None,
    True,
    False,
    "",
    "100",
    b"1",
    float("nan"),
    float("inf"),
    float("-inf"),
    -1.0,
    0.0,
    5e-324,
    1e300,
    10**400,
    10**5000,
    1 + 2j,
    Decimal("NaN"),
    Decimal(5),
    [],
    {},
    object(),
    Grumpy(),
    datetime(2026, 3, 1),  # noqa: DTZ001 -- naive on purpose
)


def changed(value: T, **changes: Any) -> T:
    """``replace`` for tests that put what does not belong there."""
    return replace(value, **changes)  # type: ignore[type-var]


def holding(pair: str, stake: float, leverage: float = 1.0, **more: Any) -> Position:
    """A long position in ``pair`` at price 1: notional is stake x leverage."""
    position = Position(
        pair=pair,
        side=Side.LONG,
        amount=stake * leverage,
        entry_price=1.0,
        mark_price=1.0,
        stake=Quote(stake),
        leverage=leverage,
    )
    return changed(position, **more)


def working(pair: str, stake: float, leverage: float = 1.0) -> WorkingEntry:
    """A working entry whose notional is stake x leverage."""
    return WorkingEntry(
        pair=pair,
        side=Side.LONG,
        stake=Quote(stake),
        notional=Quote(stake * leverage),
        leverage=leverage,
        opened_at=NOW,
    )


def with_breaker(policy: Policy, **changes: Any) -> Policy:
    """``policy`` with other fields in its section breaker."""
    return replace(policy, breaker=changed(policy.breaker, **changes))


def amounts(low: float, high: float) -> st.SearchStrategy[float]:
    """Finite floats in [low, high]."""
    return st.floats(low, high, allow_nan=False, allow_infinity=False, allow_subnormal=False)


def ratios(low: float = 0.0, high: float = 1.0) -> st.SearchStrategy[Ratio]:
    """Ratios in [low, high]."""
    return amounts(low, high).map(Ratio)


def thresholds(low: float, high: float) -> st.SearchStrategy[Threshold]:
    """Warning below trip, either of them perhaps switched off."""
    pairs = st.tuples(amounts(low, high), amounts(low, high)).map(sorted)
    both = pairs.map(lambda p: Threshold(warn=p[0], trip=p[1]))
    return both | both.map(lambda t: replace(t, warn=None)) | st.just(Threshold())


def falling(low: float, high: float) -> st.SearchStrategy[MappingProxyType[RiskLevel, float]]:
    """One value per level that never rises with the level."""
    values = st.lists(amounts(low, high), min_size=5, max_size=5)
    return values.map(lambda v: MappingProxyType(dict(by_level(*sorted(v, reverse=True)))))


def mostly(usual: T, *others: T) -> st.SearchStrategy[T]:
    """``usual`` three times in four: most examples must reach the rules behind."""
    return st.sampled_from([usual] * 3 * len(others) + list(others))


@st.composite
def requests(draw: st.DrawFn) -> EntryRequest:
    """Usable requests, from tiny to far too large; about half of them pass in some size."""
    optional = st.none() | amounts(0.0, 20.0).map(Quote)
    price = draw(amounts(0.001, 100_000.0))
    return EntryRequest(
        at=NOW,
        pair=draw(st.sampled_from(PAIRS)),
        side=draw(st.sampled_from(list(Side))),
        stake=Quote(draw(amounts(5.0, 500.0) | amounts(0.01, 20_000.0))),
        price=price,
        market_price=price * draw(mostly(1.0, 0.5, 1.01, 3.0, 100.0)),
        leverage=draw(mostly(1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0)),
        kind=draw(mostly(EntryKind.OPEN, EntryKind.INCREASE, EntryKind.REPLACE)),
        min_stake=draw(optional),
        stoploss=draw(st.none() | ratios(0.001, 1.0)),
        can_liquidate=draw(st.booleans()),
        exchange_max_leverage=draw(mostly(None, 1.0, 5.0, 75.0)),
        maintenance_ratio=draw(ratios(0.0, 0.1)),
        volatility=draw(st.none() | ratios(0.0, 0.16) | ratios(0.0, 0.5)),
        fee=draw(ratios(0.0, 0.01)),
    )


@st.composite
def positions(draw: st.DrawFn) -> Position:
    """Open positions of any age."""
    return holding(
        draw(st.sampled_from(PAIRS)),
        draw(amounts(1.0, 100.0)),
        draw(mostly(1.0, 3.0, 10.0)),
        opened_at=draw(st.none() | st.just(NOW) | st.just(NOW - timedelta(days=2))),
    )


@st.composite
def accounts(draw: st.DrawFn) -> AccountSnapshot:
    """Trusted accounts in every state that may still allow an entry, with or without a book."""
    equity = draw(amounts(1_000.0, 50_000.0) | amounts(0.0, 1_000.0))
    losing = draw(mostly(0.0, 0.5, 1.0))
    return AccountSnapshot(
        equity=Quote(equity),
        peak_equity=Quote(equity * (1 + losing * draw(amounts(0.0, 0.3)))),
        day_start_equity=Quote(equity * (1 + losing * draw(amounts(0.0, 0.05)))),
        week_start_equity=Quote(equity * (1 + losing * draw(amounts(0.0, 0.1)))),
        positions=tuple(draw(st.lists(positions(), max_size=3))),
        breaker=draw(mostly(BreakerState.CLOSED, BreakerState.HALF_OPEN)),
        probes=draw(mostly(0, 1, 2)),
        half_open_since=NOW - timedelta(days=1),
        emergency=draw(mostly(False, True)),
        level=draw(st.sampled_from(list(RiskLevel))),
        price_age=timedelta(seconds=draw(mostly(0, 60, 120, 600))),
        consecutive_errors=draw(mostly(0, 1, 4, 5, 6)),
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Policies with every rule able to bite, and often switched off."""
    counts = mostly(None, 1, 2, 3, 6)
    return Policy(
        sizing=SizingPolicy(
            base=draw(falling(0.002, 0.2)),
            curve=draw(st.sampled_from(["linear", "stepped"])),
            min_position=Quote(draw(mostly(1.0, 0.0, 20.0))),
            max_risk_per_trade=draw(st.none() | ratios(0.0005, 0.05)),
        ),
        leverage=LeveragePolicy(
            max=draw(falling(3.0, 50.0)), liquidation_buffer=draw(ratios(0.0, 0.5))
        ),
        max_positions=draw(counts),
        breaker=BreakerPolicy(
            drawdown=draw(thresholds(0.05, 0.5)),
            daily_loss=draw(thresholds(0.01, 0.1)),
            weekly_loss=draw(thresholds(0.01, 0.2)),
            exposure=draw(thresholds(0.3, 2.0)),
            half_open=HalfOpenPolicy(max_positions=draw(st.integers(1, 3))),
        ),
        emergency=EmergencyPolicy(max_position=draw(ratios(0.001, 0.05))),
    )
