"""The risk state: events folded over time. ``observe`` changes it, everything else only reads.

Live events and a replay after a restart go through the same ``observe``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from riskplugin.core import events as ev
from riskplugin.core.alerts.book import FOLDS as ALERT_FOLDS
from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.breaker import BreakerSignal, BreakerState, next_state
from riskplugin.core.levels import OnTrip
from riskplugin.core.limit_events import OverrideMoved
from riskplugin.core.limits import FOLDS as LIMIT_FOLDS
from riskplugin.core.limits import RuntimeLimits, adopted_for
from riskplugin.core.units import Quote, Ratio

#: How many of the latest order answers count for the share of rejected orders.
ANSWERS = 20
#: Commands that are remembered as carried out, until the ledger has them marked.
HANDLED = 50
#: Moments from which something is counted.
SINCE = ("half_open_since", "probed_at", "distrust_since", "emergency_since", "flatten_since")
#: Accepted orders that are remembered until their fill; cancelled ones leave when others come.
AWAITED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """An order that the exchange accepted, until it is filled. ``booked``: the bot knows of it."""

    order_id: str
    sent: ev.OrderSent
    booked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """A command from the ledger that was carried out, by its number."""

    control: int
    outcome: str


@dataclass(slots=True, kw_only=True)
class RiskState:
    """All that must survive a restart (CB-7).

    ``capital`` is None until the first balance was seen. ``wallet_gap`` is the accepted
    difference between wallet and book (fees, funding, dust). ``trips`` counts openings since the
    breaker was last closed; it escalates the cooldown. ``records`` is the sum of closed trades as
    known here, ``began`` when a bot first ran with this state, ``handled`` the latest commands
    that were carried out, ``limits`` names the limits that were adopted last, ``software`` the
    riskplugin that folds. ``runtime`` is what people changed of the limits, ``clock`` the latest
    moment that was told while an override holds.
    """

    breaker: BreakerState = BreakerState.CLOSED
    open_until: datetime | None = None
    trips: int = 0
    tripped_by: tuple[str, ...] = ()
    action: OnTrip = OnTrip.HALT
    latched_by: str | None = None
    half_open_since: datetime | None = None
    half_open_equity: Quote | None = None
    probed_at: datetime | None = None
    wins: int = 0
    losses: int = 0
    capital: Quote | None = None
    wallet_gap: Quote = Quote(0.0)
    distrust: str | None = None
    distrust_since: datetime | None = None
    distrust_gap: Quote | None = None
    peak_equity: Quote | None = None
    day_equity: Quote | None = None
    day_until: datetime | None = None
    week_equity: Quote | None = None
    week_until: datetime | None = None
    emergency: bool = False
    emergency_by: str | None = None
    emergency_since: datetime | None = None
    flattening: bool = False
    flatten_by: str | None = None
    flatten_since: datetime | None = None
    flatten_ids: tuple[int, ...] = ()
    flatten_outcomes: tuple[ev.FlattenOutcome, ...] = ()
    flatten_orders: int = 0
    losing_streak: int = 0
    consecutive_errors: int = 0
    last_fault: str | None = None
    answers: tuple[bool, ...] = ()
    warnings: tuple[str, ...] = ()
    unresolved: tuple[ev.OrderSent, ...] = ()
    pending: tuple[ev.OrderSent, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    checked: tuple[str, ...] = ()
    mismatch: str | None = None
    records: Quote | None = None
    began: datetime | None = None
    handled: tuple[Handled, ...] = ()
    policy_version: str | None = None
    limits: str | None = None
    software: str | None = None
    alerts: AlertBook = AlertBook()
    runtime: RuntimeLimits = RuntimeLimits()
    clock: datetime | None = None
    ended: datetime | None = None

    @property
    def rejected_ratio(self) -> Ratio:
        """Share of the latest order answers that were refusals; 0 below five answers."""
        if len(self.answers) < 5:
            return Ratio(0.0)
        return Ratio(sum(self.answers) / len(self.answers))

    def observe(self, event: ev.Event) -> None:
        """Fold one event in. Events that carry no state are ignored.

        Raises IllegalTransition when the breaker cannot take the event's signal.
        """
        fold = _FOLDS.get(type(event))
        if fold is not None:
            fold(self, event)
        if self.runtime.overrides and (self.clock is None or event.at > self.clock):
            self.clock = event.at


def limits_name(version: str, max_positions: int | None) -> str:
    """The name of a set of limits: its version, and what the bot added to it."""
    return version if max_positions is None else f"{version}+{max_positions}"


_FOLDS: dict[type[ev.Event], Callable[[RiskState, Any], None]] = {}


E = TypeVar("E", bound=ev.Event)
Fold = Callable[[RiskState, E], None]


def _on(kind: type[E]) -> Callable[[Fold[E]], Fold[E]]:
    def register(fold: Fold[E]) -> Fold[E]:
        _FOLDS[kind] = fold
        return fold

    return register


@_on(ev.SessionStarted)
def _session(state: RiskState, event: ev.SessionStarted) -> None:
    state.policy_version = event.policy_version
    state.software = event.software
    state.ended = None
    if state.began is None:
        state.began = event.at


@_on(ev.SessionEnded)
def _session_ended(state: RiskState, event: ev.SessionEnded) -> None:
    state.ended = event.at


@_on(ev.LimitsAdopted)
def _limits(state: RiskState, event: ev.LimitsAdopted) -> None:
    name = limits_name(event.version, event.max_positions)
    if event.pair:
        differs = None if name == state.limits else name
        state.runtime = adopted_for(state.runtime, event.pair, differs)
    else:
        state.limits = name


def _runtime(state: RiskState, event: ev.Event) -> None:
    state.runtime = state.runtime.after(event)
    if isinstance(event, OverrideMoved) or not state.runtime.overrides:
        state.clock = event.at if state.runtime.overrides else None


_FOLDS.update(dict.fromkeys(LIMIT_FOLDS, _runtime))


@_on(ev.CapitalChanged)
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


@_on(ev.EquityDistrusted)
def _distrusted(state: RiskState, event: ev.EquityDistrusted) -> None:
    state.distrust, state.distrust_since, state.distrust_gap = event.reason, event.at, event.gap


@_on(ev.EquityTrusted)
def _trusted(state: RiskState, event: ev.EquityTrusted) -> None:
    state.distrust = state.distrust_since = state.distrust_gap = None


@_on(ev.GapAccepted)
def _gap(state: RiskState, event: ev.GapAccepted) -> None:
    state.wallet_gap = event.gap


@_on(ev.DayStarted)
def _day(state: RiskState, event: ev.DayStarted) -> None:
    state.day_equity, state.day_until = event.equity, event.until


@_on(ev.WeekStarted)
def _week(state: RiskState, event: ev.WeekStarted) -> None:
    state.week_equity, state.week_until = event.equity, event.until


@_on(ev.PeakRaised)
def _peak(state: RiskState, event: ev.PeakRaised) -> None:
    state.peak_equity = event.equity


@_on(ev.TradeClosed)
def _closed(state: RiskState, event: ev.TradeClosed) -> None:
    if state.records is not None:
        state.records = Quote(state.records + event.profit)
    won = event.profit > 0
    state.losing_streak = 0 if won else state.losing_streak + 1
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


@_on(ev.WarningRaised)
def _warned(state: RiskState, event: ev.WarningRaised) -> None:
    if event.trigger.name not in state.warnings:
        state.warnings = (*state.warnings, event.trigger.name)


@_on(ev.WarningCleared)
def _unwarned(state: RiskState, event: ev.WarningCleared) -> None:
    state.warnings = tuple(name for name in state.warnings if name != event.name)


@_on(ev.BreakerTripped)
def _tripped(state: RiskState, event: ev.BreakerTripped) -> None:
    state.breaker = next_state(state.breaker, event.signal)
    state.open_until = event.until
    state.trips += 1
    state.tripped_by = tuple(trigger.text for trigger in event.triggers)
    state.action = event.on_trip
    state.half_open_since = state.half_open_equity = None


@_on(ev.BreakerEscalated)
def _escalated(state: RiskState, event: ev.BreakerEscalated) -> None:
    state.action = event.on_trip


@_on(ev.BreakerHalfOpened)
def _half_opened(state: RiskState, event: ev.BreakerHalfOpened) -> None:
    """Begin the test afresh: streak and refusals that no entry could have mended start at zero."""
    state.breaker = next_state(state.breaker, event.signal)
    state.half_open_since, state.half_open_equity = event.at, event.equity
    state.probed_at = None
    state.wins = state.losses = state.losing_streak = 0
    state.answers = ()
    state.action = OnTrip.HALT
    state.flattening = False
    state.open_until = state.latched_by = None


@_on(ev.BreakerReclosed)
def _reclosed(state: RiskState, event: ev.BreakerReclosed) -> None:
    state.breaker = next_state(state.breaker, BreakerSignal.PASS)
    state.peak_equity = state.day_equity = event.equity
    if state.week_equity is not None:
        state.week_equity = event.equity
    state.trips, state.tripped_by = 0, ()
    state.half_open_since = state.half_open_equity = None


@_on(ev.BreakerLatched)
def _latched(state: RiskState, event: ev.BreakerLatched) -> None:
    state.breaker = next_state(state.breaker, BreakerSignal.LATCH)
    state.latched_by = event.by
    state.action = OnTrip.HALT
    state.tripped_by = (event.reason,)
    state.open_until = state.half_open_since = state.half_open_equity = None


@_on(ev.EmergencyEntered)
def _emergency(state: RiskState, event: ev.EmergencyEntered) -> None:
    state.emergency, state.emergency_by, state.emergency_since = True, event.by, event.at


@_on(ev.EmergencyLeft)
def _emergency_left(state: RiskState, event: ev.EmergencyLeft) -> None:
    state.emergency, state.emergency_by, state.emergency_since = False, None, None


@_on(ev.FlattenOrdered)
def _flatten(state: RiskState, event: ev.FlattenOrdered) -> None:
    state.flattening, state.flatten_by, state.flatten_since = True, event.by, event.at
    state.flatten_ids, state.flatten_outcomes, state.flatten_orders = event.trade_ids, (), 0


@_on(ev.FlattenVerified)
def _flat(state: RiskState, event: ev.FlattenVerified) -> None:
    state.flattening = False
    state.flatten_by = state.flatten_since = None


@_on(ev.OrderSent)
def _sent(state: RiskState, event: ev.OrderSent) -> None:
    state.pending = (*state.pending, event)
    state.flatten_orders += state.flattening and event.reduces


@_on(ev.OrderAnswered)
def _answered(state: RiskState, event: ev.OrderAnswered) -> None:
    sent = next((order for order in state.pending if order.intent == event.intent), None)
    if sent is not None and event.order_id is not None:
        accepted = Awaited(order_id=event.order_id, sent=sent)
        state.awaited = _bounded((*state.awaited, accepted))
    state.pending = _without(state.pending, event.intent)
    state.answers = (*state.answers, False)[-ANSWERS:]


def _bounded(awaited: tuple[Awaited, ...]) -> tuple[Awaited, ...]:
    """The latest ones; of too many, exits leave first: only entries need their approval."""
    if len(awaited) <= AWAITED:
        return awaited
    exits = (a for a in awaited if a.sent.reduces)
    first = next(exits, awaited[0])
    return tuple(a for a in awaited if a is not first)


@_on(ev.OrderBooked)
def _booked(state: RiskState, event: ev.OrderBooked) -> None:
    state.awaited = tuple(
        replace(a, booked=True) if a.order_id == event.order_id else a for a in state.awaited
    )


@_on(ev.OrderFailed)
def _failed(state: RiskState, event: ev.OrderFailed) -> None:
    """A refused exit says nothing of our entries; an entry of unknown fate may hang over the
    book. An accepted one that the bot never booked has an unknown fate, too.
    """
    refused = [order for order in state.pending if order.intent == event.intent]
    sent = list(refused)
    sent += [a.sent for a in state.awaited if a.sent.intent == event.intent]
    state.awaited = tuple(a for a in state.awaited if a.sent.intent != event.intent)
    state.pending = _without(state.pending, event.intent)
    if event.uncertain and not event.reduces:
        state.unresolved = (*state.unresolved, *sent)
    if refused and not event.reduces:
        state.answers = (*state.answers, True)[-ANSWERS:]


@_on(ev.IntentResolved)
def _resolved(state: RiskState, event: ev.IntentResolved) -> None:
    state.unresolved = _without(state.unresolved, event.intent)
    state.pending = _without(state.pending, event.intent)


@_on(ev.ControlHandled)
def _handled(state: RiskState, event: ev.ControlHandled) -> None:
    if event.control is not None:
        done = Handled(control=event.control, outcome=event.outcome)
        state.handled = (*state.handled, done)[-HANDLED:]


@_on(ev.FillChecked)
def _filled(state: RiskState, event: ev.FillChecked) -> None:
    state.awaited = tuple(a for a in state.awaited if a.order_id != event.order_id)
    state.checked = (*state.checked, event.order_id)[-AWAITED:]


@_on(ev.MismatchFound)
def _mismatch(state: RiskState, event: ev.MismatchFound) -> None:
    state.mismatch = event.text


@_on(ev.MismatchCleared)
def _agreed(state: RiskState, event: ev.MismatchCleared) -> None:
    state.mismatch = None


@_on(ev.ClockSetBack)
def _set_back(state: RiskState, event: ev.ClockSetBack) -> None:
    for name in SINCE:
        since = getattr(state, name)
        if since is not None:
            setattr(state, name, min(since, event.at))


@_on(ev.RecordsRead)
def _records(state: RiskState, event: ev.RecordsRead) -> None:
    if state.capital is not None:
        state.capital = Quote(state.capital + event.correction)
    state.records = event.closed


@_on(ev.FaultRecorded)
def _fault(state: RiskState, event: ev.FaultRecorded) -> None:
    state.consecutive_errors += 1
    state.last_fault = f"{event.source}: {event.text}"


@_on(ev.FaultsCleared)
def _faults_cleared(state: RiskState, event: ev.FaultsCleared) -> None:
    state.consecutive_errors = 0


def _without(orders: tuple[ev.OrderSent, ...], intent: str) -> tuple[ev.OrderSent, ...]:
    return tuple(order for order in orders if order.intent != intent)


def _alerting(
    kind: type[ev.Event], fold: Callable[[AlertBook, Any], AlertBook]
) -> Callable[[RiskState, Any], None]:
    """The fold of ``kind`` that keeps the alerts in step as well."""
    before = _FOLDS.get(kind)

    def both(state: RiskState, event: Any) -> None:
        if before is not None:
            before(state, event)
        state.alerts = fold(state.alerts, event)

    return both


_FOLDS.update({kind: _alerting(kind, fold) for kind, fold in ALERT_FOLDS.items()})
