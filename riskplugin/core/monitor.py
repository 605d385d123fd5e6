"""One look at the account: what the book means for references, warnings, breaker and emergency.

``assess`` is called on every bot loop and on every candle of a backtest (CB-3). It asks no clock
and writes nothing: it folds the events that follow from the book into the state and returns them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from riskplugin.core import events as ev
from riskplugin.core.book import Book, ClosedTrade
from riskplugin.core.breaker import BreakerState
from riskplugin.core.calendar import day_end, week_end
from riskplugin.core.directive import Directive, direct
from riskplugin.core.levels import RiskLevel, Side
from riskplugin.core.policy import Policy
from riskplugin.core.recovery import advance
from riskplugin.core.score import RiskScore, risk_score
from riskplugin.core.snapshot import AccountSnapshot, Entry, WorkingEntry
from riskplugin.core.state import SINCE, RiskState
from riskplugin.core.triggers import Severity, Trigger, evaluate
from riskplugin.core.trust import doubt, equity_of, reconcile
from riskplugin.core.units import Quote

#: What :func:`account_of` reads of the state, and nothing else.
READ = (
    "capital",
    "wallet_gap",
    "distrust",
    "peak_equity",
    "day_equity",
    "week_equity",
    "breaker",
    "half_open_since",
    "emergency",
    "consecutive_errors",
    "mismatch",
    "losing_streak",
    "answers",
    "unresolved",
    "pending",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The account as judged, its score, what happened, and what the adapter has to do."""

    account: AccountSnapshot
    score: RiskScore
    events: tuple[ev.Event, ...]
    directive: Directive


def assess(state: RiskState, book: Book, policy: Policy, *, fault: str | None = None) -> Assessment:
    """Judge ``book``; ``state`` is brought up to date. ``fault``: a standing fault of the
    machinery.
    """
    events: list[ev.Event] = []
    for step in (
        _clock(state, book),
        closings(book.at, book.closed),
        _mismatch(state, book),
        reconcile(state, book, policy.trust),
    ):
        _fold(state, step, events)
    _fold(state, _references(state, book, policy), events)
    account, score = account_of(state, book, policy, fault=fault)
    triggers = evaluate(account, policy, score=score)
    _fold(state, _warnings(state, book, triggers), events)
    _fold(state, advance(state, book, account, triggers, policy), events)
    if _stale(account, state):
        account, score = account_of(state, book, policy, fault=fault)
    return Assessment(
        account=account,
        score=score,
        events=tuple(events),
        directive=direct(state, account, policy),
    )


def account_of(
    state: RiskState, book: Book, policy: Policy, *, fault: str | None = None
) -> tuple[AccountSnapshot, RiskScore]:
    """The account that ``state`` and ``book`` give together, with its score and level."""
    hanging = _hanging(state) if state.unresolved or state.pending else ()
    working = (*book.working, *hanging) if hanging else book.working
    account = AccountSnapshot(
        equity=equity_of(state, book),
        peak_equity=state.peak_equity,
        day_start_equity=state.day_equity,
        week_start_equity=state.week_equity,
        positions=book.positions,
        working=working,
        sums=None if hanging else book.sums,
        untrusted=state.distrust or book.untrusted or doubt(state, book, policy.trust),
        breaker=state.breaker,
        probes=_probes(state, (*book.positions, *working)),
        half_open_since=state.half_open_since,
        emergency=state.emergency,
        price_age=book.price_age,
        consecutive_errors=state.consecutive_errors,
        fault=fault or book.unknown or state.mismatch,
        losing_streak=state.losing_streak,
        rejected_ratio=state.rejected_ratio,
        volatility=book.volatility,
    )
    score = risk_score(account, policy)
    if score.level is not RiskLevel.MINIMAL:
        account = account.at_level(score.level)
    return account, score


def _fold(state: RiskState, step: Iterator[ev.Event], events: list[ev.Event]) -> None:
    """Observe each event before the step goes on, so that a step sees what it caused."""
    for event in step:
        state.observe(event)
        events.append(event)


