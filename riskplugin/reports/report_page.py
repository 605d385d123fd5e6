"""A report as one HTML file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from math import prod
from typing import Any

from riskplugin.core.breaker import BreakerState
from riskplugin.ledger.proof.verify import Report as Verified
from riskplugin.reports import words
from riskplugin.reports.charts import charts
from riskplugin.reports.controls import TONES, controls
from riskplugin.reports.gather import Told
from riskplugin.reports.page import render
from riskplugin.reports.parts.breaches import Spell
from riskplugin.reports.words import Words

#: Rows of tables that could be longer.
PAIRS, SLOWEST, FALLS = 40, 10, 5
#: A fall that is too small to be listed, in percent.
_LEAST = 0.05

_NAMES = {"exit_reason": "exit reason", "tag": "entry tag", "level": "risk level at entry"}


@dataclass(frozen=True)
class Month:
    """The days of a month together, in percent."""

    name: str
    result: float
    best: float
    worst: float
    up: int
    down: int


def html(told: Told, *, notes: Sequence[str] = ()) -> str:
    """The page. ``notes`` are added to those of the audit."""
    ask, facts = told.ask, told.facts
    equity = [] if told.curve is None else told.curve.equity.tolist()
    word = Words.for_account(ask.days.timezone, equity)
    pairs = sorted(facts.decisions.pairs.items(), key=lambda item: -item[1].refused)
    return render(
        "report.html",
        f"Risk report: {ask.bot}, {ask.begin:%Y-%m-%d} to {ask.end:%Y-%m-%d}",
        charts(told),
        bot=ask.bot,
        begin=ask.begin,
        end=ask.end,
        now=ask.now,
        days=ask.days,
        currency=ask.currency,
        facts=facts,
        p=told.performance,
        falls=[d for d in told.performance.drawdowns[:FALLS] if d.depth_pct >= _LEAST],
        curve=told.curve,
        contribution=told.contribution,
        rest_matters=rest_matters(told),
        people=told.people,
        limits=told.limits,
        limit_values=() if told.limits is None else told.limits.values,
        verified=told.verified,
        verdict=verdict(told.verified),
        head=told.head,
        notes=notes,
        unknown=told.unknown,
        months=months(told.performance.daily),
        attribution=_attribution(told),
        points=sorted(facts.decisions.points.items(), key=lambda item: _place(item[0])),
        rules=sorted(
            facts.decisions.rules.items(), key=lambda item: (-item[1].refused, -item[1].capped)
        ),
        pairs=pairs[:PAIRS],
        pairs_more=len(pairs) > PAIRS,
        total=facts.decisions.total,
        severities=list(facts.alerts.by_severity().items()),
        waiting=facts.alerts.unacknowledged,
        slowest=facts.alerts.slowest[:SLOWEST],
        halted=halted(facts.breaches.spells),
        controls=controls(),
        tones=TONES,
        w=word,
        n=words.count,
        many=words.many,
        number=words.number,
        percent=words.percent,
        gained=words.gained,
        length=words.length,
        tone=words.tone,
    )


def verdict(verified: Verified | None) -> tuple[str, str]:
    """The audit in a word, and its colour."""
    if verified is None:
        return "NOT KNOWN", "bad-text"
    if not verified.sound:
        return "NOT SOUND", "bad-text"
    return ("SOUND", "good-text") if verified.proven else ("SOUND, NOT SIGNED", "watch-text")


def months(daily: Iterable[tuple[date, float]]) -> list[Month]:
    """The days by month, compounded."""
    made = []
    for name, days in groupby(daily, key=lambda day: f"{day[0]:%Y-%m}"):
        gains = [gain for _, gain in days]
        result = 100 * (prod(1 + gain / 100 for gain in gains) - 1)
        up, down = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
        made.append(Month(name, result, max(gains), min(gains), up, down))
    return made


def halted(spells: Iterable[Spell]) -> timedelta:
    """How long no entry could pass; a half-open breaker lets probes through."""
    shut = (s.end - s.begin for s in spells if s.state is not BreakerState.HALF_OPEN)
    return sum(shut, timedelta(0))


def rest_matters(told: Told) -> bool:
    """What the records do not explain is more than rounding."""
    parts = told.contribution
    if parts is None or told.curve is None:
        return False
    return abs(parts.rest) > max(abs(parts.result) * 0.01, float(told.curve.equity.max()) * 1e-4)


def _attribution(told: Told) -> list[tuple[str, list[tuple[str, Any]]]]:
    made = []
    for name, table in told.facts.trades.by.items():
        ranked = sorted(table.items(), key=lambda item: item[1].profit, reverse=True)
        made.append((_NAMES.get(name, name), ranked))
    return made


def _place(point: str) -> int:
    order = ("proposal", "stake", "order")
    return order.index(point) if point in order else len(order)
