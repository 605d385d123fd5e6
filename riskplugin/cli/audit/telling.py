"""One sentence for people about each kind of event, with the figures that matter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from riskplugin.cli.audit.telling_limits import LIMIT_TELLERS
from riskplugin.cli.audit.words import amount, length, moment, plainly, share, signed
from riskplugin.core import events as ev
from riskplugin.core.levels import EntryKind
from riskplugin.core.triggers import Trigger
from riskplugin.core.verdict import Cap, Decision, Deny

E = TypeVar("E", bound=ev.Event)
Told = Callable[[Any], str]

_TELLERS: dict[type[ev.Event], Told] = {**LIMIT_TELLERS}


def told(event: ev.Event) -> str:
    """The event as one sentence on one line. Never raises, whatever its fields hold."""
    try:
        return plainly(_TELLERS[type(event)](event))  # whatever a field holds that has no words
    except (AttributeError, TypeError, ValueError, ArithmeticError, KeyError):
        return _fields(event)


def style(event: ev.Event) -> str:
    """The colour that an event is shown in: refusals red, caps yellow; "" for none."""
    if isinstance(event, ev.EntryDecided):
        match getattr(event.decision, "binding", None):
            case Deny():
                return "red"
            case Cap():
                return "yellow"
        return "green"
    if isinstance(event, ev.FillChecked):
        return "red" if event.findings else ""
    return _STYLES.get(type(event), "")


_STYLES: dict[type[ev.Event], str] = {
    ev.BreakerTripped: "bold red",
    ev.BreakerEscalated: "bold red",
    ev.BreakerLatched: "bold red",
    ev.EmergencyEntered: "bold red",
    ev.FlattenOrdered: "bold red",
    ev.MismatchFound: "red",
    ev.OrderFailed: "red",
    ev.FaultRecorded: "red",
    ev.RecordsLost: "bold red",
    ev.WatchActed: "bold red",
    ev.EquityDistrusted: "red",
    ev.WarningRaised: "yellow",
    ev.BreakerHalfOpened: "yellow",
    ev.ClockSetBack: "yellow",
    ev.SignInLocked: "yellow",
    ev.AlertEscalated: "bold red",
    ev.AlertFailed: "red",
    ev.AlertDropped: "red",
    ev.AlertAcknowledged: "green",
    ev.AlertResolved: "green",
    ev.StateRebuilt: "yellow",
    ev.BreakerReclosed: "green",
    ev.FlattenVerified: "green",
    ev.EquityTrusted: "green",
}


def _on(kind: type[E]) -> Callable[[Callable[[E], str]], Callable[[E], str]]:
    def register(teller: Callable[[E], str]) -> Callable[[E], str]:
        _TELLERS[kind] = teller
        return teller

    return register


def _fields(event: ev.Event) -> str:
    """What an event holds whose values are not what they should be."""
    held = (name for kind in type(event).__mro__ for name in getattr(kind, "__slots__", ()))
    named = (f"{name} {plainly(getattr(event, name))}" for name in held if name != "at")
    return ", ".join(named) or "nothing more"


# --- session, limits, money ------------------------------------------------------------------


@_on(ev.SessionStarted)
def _session(event: ev.SessionStarted) -> str:
    bot, mode = plainly(event.bot), plainly(event.run_mode)
    with_ = f" with riskplugin {plainly(event.software)}" if event.software else ""
    return f"{bot} began to run ({mode}){with_} under limits {plainly(event.policy_version)}"


@_on(ev.SessionEnded)
def _ended(event: ev.SessionEnded) -> str:
    left = f" with {event.positions} positions open" if event.positions else ""
    return f"{plainly(event.bot)} was stopped in order{left}"


@_on(ev.WatchActed)
def _watch_acted(event: ev.WatchActed) -> str:
    pair = f" {plainly(event.pair)}" if event.pair else ""
    much = f" {amount(event.amount)}" if event.amount else ""
    order = f" (order {plainly(event.order_id)})" if event.order_id else ""
    what = f"{plainly(event.step)}{pair}{much}{order}: {plainly(event.outcome)}"
    return f"the watchdog acted for {plainly(event.watched)}: {what}"


@_on(ev.LimitsAdopted)
def _limits(event: ev.LimitsAdopted) -> str:
    most = event.max_positions
    positions = "" if most is None else f", with at most {most} positions as the bot says"
    where = f" for entries in {plainly(event.pair)}" if event.pair else ""
    return f"limits {plainly(event.version)} hold from here on{where}{positions}"


@_on(ev.CapitalChanged)
def _capital(event: ev.CapitalChanged) -> str:
    what = f"by {plainly(event.by)}; equity before was {amount(event.equity_before)}"
    return f"capital changed by {signed(event.amount)}, {what}"


@_on(ev.EquityDistrusted)
def _distrusted(event: ev.EquityDistrusted) -> str:
    gap = "no balance" if event.gap is None else f"gap {signed(event.gap)}"
    return f"equity is not believed ({gap}): {plainly(event.reason)}"


@_on(ev.EquityTrusted)
def _trusted(event: ev.EquityTrusted) -> str:
    return f"equity is believed again: {plainly(event.reason)}"


@_on(ev.GapAccepted)
def _gap(event: ev.GapAccepted) -> str:
    return f"wallet and records differ by {signed(event.gap)}, within tolerance"


@_on(ev.DayStarted)
def _day(event: ev.DayStarted) -> str:
    return f"a day began with equity {amount(event.equity)}, until {moment(event.until)}"


@_on(ev.WeekStarted)
def _week(event: ev.WeekStarted) -> str:
    return f"a week began with equity {amount(event.equity)}, until {moment(event.until)}"


@_on(ev.PeakRaised)
def _peak(event: ev.PeakRaised) -> str:
    return f"equity reached a new high of {amount(event.equity)}"


@_on(ev.RecordsRead)
def _records(event: ev.RecordsRead) -> str:
    text = f"closed trades add up to {signed(event.closed)}"
    if not event.correction:
        return text
    return f"{text}; they were edited, capital takes up {signed(event.correction)}"


# --- warnings and the breaker ----------------------------------------------------------------


@_on(ev.WarningRaised)
def _warned(event: ev.WarningRaised) -> str:
    watched = " (only observed)" if event.trigger.observed else ""
    return f"{event.trigger.severity} {plainly(event.trigger.text)}{watched}"


@_on(ev.WarningCleared)
def _unwarned(event: ev.WarningCleared) -> str:
    return f"{plainly(event.name)} is back inside its warning value"


@_on(ev.BreakerTripped)
def _tripped(event: ev.BreakerTripped) -> str:
    until = f"for {length(event.cooldown)}, until {moment(event.until)}"
    did = f"{plainly(event.stopped)}; {plainly(event.not_stopped)}"
    equity = f"at equity {amount(event.equity)}"
    return f"the breaker opened {until}, {equity}: {_causes(event.triggers)} ({did})"


def _causes(triggers: tuple[Trigger, ...]) -> str:
    return "; ".join(plainly(trigger.text) for trigger in triggers) or "no trigger named"


@_on(ev.BreakerEscalated)
def _escalated(event: ev.BreakerEscalated) -> str:
    return f"the open breaker goes on to {event.on_trip}: {plainly(event.reason)}"


@_on(ev.BreakerHalfOpened)
def _half_opened(event: ev.BreakerHalfOpened) -> str:
    who = "the cooldown is over" if event.by is None else f"re-armed by {plainly(event.by)}"
    why = "" if event.reason is None else f": {plainly(event.reason)}"
    return f"the breaker went half-open at equity {amount(event.equity)}, {who}{why}"


@_on(ev.BreakerReclosed)
def _reclosed(event: ev.BreakerReclosed) -> str:
    peak = f"the peak is {amount(event.equity)} from here on, it was {amount(event.old_peak)}"
    return f"the breaker closed, the test was passed; {peak}"


@_on(ev.BreakerLatched)
def _latched(event: ev.BreakerLatched) -> str:
    return f"the breaker was latched by {plainly(event.by)}: {plainly(event.reason)}"


@_on(ev.EmergencyEntered)
def _emergency(event: ev.EmergencyEntered) -> str:
    return f"emergency mode began, by {plainly(event.by)}: {plainly(event.reason)}"


@_on(ev.EmergencyLeft)
def _emergency_left(event: ev.EmergencyLeft) -> str:
    return f"emergency mode ended, by {plainly(event.by)}: {plainly(event.reason)}"


@_on(ev.FlattenOrdered)
def _flatten(event: ev.FlattenOrdered) -> str:
    count = f"{len(event.trade_ids)} open" if event.trade_ids else "none open"
    who = f"by {plainly(event.by)}: {plainly(event.reason)}"
    return f"close everything ({count}), {who}"


@_on(ev.FlattenVerified)
def _flat(event: ev.FlattenVerified) -> str:
    result = sum(outcome.profit for outcome in event.outcomes)
    closed = f"{len(event.outcomes)} closed with {signed(result)}"
    took = f"{amount(event.seconds)} s, {event.attempts} orders"
    return f"the book is verified flat: {closed}, in {took}"


# --- entries and orders ----------------------------------------------------------------------


@_on(ev.EntryDecided)
def _decided(event: ev.EntryDecided) -> str:
    return f"{asked(event.decision)} – {answered(event.decision)}"


def asked(decision: Decision) -> str:
    """What was proposed: pair, side, stake, leverage."""
    request = decision.request
    kind = "" if request.kind is EntryKind.OPEN else f" ({request.kind})"
    figures = f"{amount(request.stake)} at {amount(request.leverage)}x"
    return f"{plainly(request.pair)} {plainly(request.side)}{kind}, {figures}"


def answered(decision: Decision) -> str:
    """What the gate said to it, with the binding reason."""
    match decision.binding:
        case Deny(reason):
            said = f"refused by {plainly(reason.rule)}: {plainly(reason.text)}"
        case Cap(_, reason):
            said = f"capped to {amount(decision.stake)} by {plainly(reason.rule)}: "
            said += plainly(reason.text)
        case _ if decision.stake == decision.request.stake:
            said = "allowed as asked"
        case _:
            said = f"{amount(decision.stake)} allowed"
    watched = ", ".join(plainly(name) for name, _ in decision.observed)
    return f"{said} (only observed: {watched})" if watched else said


@_on(ev.OrderSent)
def _sent(event: ev.OrderSent) -> str:
    what = "exit" if event.reduces else f"entry ({event.kind})" if event.kind else "entry"
    figures = f"{amount(event.amount)} at {amount(event.price)}, {amount(event.leverage)}x"
    order = f"{plainly(event.order_side)} {figures}, notional {amount(event.notional)}"
    return f"{plainly(event.pair)} {what} {_short(event.intent)} is sent: {order}"


@_on(ev.OrderAnswered)
def _order_answered(event: ev.OrderAnswered) -> str:
    number = "no number" if event.order_id is None else f"number {plainly(event.order_id)}"
    status = "" if event.status is None else f", {plainly(event.status)}"
    return f"the exchange took order {_short(event.intent)}: {number}{status}"


@_on(ev.OrderBooked)
def _booked(event: ev.OrderBooked) -> str:
    return f"order {plainly(event.order_id)} is in the bot's records"


@_on(ev.OrderFailed)
def _failed(event: ev.OrderFailed) -> str:
    what = "exit" if event.reduces else "entry"
    fate = "has an unknown fate" if event.uncertain else "was refused"
    return f"{plainly(event.pair)} {what} {fate}: {plainly(event.error)}"


@_on(ev.FillChecked)
def _filled(event: ev.FillChecked) -> str:
    what = "exit" if event.reduces else "entry"
    figures = f"{amount(event.amount)} at {amount(event.price)}, {amount(event.leverage)}x"
    slip = "" if event.slippage is None else f", slippage {share(event.slippage)}"
    found = "; ".join(plainly(finding) for finding in event.findings)
    verdict = f" - beyond the approval: {found}" if found else ""
    return f"{plainly(event.pair)} {what} filled: {figures}{slip}{verdict}"


@_on(ev.IntentResolved)
def _resolved(event: ev.IntentResolved) -> str:
    return f"the fate of order {_short(event.intent)} is known: {plainly(event.how)}"


def _short(intent: str) -> str:
    """The beginning of an order's own name: enough to find it."""
    return plainly(intent)[:8]