def _stale(account: AccountSnapshot, state: RiskState) -> bool:
    return account.breaker is not state.breaker or account.emergency is not state.emergency


def closings(at: datetime, closed: Iterable[ClosedTrade]) -> Iterator[ev.Event]:
    """What a look records of trades that ended."""
    for trade in closed:
        yield ev.TradeClosed(
            at=at,
            trade_id=trade.trade_id,
            pair=trade.pair,
            side=trade.side,
            profit=trade.profit,
            opened_at=trade.opened_at,
            exit_reason=trade.exit_reason,
            tag=trade.tag,
            stake=trade.stake,
            leverage=trade.leverage,
            fees=trade.fees,
            funding=trade.funding,
        )


def _clock(state: RiskState, book: Book) -> Iterator[ev.Event]:
    """Probes are counted from a moment: one that lies ahead would count none of them."""
    began = (getattr(state, name) for name in SINCE)
    if any(since is not None and since > book.at for since in began):
        yield ev.ClockSetBack(at=book.at)


def _mismatch(state: RiskState, book: Book) -> Iterator[ev.Event]:
    """Tell when wallet and trades begin to contradict each other, and when they stop to."""
    if book.unknown is not None:
        if state.mismatch != book.unknown:
            yield ev.MismatchFound(at=book.at, text=book.unknown)
    elif state.mismatch is not None and not book.settling:
        yield ev.MismatchCleared(at=book.at, text=state.mismatch)


def _references(state: RiskState, book: Book, policy: Policy) -> Iterator[ev.Event]:
    """Peak, day and week move on trusted figures only (CB-11)."""
    if state.distrust is not None or book.untrusted is not None:
        return
    equity = equity_of(state, book)
    if _is_over(state.day_until, book, timedelta(hours=50)):
        yield ev.DayStarted(at=book.at, equity=equity, until=day_end(book.at, policy.day))
    weekly = policy.breaker.weekly_loss
    if (weekly.warn is not None or weekly.trip is not None) and _is_over(
        state.week_until, book, timedelta(days=9)
    ):
        yield ev.WeekStarted(at=book.at, equity=equity, until=week_end(book.at, policy.day))
    if state.peak_equity is None or equity > state.peak_equity:
        yield ev.PeakRaised(at=book.at, equity=equity)


def _warnings(state: RiskState, book: Book, triggers: list[Trigger]) -> Iterator[ev.Event]:
    """Say each warning once when it begins and once when it ends."""
    warning = {t.name: t for t in triggers if t.severity is Severity.WARNING or t.observed}
    if not warning and not state.warnings:
        return
    for name, trigger in warning.items():
        if name not in state.warnings:
            yield ev.WarningRaised(at=book.at, trigger=trigger)
    fired = {t.name for t in triggers}
    for name in state.warnings:
        if name not in fired:
            yield ev.WarningCleared(at=book.at, name=name)


def _is_over(until: datetime | None, book: Book, longest: timedelta) -> bool:
    """The day (week) has ended, or its end lies where only a clock gone wrong can have put it."""
    return until is None or book.at >= until or until - book.at > longest


def _hanging(state: RiskState) -> tuple[WorkingEntry, ...]:
    """Orders on their way, and those of unknown fate, bind budget until it is known what became of
    them.
    """
    return tuple(
        WorkingEntry(
            pair=order.pair,
            side=Side.LONG if order.order_side == "buy" else Side.SHORT,
            stake=Quote(order.notional / order.leverage),
            notional=order.notional,
            leverage=order.leverage,
            order_id=order.intent,
            opened_at=order.at,
        )
        for order in (*state.unresolved, *state.pending)
        if not order.reduces
    )


def _probes(state: RiskState, entries: tuple[Entry, ...]) -> int:
    since = state.half_open_since
    if state.breaker is not BreakerState.HALF_OPEN or since is None:
        return 0
    begun = (e for e in entries if e.opened_at is None or e.opened_at >= since)
    return len({entry.pair for entry in begun})
