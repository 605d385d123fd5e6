"""The account, the policy and the request that the decision is measured with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from riskplugin.core.book import Book
from riskplugin.core.levels import Side
from riskplugin.core.policy import BreakerPolicy, Policy, SizingPolicy, Threshold, TrustPolicy
from riskplugin.core.snapshot import EntryRequest, Position, WorkingEntry
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote, Ratio

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EQUITY = Quote(10_000.0)

#: Every rule has a limit. So many slots that 100 open orders leave level and path alone.
POLICY = Policy(
    max_positions=2000,
    sizing=SizingPolicy(max_risk_per_trade=Ratio(0.02)),
    breaker=BreakerPolicy(weekly_loss=Threshold(warn=0.05, trip=0.10)),
    trust=TrustPolicy(),
)


def request(stake: float) -> EntryRequest:
    """A long of 5x on a perpetual, with every figure that a rule may ask for."""
    return EntryRequest(
        at=NOW,
        pair="BTC/USDT:USDT",
        side=Side.LONG,
        stake=Quote(stake),
        price=64_000.5,
        market_price=64_001.5,
        leverage=5.0,
        min_stake=Quote(5.0),
        max_stake=Quote(5_000.0),
        stoploss=Ratio(0.05),
        can_liquidate=True,
        exchange_max_leverage=50.0,
        volatility=Ratio(0.031),
        fee=Ratio(0.0005),
        tag="breakout",
    )


def state() -> RiskState:
    """A calm account, a little below its peak."""
    return RiskState(
        capital=EQUITY,
        peak_equity=Quote(10_100.0),
        day_equity=Quote(10_050.0),
        day_until=NOW + timedelta(hours=12),
        week_equity=Quote(9_900.0),
        week_until=NOW + timedelta(days=3),
    )


def book(orders: int, positions: int = 0) -> Book:
    """Open entry orders and positions, a pair each; the sums do not depend on the numbers."""
    return Book(
        at=NOW,
        wallet=EQUITY,
        result=Quote(0.0),
        positions=tuple(_position(i, positions) for i in range(positions)),
        working=tuple(_order(i, orders) for i in range(orders)),
        volatility=Ratio(0.03),
    )


def _position(index: int, of: int) -> Position:
    return Position(
        pair=f"P{index}/USDT:USDT",
        side=Side.LONG,
        amount=1.0,
        entry_price=300.0 / of,
        mark_price=300.0 / of,
        stake=Quote(60.0 / of),
        leverage=5.0,
        trade_id=index,
        opened_at=NOW,
        liquidation_price=245.0 / of,
    )


def _order(index: int, of: int) -> WorkingEntry:
    return WorkingEntry(
        pair=f"W{index}/USDT:USDT",
        side=Side.LONG,
        stake=Quote(60.0 / of),
        notional=Quote(300.0 / of),
        leverage=5.0,
        opened_at=NOW,
    )