@_on(ev.TradeClosed)
def _closed(event: ev.TradeClosed) -> str:
    what = f"{plainly(event.pair)} {plainly(event.side)} (trade {event.trade_id})"
    return f"{what} closed with {signed(event.profit)}, {plainly(event.exit_reason)}"


# --- machinery and people --------------------------------------------------------------------


@_on(ev.MismatchFound)
def _mismatch(event: ev.MismatchFound) -> str:
    return f"wallet and trades contradict each other: {plainly(event.text)}"


@_on(ev.MismatchCleared)
def _agreed(event: ev.MismatchCleared) -> str:
    return f"wallet and trades agree again: {plainly(event.text)}"


@_on(ev.ClockSetBack)
def _set_back(event: ev.ClockSetBack) -> str:
    return "the clock was set back: waits begin anew"


@_on(ev.FaultRecorded)
def _fault(event: ev.FaultRecorded) -> str:
    return f"{plainly(event.source)} failed: {plainly(event.text)}"


@_on(ev.FaultsCleared)
def _faults_cleared(event: ev.FaultsCleared) -> str:
    return "a whole loop passed without a fault"


@_on(ev.StateCarried)
def _carried(event: ev.StateCarried) -> str:
    return f"the whole state is recorded here; riskplugin {event.software} folds on from it"


