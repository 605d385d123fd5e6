"""Folds of what happens to the account: capital, trust, references, trades that end."""

from __future__ import annotations

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from riskplugin.core.state.risk_state import RiskState, on
from riskplugin.core.units import Quote


@on(ev.CapitalChanged)
def _capital(state: RiskState, event: ev.CapitalChanged) -> None:
    """Scale the references with the account, so that drawdown and losses stay as they are."""
    if state.capital is None:
        state.capital = event.amount
        return
    state.capital = Quote(state.capital + event.amount)
    after = event.equity_before + event.amount
    factor = after / event.equity_before if event.equity_before > 0 else None
    for name in ("peak_equity", "day_equity", "week_equity", "half_open_equity"):
        reference = getattr(state, name)
        if reference is not None:
            scaled = reference * factor if factor is not None else after
            setattr(state, name, Quote(max(scaled, 0.0)))


@on(ev.EquityDistrusted)
def _distrusted(state: RiskState, event: ev.EquityDistrusted) -> None:
    state.distrust, state.distrust_since, state.distrust_gap = event.reason, event.at, event.gap


@on(ev.EquityTrusted)
def _trusted(state: RiskState, event: ev.EquityTrusted) -> None:
    state.distrust = state.distrust_since = state.distrust_gap = None


@on(ev.GapAccepted)
def _gap(state: RiskState, event: ev.GapAccepted) -> None:
    state.wallet_gap = event.gap


@on(ev.DayStarted)
def _day(state: RiskState, event: ev.DayStarted) -> None:
    state.day_equity, state.day_until = event.equity, event.until


@on(ev.WeekStarted)
def _week(state: RiskState, event: ev.WeekStarted) -> None:
    state.week_equity, state.week_until = event.equity, event.until


@on(ev.PeakRaised)
def _peak(state: RiskState, event: ev.PeakRaised) -> None:
    state.peak_equity = event.equity


@on(ev.TradeClosed)
def _closed(state: RiskState, event: ev.TradeClosed) -> None:
    if state.records is not None:
        state.records = Quote(state.records + event.profit)
    won = event.profit > 0
    state.losing_streak = streak_after(state.losing_streak, event.profit)
    since = state.half_open_since
    if state.breaker is BreakerState.HALF_OPEN and since is not None and event.opened_at >= since:
        state.wins += won
        state.losses += not won
        state.probed_at = event.at
    if event.trade_id in state.flatten_ids:
        outcome = ev.FlattenOutcome(
            trade_id=event.trade_id,
            pair=event.pair,
            profit=event.profit,
            exit_reason=event.exit_reason,
        )
        state.flatten_outcomes = (*state.flatten_outcomes, outcome)


def streak_after(streak: int, profit: Quote) -> int:
    """Losing trades in a row, when a trade with this ``profit`` follows on ``streak`` of them."""
    return 0 if profit > 0 else streak + 1


@on(ev.MismatchFound)
def _mismatch(state: RiskState, event: ev.MismatchFound) -> None:
    state.mismatch = event.text


@on(ev.MismatchCleared)
def _agreed(state: RiskState, event: ev.MismatchCleared) -> None:
    state.mismatch = None


@on(ev.RecordsRead)
def _records(state: RiskState, event: ev.RecordsRead) -> None:
    if state.capital is not None:
        state.capital = Quote(state.capital + event.correction)
    state.records = event.closed
