"""Sentences about the account: capital, trust, references, trades that end."""

from __future__ import annotations

from riskplugin.cli.audit.telling.sentences import on
from riskplugin.cli.audit.words import amount, moment, plainly, signed
from riskplugin.core import events as ev


@on(ev.CapitalChanged)
def _capital(event: ev.CapitalChanged) -> str:
    what = f"by {plainly(event.by)}; equity before was {amount(event.equity_before)}"
    return f"capital changed by {signed(event.amount)}, {what}"


@on(ev.EquityDistrusted)
def _distrusted(event: ev.EquityDistrusted) -> str:
    gap = "no balance" if event.gap is None else f"gap {signed(event.gap)}"
    return f"equity is not believed ({gap}): {plainly(event.reason)}"


@on(ev.EquityTrusted)
def _trusted(event: ev.EquityTrusted) -> str:
    return f"equity is believed again: {plainly(event.reason)}"


@on(ev.GapAccepted)
def _gap(event: ev.GapAccepted) -> str:
    return f"wallet and records differ by {signed(event.gap)}, within tolerance"


@on(ev.DayStarted)
def _day(event: ev.DayStarted) -> str:
    return f"a day began with equity {amount(event.equity)}, until {moment(event.until)}"


@on(ev.WeekStarted)
def _week(event: ev.WeekStarted) -> str:
    return f"a week began with equity {amount(event.equity)}, until {moment(event.until)}"


@on(ev.PeakRaised)
def _peak(event: ev.PeakRaised) -> str:
    return f"equity reached a new high of {amount(event.equity)}"


@on(ev.RecordsRead)
def _records(event: ev.RecordsRead) -> str:
    text = f"closed trades add up to {signed(event.closed)}"
    if not event.correction:
        return text
    return f"{text}; they were edited, capital takes up {signed(event.correction)}"


@on(ev.TradeClosed)
def _closed(event: ev.TradeClosed) -> str:
    what = f"{plainly(event.pair)} {plainly(event.side)} (trade {event.trade_id})"
    return f"{what} closed with {signed(event.profit)}, {plainly(event.exit_reason)}"


@on(ev.MismatchFound)
def _mismatch(event: ev.MismatchFound) -> str:
    return f"wallet and trades contradict each other: {plainly(event.text)}"


@on(ev.MismatchCleared)
def _agreed(event: ev.MismatchCleared) -> str:
    return f"wallet and trades agree again: {plainly(event.text)}"
