"""Everything a report says, from one pass over a bot's records. Reads only; raises nothing that a
damaged record could cause.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from riskplugin.analytics.performance import Performance, performance
from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from riskplugin.core.policy import DayPolicy
from riskplugin.ledger.proof.checkpoints import Checkpoint
from riskplugin.ledger.proof.signing import PublicKey
from riskplugin.ledger.proof.verify import Report as Verified
from riskplugin.ledger.proof.verify import verify
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ports import LedgerError
from riskplugin.reports.equity import Curve, Flow, curve
from riskplugin.reports.in_force import InForce, held_before, in_force
from riskplugin.reports.parts.alerted import Alerts
from riskplugin.reports.parts.breaches import KINDS, Breaches, state_after
from riskplugin.reports.parts.decisions import Decisions, answer_of
from riskplugin.reports.parts.machinery import Machinery
from riskplugin.reports.parts.people import Doings, People
from riskplugin.reports.parts.trades import Contribution, Entries, Trades, contribution, finite
from riskplugin.reports.period import Period
from riskplugin.reports.records import Entry, Gaps, entries

T = TypeVar("T")
Tell = Callable[[ev.Event], str]

#: Records that are looked through for how things stood before the period.
_LOOKED_AT = 5_000

#: Errors of a record whose fields are not what they should be; it is counted as unreadable.
ODD = (LedgerError, AttributeError, TypeError, ValueError, ArithmeticError, KeyError)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What a report is asked for. ``now`` is when it is made; ``currency`` may be unknown ("")."""

    bot: str
    period: Period
    begin: datetime
    end: datetime
    days: DayPolicy
    now: datetime
    currency: str
    tell: Tell
    trusted: Sequence[PublicKey] = ()
    copies: Sequence[Checkpoint] = ()


@dataclass
class Facts:
    """What the records of the period say, part by part.

    ``gap`` is what wallet and records differ by, ``differences`` what of it came in the period.
    """

    decisions: Decisions
    trades: Trades
    breaches: Breaches
    alerts: Alerts
    doings: Doings
    machinery: Machinery
    gaps: Gaps = field(default_factory=Gaps)
    flows: list[Flow] = field(default_factory=list)
    gap: float = 0.0
    differences: float = 0.0
    records: int = 0
    last: Entry | None = None
    _entries: Entries = field(default_factory=Entries)

    def add(self, entry: Entry) -> None:
        """Fold a record into the part that it belongs to."""
        self.records += 1
        self.last = entry
        try:
            if entry.kind == ev.EntryDecided.__name__:
                answer = answer_of(entry)
                self.decisions.add(answer)
                self._entries.add(answer)
            else:
                self._event(entry.event())
        except ODD as error:
            self.gaps.add(entry.seq, 1, error)

    def _event(self, event: ev.Event) -> None:
        match event:
            case ev.TradeClosed():
                self.trades.add(event, self._entries.level(event.pair, event.opened_at))
            case ev.CapitalChanged() if event.by != "start" or event.equity_before > 0:
                # All but the first: an empty account that is paid into earned nothing.
                self.flows.append((event.at, finite(event.amount) or 0.0))
            case ev.GapAccepted() if (gap := finite(event.gap)) is not None:
                self.differences += gap - self.gap  # each record says the whole gap
                self.gap = gap
        for part in (self.breaches, self.alerts, self.doings, self.machinery):
            part.add(event)


@dataclass(frozen=True)
class Head:
    """The end of a chain: its height, and the hash that stands for all of it."""

    height: int
    hash: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """A whole report. What is None could not be told; ``unknown`` says why, part by part."""

    ask: Ask
    facts: Facts
    people: People | None
    curve: Curve | None
    performance: Performance
    contribution: Contribution | None
    verified: Verified | None
    head: Head | None
    limits: InForce | None
    unknown: dict[str, str]


