"""The figures of one run that are put side by side."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from riskplugin.analytics.performance import Performance, performance
from riskplugin.reports.compare.periods import seconds_in
from riskplugin.reports.compare.run import HALTED, Run, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Profit is freqtrade's, risk is that of the marked equity. None for what cannot be told."""

    profit: float
    profit_pct: float
    max_drawdown_pct: float | None
    worst_day_pct: float | None
    calmar: float | None
    sharpe: float | None
    sortino: float | None
    under_water_pct: float | None
    trades: int
    won_pct: float | None
    refused: int
    cut: int
    trips: int
    halted_seconds: int
    halted_pct: float
    testing_seconds: int
    lowest: float


def curve_of(run: Run) -> Performance:
    """The performance of the marked equity, in days of UTC."""
    return performance(run.times.astype("datetime64[s]").astype("datetime64[us]"), run.equity)


def measure(run: Run) -> Measured:
    """All figures of ``run``."""
    curve = curve_of(run)
    profit = sum(trade.profit for trade in run.trades)
    won = sum(trade.profit > 0 for trade in run.trades)
    length = int(run.times[-1] - run.times[0]) if len(run.times) else 0
    halted = seconds_in(run, HALTED)
    return Measured(
        profit=profit,
        profit_pct=100 * profit / run.facts.balance if run.facts.balance > 0 else 0.0,
        max_drawdown_pct=curve.max_drawdown_pct,
        worst_day_pct=curve.worst_day_pct,
        calmar=curve.calmar,
        sharpe=curve.sharpe,
        sortino=curve.sortino,
        under_water_pct=curve.time_under_water_pct,
        trades=len(run.trades),
        won_pct=100 * won / len(run.trades) if run.trades else None,
        refused=sum(run.effects.refused.values()),
        cut=sum(run.effects.cut.values()),
        trips=len(run.trips),
        halted_seconds=halted,
        halted_pct=100 * halted / length if length else 0.0,
        testing_seconds=seconds_in(run, (State.HALF_OPEN,)),
        lowest=float(np.min(run.equity)) if len(run.equity) else run.facts.balance,
    )


def plain(measured: Measured) -> dict[str, float | int | None]:
    """As a dictionary."""
    return {field.name: getattr(measured, field.name) for field in fields(measured)}
