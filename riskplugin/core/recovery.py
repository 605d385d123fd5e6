"""How the breaker moves: trip, cooldown, the half-open test, and back (CB-5, CB-6, EM-4).

Every path out of OPEN leads through the test; no state is a dead end; LATCHED waits for a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from riskplugin.core import events as ev
from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerSignal, BreakerState
from riskplugin.core.levels import OnTrip
from riskplugin.core.policy import BreakerPolicy, Policy
from riskplugin.core.snapshot import AccountSnapshot
from riskplugin.core.state import RiskState
from riskplugin.core.triggers import Severity, Trigger

STOPPED = "new entries, increases and replacements; working entry orders are cancelled"
NOT_STOPPED = "exits, stop losses and take profits"

#: Triggers that must be gone before a test makes sense; the others mend only by trading again.
_BLOCKS_TEST = frozenset({"system", "exposure", "volatility", "liquidation_room"})

_SEVERITY = {OnTrip.HALT: 0, OnTrip.EMERGENCY: 1, OnTrip.FLATTEN: 2}
#: Triggers that tell of exchange, network or ledger, not of the account.
_MACHINERY = frozenset({"system", "rejected_orders"})


def advance(
    state: RiskState,
    book: Book,
    account: AccountSnapshot,
    triggers: list[Trigger],
    policy: Policy,
) -> Iterator[ev.Event]:
    """The breaker's and the close-all's next steps, given what fired."""
    trips = tuple(t for t in triggers if t.severity is Severity.TRIP and not t.observed)
    match state.breaker:
        case BreakerState.CLOSED if trips:
            yield from _trip(state, account, book, trips, BreakerSignal.TRIP, policy)
        case BreakerState.OPEN:
            yield from _escalate(state, account, book, trips, policy)
            yield from _cool(state, book, account, trips, policy.breaker)
        case BreakerState.LATCHED:
            yield from _escalate(state, account, book, trips, policy)
        case BreakerState.HALF_OPEN:
            yield from _judge(state, book, account, trips, policy)
    if state.flattening:
        yield from _verify_flat(state, book)


def cooldown_after(trips: int, policy: BreakerPolicy) -> timedelta:
    """How long the breaker stays open at its next opening: doubled each time, up to the maximum.

    ``trips`` is the number of openings since it was last closed.
    """
    factor: int = 2 ** min(trips, 32)
    return min(policy.cooldown * factor, policy.max_cooldown)


def _trip(
    state: RiskState,
    account: AccountSnapshot,
    book: Book,
    trips: tuple[Trigger, ...],
    signal: BreakerSignal,
    policy: Policy,
) -> Iterator[ev.Event]:
    cooldown = cooldown_after(state.trips, policy.breaker)
    action = _action(trips, policy.breaker)
    text = "; ".join(trigger.text for trigger in trips)
    yield ev.BreakerTripped(
        at=book.at,
        signal=signal,
        triggers=trips,
        cooldown=cooldown,
        until=_open_until(book.at + cooldown, state, trips, policy.breaker),
        on_trip=action,
        equity=account.equity,
        stopped=STOPPED,
        not_stopped=NOT_STOPPED,
    )
    yield from _act(state, book, action, text)


def _escalate(
    state: RiskState,
    account: AccountSnapshot,
    book: Book,
    trips: tuple[Trigger, ...],
    policy: Policy,
) -> Iterator[ev.Event]:
    """A crash goes on while the breaker is open for a lesser reason: on_trip still has to act."""
    action = _action(trips, policy.breaker)
    if not trips or not account.positions or _SEVERITY[action] <= _SEVERITY[state.action]:
        return
    text = "; ".join(trigger.text for trigger in trips)
    yield ev.BreakerEscalated(at=book.at, on_trip=action, reason=text)
    yield from _act(state, book, action, text)


def _act(state: RiskState, book: Book, action: OnTrip, text: str) -> Iterator[ev.Event]:
    if action is not OnTrip.HALT and not state.emergency:
        yield ev.EmergencyEntered(at=book.at, by="breaker", reason=text)
    if action is OnTrip.FLATTEN and not state.flattening:
        yield order_flat(book, by="breaker", reason=text)


def _action(trips: tuple[Trigger, ...], policy: BreakerPolicy) -> OnTrip:
    """A failure of the machinery says nothing about the positions: it stops entries, no more.

    Closing a sound book because prices were late is the false alarm that costs real money.
    """
    about_the_account = any(trigger.name not in _MACHINERY for trigger in trips)
    return policy.on_trip if about_the_account else OnTrip.HALT


def order_flat(book: Book, *, by: str, reason: str) -> ev.FlattenOrdered:
    """The order to close everything that ``book`` shows."""
    ids = {p.trade_id for p in book.positions} | {w.trade_id for w in book.working}
    return ev.FlattenOrdered(
        at=book.at, by=by, reason=reason, trade_ids=tuple(sorted(i for i in ids if i is not None))
    )


def _open_until(
    until: datetime, state: RiskState, trips: tuple[Trigger, ...], policy: BreakerPolicy
) -> datetime:
    if not policy.hold_daily_loss:
        return until
    names = {trigger.name for trigger in trips}
    ends = [until]
    if "daily_loss" in names and state.day_until is not None:
        ends.append(state.day_until)
    if "weekly_loss" in names and state.week_until is not None:
        ends.append(state.week_until)
    return max(ends)


def _ahead(at: datetime, until: datetime, policy: BreakerPolicy) -> bool:
    """True while ``until`` is to come; what no cooldown or week reaches is a clock gone wrong."""
    return timedelta(0) < until - at <= max(policy.max_cooldown, timedelta(days=8))


def _cool(
    state: RiskState,
    book: Book,
    account: AccountSnapshot,
    trips: tuple[Trigger, ...],
    policy: BreakerPolicy,
) -> Iterator[ev.Event]:
    over = state.open_until is None or not _ahead(book.at, state.open_until, policy)
    blocked = any(trigger.name in _BLOCKS_TEST for trigger in trips)
    if over and not blocked and not state.flattening and account.untrusted is None:
        yield ev.BreakerHalfOpened(at=book.at, signal=BreakerSignal.COOLED, equity=account.equity)


def _judge(
    state: RiskState,
    book: Book,
    account: AccountSnapshot,
    trips: tuple[Trigger, ...],
    policy: Policy,
) -> Iterator[ev.Event]:
    """Equity decides, unrealised included; wins only open the door, losses close it."""
    half_open = policy.breaker.half_open
    if trips:
        yield from _trip(state, account, book, trips, BreakerSignal.TRIP, policy)
        return
    if account.untrusted is not None or state.half_open_equity is None:
        return
    start = state.half_open_equity
    loss = (start - account.equity) / start if start > 0 else 1.0
    if not loss < half_open.max_loss:
        text = "lost {0:.2%} of equity, {1:.2%} is the limit"
        failed = _failure("probe_loss", loss, half_open.max_loss, text)
        yield from _trip(state, account, book, (failed,), BreakerSignal.FAIL, policy)
    elif state.losses >= half_open.wins:
        text = "{0:.0f} probes lost, {1:.0f} end the test"
        failed = _failure("probe_losses", state.losses, half_open.wins, text)
        yield from _trip(state, account, book, (failed,), BreakerSignal.FAIL, policy)
    elif account.equity >= start and state.wins >= half_open.wins:
        yield from _reclose(state, account, book)
    elif _nobody_comes(state, account, book, policy):
        if not state.losses:
            yield from _reclose(state, account, book)
            return
        text = "{0:.0f} probe lost, and none came after it to make it good"
        failed = _failure("probe_losses", state.losses, half_open.wins, text)
        yield from _trip(state, account, book, (failed,), BreakerSignal.FAIL, policy)


def _nobody_comes(state: RiskState, account: AccountSnapshot, book: Book, policy: Policy) -> bool:
    """No probe is open, and for the longest cooldown none was taken: the test has to end.

    The strategy may have had no signal, or the account be too small for a probe (the exchange's
    minimum above the emergency size): waiting for ever would be a dead end (CB-6). Without a loss
    it is passed; else the breaker opens once more.
    """
    since = state.probed_at or state.half_open_since
    waited = since is not None and book.at - since >= policy.breaker.max_cooldown
    return waited and not account.probes


def _failure(name: str, measured: float, limit: float, text: str) -> Trigger:
    return Trigger(
        name=name,
        severity=Severity.TRIP,
        measured=measured,
        limit=limit,
        text="half-open test failed: " + text.format(measured, limit),
        observed=False,
    )


def _reclose(state: RiskState, account: AccountSnapshot, book: Book) -> Iterator[ev.Event]:
    old_peak = state.peak_equity if state.peak_equity is not None else account.equity
    yield ev.BreakerReclosed(at=book.at, equity=account.equity, old_peak=old_peak)
    if state.emergency:
        yield ev.EmergencyLeft(at=book.at, by="breaker", reason="recovery completed")


def _verify_flat(state: RiskState, book: Book) -> Iterator[ev.Event]:
    if book.positions or book.working or book.unknown is not None or book.settling:
        return
    since = state.flatten_since if state.flatten_since is not None else book.at
    yield ev.FlattenVerified(
        at=book.at,
        outcomes=state.flatten_outcomes,
        attempts=state.flatten_orders,
        seconds=(book.at - since).total_seconds(),
    )