def gather(reader: LedgerReader, ask: Ask) -> Told:
    """The report on one bot. Raises LedgerError only where nothing at all can be read."""
    unknown: dict[str, str] = {}
    facts = _facts(reader, ask)
    if facts.gaps.text:
        unknown["records"] = facts.gaps.text
    drawn = _try(unknown, "equity", lambda: curve(reader, ask.bot, ask.period, facts.flows))
    return Told(
        ask=ask,
        facts=facts,
        people=_try(unknown, "people", lambda: _people(reader, ask, unknown)),
        curve=drawn,
        performance=_performance(drawn, ask),
        contribution=_contribution(drawn, facts),
        verified=_try(unknown, "audit", lambda: _verified(reader, ask)),
        head=_try(unknown, "audit", lambda: _head(reader, ask)),
        limits=_try(unknown, "limits", lambda: in_force(reader, ask.bot, ask.end)),
        unknown=unknown,
    )


def _facts(reader: LedgerReader, ask: Ask) -> Facts:
    facts = Facts(
        decisions=Decisions(),
        trades=Trades(),
        breaches=Breaches(ask.begin, _state_at(reader, ask)),
        alerts=Alerts(),
        doings=Doings(ask.tell, held_before(reader, ask.bot, ask.begin)),
        machinery=Machinery(ask.tell),
        gap=_gap_at(reader, ask),
    )
    for entry in entries(reader, ask.bot, ask.period, facts.gaps):
        facts.add(entry)
    facts.breaches.end(ask.end)
    return facts


def _state_at(reader: LedgerReader, ask: Ask) -> BreakerState:
    """The breaker's state when the period began; CLOSED where no record says otherwise."""
    before = _latest_before(reader, ask, KINDS)
    return (before and state_after(before)) or BreakerState.CLOSED


def _gap_at(reader: LedgerReader, ask: Ask) -> float:
    """What wallet and records differed by when the period began; 0 where no record says."""
    before = _latest_before(reader, ask, [ev.GapAccepted])
    return (finite(before.gap) or 0.0) if isinstance(before, ev.GapAccepted) else 0.0


def _latest_before(
    reader: LedgerReader, ask: Ask, kinds: Sequence[type[ev.Event]]
) -> ev.Event | None:
    """The latest event of ``kinds`` before the period; None where there is none to be read."""
    if ask.period.since is None:
        return None
    try:
        found = reader.records(ask.bot, kinds=kinds, limit=_LOOKED_AT, newest_first=True)
        before = next((each for each in found if each.at < ask.period.since), None)
        return None if before is None else before.event
    except ODD:
        return None


def _people(reader: LedgerReader, ask: Ask, unknown: dict[str, str]) -> People:
    people, gaps = People(ask.tell), Gaps()
    for entry in entries(reader, ev.PEOPLE_CHAIN, ask.period, gaps):
        try:
            people.add(entry.event())
        except ODD as error:
            gaps.add(entry.seq, 1, error)
    if gaps.text:
        unknown["people"] = gaps.text
    return people


def _verified(reader: LedgerReader, ask: Ask) -> Verified:
    return verify(reader, ask.bot, trusted=ask.trusted, copies=ask.copies)


def _head(reader: LedgerReader, ask: Ask) -> Head | None:
    latest = reader.records(ask.bot, limit=1, newest_first=True)
    return Head(latest[0].seq, latest[0].hash.hex()) if latest else None


def _performance(drawn: Curve | None, ask: Ask) -> Performance:
    if drawn is None:
        return Performance()
    return performance(drawn.times, drawn.equity, flows=drawn.flows, days=ask.days)


def _contribution(drawn: Curve | None, facts: Facts) -> Contribution | None:
    if drawn is None or len(drawn.equity) < 2:
        return None
    result = float(drawn.equity[-1] - drawn.equity[0]) - drawn.flowed
    return contribution(result, facts.trades, drawn.unrealised, facts.differences)


def _try(unknown: dict[str, str], part: str, make: Callable[[], T]) -> T | None:
    """``make()``, or None with the reason noted."""
    try:
        return make()
    except ODD as error:
        unknown[part] = str(error)[:500]
        return None