@_on(ev.RecordsLost)
def _lost(event: ev.RecordsLost) -> str:
    return f"{amount(event.count)} records were lost here: the ledger took none for too long"


@_on(ev.StateRebuilt)
def _rebuilt(event: ev.StateRebuilt) -> str:
    who = f"by {plainly(event.by)}: {plainly(event.reason)}"
    return f"the saved state was made anew from the records, {who}"


@_on(ev.ControlHandled)
def _handled(event: ev.ControlHandled) -> str:
    who = f"by {plainly(event.by)}" + (f": {plainly(event.reason)}" if event.reason else "")
    return f"command {plainly(event.command)} {who} - {plainly(event.outcome)}"


# --- people ----------------------------------------------------------------------------------


def _because(reason: str) -> str:
    return f": {plainly(reason)}" if reason else ""


@_on(ev.PersonAdded)
def _added(event: ev.PersonAdded) -> str:
    what = f"{plainly(event.name)} was registered as {plainly(event.role)}"
    return f"{what} by {plainly(event.by)}{_because(event.reason)}"


@_on(ev.RoleGiven)
def _role(event: ev.RoleGiven) -> str:
    what = f"{plainly(event.name)} is {plainly(event.role)} from here on"
    return f"{what}, by {plainly(event.by)}{_because(event.reason)}"


