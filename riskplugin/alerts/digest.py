"""The figures of a day in a few lines: what a person reads when it is over (AL-1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from riskplugin.core import events as ev
from riskplugin.core.levels import Severity
from riskplugin.core.verdict import Cap, Deny

#: How many reasons of refusals are told.
REASONS = 3


class Day(Protocol):
    """What is on record about a span of time, from ``begun`` (inclusive) to ``until``."""

    def events(self, begun: datetime, until: datetime) -> Iterable[ev.Event]:
        """What happened, in order, the day's own beginning first."""

    def deepest(self, begun: datetime, until: datetime) -> float | None:
        """The deepest drawdown as a ratio, None when nothing was measured."""

    def equity_at(self, until: datetime) -> float | None:
        """The equity that the next day began with, None when it is not known."""


def digest_of(day: Day, begun: datetime, until: datetime) -> str:
    """The day from ``begun`` to ``until`` in words.

    The result leaves deposits and withdrawals out.
    """
    happened = list(day.events(begun, until))
    parts = [
        f"day of {begun:%Y-%m-%d}: {_result(happened, day.equity_at(until))}",
        _drawdown(day.deepest(begun, until)),
        _trades(happened),
        _entries(happened),
        _alerts(happened),
    ]
    return ". ".join(part for part in parts if part)


def _result(happened: list[ev.Event], end: float | None) -> str:
    start = next((e.equity for e in happened if isinstance(e, ev.DayStarted)), None)
    if start is None or end is None or not start > 0:
        return "the result is not known"
    flows = sum(e.amount for e in happened if isinstance(e, ev.CapitalChanged))
    result = end - start - flows
    return f"result {result / start:+.2%} ({result:+.2f}), equity {end:.2f}"


def _drawdown(deepest: float | None) -> str:
    return "" if deepest is None else f"Deepest drawdown {deepest:.1%}"


def _trades(happened: list[ev.Event]) -> str:
    profits = [e.profit for e in happened if isinstance(e, ev.TradeClosed)]
    won = sum(profit > 0 for profit in profits)
    if not profits:
        return "No trade closed"
    return f"{len(profits)} trades closed: {won} won, {len(profits) - won} lost"


def _entries(happened: list[ev.Event]) -> str:
    allowed = capped = 0
    refused: Counter[str] = Counter()
    for event in happened:
        if isinstance(event, ev.EntryDecided):
            match event.decision.binding:
                case Deny(reason):
                    refused[reason.rule] += 1
                case Cap():
                    capped += 1
                case _:
                    allowed += 1
    common = ", ".join(f"{rule} {count}" for rule, count in refused.most_common(REASONS))
    reasons = f" ({common})" if common else ""
    return f"Entries: {allowed} allowed, {capped} capped, {refused.total()} refused{reasons}"


def _alerts(happened: list[ev.Event]) -> str:
    trips = sum(isinstance(e, ev.BreakerTripped) for e in happened)
    raised = {
        e.alert: e.severity
        for e in happened
        if isinstance(e, ev.AlertRaised) and e.name != "digest"
    }
    taken = {n for e in happened if isinstance(e, ev.AlertAcknowledged) for n in e.alerts}
    critical = [n for n, severity in raised.items() if severity is Severity.CRITICAL]
    open_ = sum(number not in taken for number in critical)
    return f"Trips: {trips}. Alerts: {len(raised)}, {len(critical)} critical, {open_} unanswered"
