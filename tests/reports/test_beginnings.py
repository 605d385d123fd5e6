"""Where a curve begins: with what was there, neither with a low nor with an empty account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from riskplugin.analytics.performance import performance
from riskplugin.ledger.metrics.series import Point
from riskplugin.ports import Metrics
from riskplugin.reports.equity import _made
from riskplugin.reports.period import Period
from tests.reports import lives
from tests.reports.conftest import report_on

pytestmark = pytest.mark.spec("DB-3")

AT = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def point(hour: int, low: float, high: float, last: float, unrealised: float) -> Point:
    metrics = Metrics(
        at=AT + hour * HOUR,
        equity=last,
        equity_change=0.0,
        gross_exposure=0.0,
        net_exposure=0.0,
        unrealised=unrealised,
        drawdown=0.05,
        daily_result=0.0,
        positions=1,
        concentration=0.0,
        leverage=1.0,
        risk_score=0.0,
        volatility=None,
        level="low",
        breaker="closed",
        emergency=False,
        trusted=True,
    )
    return Point(
        at=metrics.at, span=HOUR, samples=60, equity_low=low, equity_high=high, metrics=metrics
    )


def test_a_bots_first_hour_begins_with_no_low() -> None:
    """The fall within the first span is not known to have come after its beginning."""
    points = [point(0, 950, 1000, 1000, 20), point(1, 1000, 1000, 1000, 20)]
    drawn = _made(None, points, 0, [], Period(None, None))
    told = performance(drawn.times, drawn.equity, flows=drawn.flows)
    assert told.total_return_pct == pytest.approx(0)
    assert drawn.equity[0] == 1000
    assert drawn.unrealised == (20, 20), "of the same moment"


def test_an_account_that_is_empty_at_first_loses_nothing_when_money_comes() -> None:
    times = np.array([f"2026-03-0{day}" for day in range(1, 6)], dtype="datetime64[us]")
    equity = np.array([0.0, 0.0, 1000.0, 1000.0, 1100.0])
    told = performance(times, equity, flows=np.array([0.0, 0.0, 1000.0, 0.0, 0.0]))
    assert told.total_return_pct == pytest.approx(10)
    assert told.max_drawdown_pct == 0
    assert told.worst_day_pct == 0


def test_a_first_deposit_into_an_empty_account_is_no_result(tmp_path: Path) -> None:
    risk = lives.service(tmp_path)
    trader = lives.Trader(risk, deposited=0.0)
    for hour in range(6):
        trader.now += lives.HOUR
        trader.deposited = 1000.0 if hour > 1 else 0.0
        risk.tick(trader.book())
    risk.close()
    told = report_on(tmp_path)
    assert [amount for _, amount in told.facts.flows] == [pytest.approx(1000)]
    assert told.contribution is not None
    assert told.contribution.result == pytest.approx(0)
    assert told.performance.total_return_pct == pytest.approx(0)


def test_a_report_may_begin_before_anything_did(tmp_path: Path) -> None:
    risk = lives.service(tmp_path)
    trader = lives.Trader(risk)
    for _ in range(4):
        trader.hour()
    risk.close()
    told = report_on(tmp_path, begin=datetime(1, 1, 1, tzinfo=UTC))
    assert told.unknown == {}
    assert told.curve is not None