@_on(ev.TelegramGiven)
def _telegram(event: ev.TelegramGiven) -> str:
    who = "no Telegram user any more" if event.user_id is None else f"Telegram user {event.user_id}"
    return f"{plainly(event.name)} is {who}, by {plainly(event.by)}{_because(event.reason)}"


@_on(ev.PersonDisabled)
def _disabled(event: ev.PersonDisabled) -> str:
    return f"{plainly(event.name)} was disabled by {plainly(event.by)}{_because(event.reason)}"


@_on(ev.PersonEnabled)
def _enabled(event: ev.PersonEnabled) -> str:
    return f"{plainly(event.name)} was enabled by {plainly(event.by)}{_because(event.reason)}"


@_on(ev.TokensRevoked)
def _revoked(event: ev.TokensRevoked) -> str:
    what = f"{plainly(event.name)} was signed out everywhere"
    return f"{what} by {plainly(event.by)}{_because(event.reason)}"


@_on(ev.CredentialSet)
def _credential(event: ev.CredentialSet) -> str:
    factor = "with a second factor" if event.second_factor else "without a second factor"
    chosen = "own password" if event.own else "a password to be changed"
    what = f"{plainly(event.name)} has new credentials ({chosen}, {factor})"
    return f"{what} by {plainly(event.by)}{_because(event.reason)}"


@_on(ev.SignedIn)
def _signed_in(event: ev.SignedIn) -> str:
    return f"{plainly(event.name)} signed in{_from(event.address)}"


@_on(ev.SignInLocked)
def _locked(event: ev.SignInLocked) -> str:
    many = f"{event.failures} attempts to sign in as {plainly(event.name)} were in vain"
    return f"{many}{_from(event.address, 'the latest ')}: the next has to wait"


def _from(address: str, which: str = "") -> str:
    return f", {which}from {plainly(address)}" if address else ""


# --- alerts ----------------------------------------------------------------------------------


def _on_channels(channels: tuple[str, ...]) -> str:
    names = ", ".join(plainly(name) for name in channels)
    return f" (to {names})" if names else " (told to nobody)"


@_on(ev.AlertRaised)
def _alert(event: ev.AlertRaised) -> str:
    what = f"{event.severity} alert {event.alert} {plainly(event.name)}: {plainly(event.said)}"
    return what + _on_channels(event.channels)


@_on(ev.AlertRepeated)
def _alert_again(event: ev.AlertRepeated) -> str:
    how = "is said again" if event.reminder else "came again"
    return f"alert {event.alert} {how}: {plainly(event.said)}{_on_channels(event.channels)}"


@_on(ev.AlertEscalated)
def _alert_climbed(event: ev.AlertEscalated) -> str:
    what = f"alert {event.alert} climbed to level {event.level}, {plainly(event.who)}"
    return what + _on_channels(event.channels)


@_on(ev.AlertAcknowledged)
def _alert_taken(event: ev.AlertAcknowledged) -> str:
    numbers = ", ".join(str(number) for number in event.alerts)
    return f"alert {numbers} was acknowledged by {plainly(event.by)}{_because(event.reason)}"


@_on(ev.AlertResolved)
def _alert_over(event: ev.AlertResolved) -> str:
    return f"alert {event.alert} is over: {plainly(event.said)}{_on_channels(event.channels)}"


@_on(ev.AlertSent)
def _alert_sent(event: ev.AlertSent) -> str:
    numbers = ", ".join(str(number) for number in event.messages)
    return f"{plainly(event.channel)} took message {numbers}"


@_on(ev.AlertFailed)
def _alert_failed(event: ev.AlertFailed) -> str:
    return f"{plainly(event.channel)} takes no messages: {plainly(event.error)}"


@_on(ev.AlertDropped)
def _alert_dropped(event: ev.AlertDropped) -> str:
    many = f"{len(event.messages)} messages for {plainly(event.channel)} were given up"
    return f"{many}: {plainly(event.why)}"
