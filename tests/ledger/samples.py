"""Events, states and metrics for the ledger's tests, by hand and generated from the type hints."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import RiskLevel, Side
from riskplugin.core.snapshot import EntryRequest
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote
from riskplugin.core.verdict import ALLOW, Decision
from riskplugin.ledger.form.shapes import (
    Choice,
    Many,
    OneOf,
    Optional,
    Record,
    Row,
    Scalar,
    Shape,
    fields_of,
)
from riskplugin.ledger.store.tables import moment
from riskplugin.ports import Metrics
from tests.orders import entry_sent

NOW = datetime(2026, 3, 1, 12, 0, 0, 250, tzinfo=UTC)

NUMBERS = st.floats() | st.integers(-(2**70), 2**70)
MOMENTS = st.integers(0, 7 * 10**15).map(moment)
SCALARS: dict[type[Any], st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(-(2**70), 2**70),
    float: NUMBERS,
    str: st.text(st.characters()) | st.text(st.characters(categories=["Cs"]), max_size=3),
    datetime: MOMENTS,
    timedelta: st.timedeltas(timedelta(days=-1000), timedelta(days=1000)),
}


def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Any value of the shape."""
    match shape:
        case Scalar(kind):
            return SCALARS[kind]
        case Choice(kind):
            return st.sampled_from(kind)
        case Optional(inner):
            return st.none() | values(inner)
        case Record(kind):
            return instances(kind)
        case OneOf(kinds):
            return st.one_of(*map(instances, kinds))
        case Many(inner):
            return st.lists(values(inner), max_size=3).map(tuple)
        case Row(inner):
            return st.tuples(*map(values, inner))


def instances(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any instance of a dataclass, by its type hints."""
    return st.builds(kind, **{name: values(shape) for name, shape in fields_of(kind).items()})


def request(**changes: Any) -> EntryRequest:
    usual: dict[str, Any] = {
        "at": NOW,
        "pair": "BTC/USDT:USDT",
        "side": Side.LONG,
        "stake": 20.5,
        "price": 64_000.5,
        "market_price": 64_001.5,
        "leverage": 5.0,
        "min_stake": 1.2,
        "max_stake": 500.0,
        "stoploss": 0.05,
        "can_liquidate": True,
        "exchange_max_leverage": 50.0,
        "volatility": 0.031,
        "fee": 0.0005,
        "tag": "breakout",
    }
    return EntryRequest(**usual | changes)


def decided(**changes: Any) -> ev.EntryDecided:
    decision = Decision(NOW, request(**changes), RiskLevel.LOW, Quote(15.0), ALLOW, (), ())
    return ev.EntryDecided(at=NOW, point="stake", decision=decision)


def peak(equity: float, at: datetime = NOW) -> ev.PeakRaised:
    return ev.PeakRaised(at=at, equity=Quote(equity))


def busy_state() -> RiskState:
    """A state in the middle of everything."""
    order = entry_sent(
        at=NOW, intent="i1", pair="ETH/USDT", amount=1.5, price=2000.0, notional=Quote(3000.0)
    )
    return RiskState(
        breaker=BreakerState.HALF_OPEN,
        half_open_since=NOW,
        half_open_equity=Quote(950.0),
        trips=2,
        tripped_by=("drawdown 15.2 % has reached 15 %",),
        wins=1,
        capital=Quote(1000.0),
        peak_equity=Quote(1120.25),
        day_equity=Quote(960.0),
        day_until=NOW + timedelta(hours=3),
        emergency=True,
        emergency_by="breaker",
        answers=(True, False),
        unresolved=(order,),
    )


def metrics(at: datetime = NOW, **changes: Any) -> Metrics:
    usual: dict[str, Any] = {
        "equity": 1000.0,
        "equity_change": -1.5,
        "gross_exposure": 200.0,
        "net_exposure": 150.0,
        "unrealised": -3.25,
        "drawdown": 0.05,
        "daily_result": -0.01,
        "positions": 2,
        "concentration": 0.6,
        "leverage": 3.0,
        "risk_score": 41.5,
        "volatility": None,
        "level": "medium",
        "breaker": "closed",
        "emergency": False,
        "trusted": True,
    }
    return Metrics(at=at, **usual | changes)
