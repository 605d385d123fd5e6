"""What happened, as frozen facts. State is these folded over time; ledger, alerts and metrics
subscribe.

Every field is a number, text, bool, enum, aware datetime, timedelta, or a tuple or dataclass of
these, so that one codec writes them all. Knows nothing of who listens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from riskplugin.core.basis import Basis
from riskplugin.core.breaker import BreakerSignal
from riskplugin.core.levels import EntryKind, OnTrip, Severity, Side
from riskplugin.core.triggers import Trigger
from riskplugin.core.units import Quote, Ratio
from riskplugin.core.verdict import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened ``at`` a moment: candle time in a backtest, wall time live."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted(Event):
    """A bot began to run under the limits named by ``policy_version``; ``software`` is the
    riskplugin that folds its events.
    """

    bot: str
    run_mode: str
    policy_version: str
    software: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(Event):
    """The bot was stopped in order (a signal, Ctrl-C) with so many ``positions`` still open.

    A bot that was killed, or that failed, leaves none of these.
    """

    bot: str
    positions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchActed(Event):
    """The watchdog did one ``step`` of the dead man's action on the bot ``watched``.

    ``silence`` names the last sign of life: what was done belongs to one silence. ``step`` is
    begin, latch, rest, cancel, send, close, verify, end or left; ``amount`` is in base currency.
    """

    watched: str
    silence: str
    step: str
    outcome: str
    pair: str = ""
    order_id: str = ""
    amount: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsAdopted(Event):
    """From here on other limits hold than before.

    ``section`` is the part of the section "risk" that holds limits, as JSON with every key written
    out; ``max_positions`` the limit that was taken from the bot's own max_open_trades, if any.
    With ``pair`` they hold for entries in that pair only, until others are told for it or for all.
    """

    version: str
    section: str
    max_positions: int | None
    pair: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapitalChanged(Event):
    """Money came in (> 0) or went out (< 0); the very first one sets the capital.

    ``equity_before`` is the equity just before the flow; references are scaled with it.
    """

    amount: Quote
    equity_before: Quote
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityDistrusted(Event):
    """The wallet disagrees with the book by ``gap`` (None: no balance at all), beyond tolerance."""

    reason: str
    gap: Quote | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityTrusted(Event):
    """Wallet and book agree again, or the difference was confirmed."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapAccepted(Event):
    """Wallet and records differ by ``gap`` within tolerance: fees, funding, dust."""

    gap: Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class DayStarted(Event):
    """A trading day began with ``equity``; it lasts until ``until``."""

    equity: Quote
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekStarted(Event):
    """A trading week began with ``equity``; it lasts until ``until``."""

    equity: Quote
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakRaised(Event):
    """Equity reached a new high."""

    equity: Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeClosed(Event):
    """A trade ended with ``profit`` net of fees and funding."""

    trade_id: int
    pair: str
    side: Side
    profit: Quote
    opened_at: datetime
    exit_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningRaised(Event):
    """A trigger reached its warning value, or its trip value while only observing."""

    trigger: Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningCleared(Event):
    """The trigger ``name`` is back inside its warning value."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerTripped(Event):
    """The breaker opened: by which triggers, until when, and what it does to the book."""

    signal: BreakerSignal
    triggers: tuple[Trigger, ...]
    cooldown: timedelta
    until: datetime
    on_trip: OnTrip
    equity: Quote
    stopped: str
    not_stopped: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerEscalated(Event):
    """A breaker that was open already met a limit that asks for more than it did to the book."""

    on_trip: OnTrip
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerHalfOpened(Event):
    """The test began, at ``equity``; ``by`` names the person who re-armed, None after a
    cooldown.
    """

    signal: BreakerSignal
    equity: Quote
    by: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerReclosed(Event):
    """The test was passed; drawdown, day and week references are re-based to ``equity``."""

    equity: Quote
    old_peak: Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerLatched(Event):
    """Opened for good by a person or by policy; only a person re-arms it."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyEntered(Event):
    """Emergency mode began."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyLeft(Event):
    """Emergency mode ended."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlattenOrdered(Event):
    """Everything is to be closed, again and again, until the book is verified flat."""

    by: str
    reason: str
    trade_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlattenOutcome:
    """How one position of a close-all ended."""

    trade_id: int
    pair: str
    profit: Quote
    exit_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlattenVerified(Event):
    """No position and no working entry is left, in the bot and in its wallet."""

    outcomes: tuple[FlattenOutcome, ...]
    attempts: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDecided(Event):
    """The gate's answer to one proposed entry, and the callback point it was asked at.

    ``basis`` is what the answer rests on, ``limits`` the version of the limits that it was given
    under; None and "" in records of riskplugin 0.1's first schema.
    """

    point: str
    decision: Decision
    basis: Basis | None = None
    limits: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSent(Event):
    """An order is about to leave for the exchange (written before it does)."""

    intent: str
    pair: str
    order_side: str
    kind: EntryKind | None
    reduces: bool
    amount: float
    price: float
    leverage: float
    notional: Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAnswered(Event):
    """The exchange accepted the order."""

    intent: str
    order_id: str | None
    status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBooked(Event):
    """An accepted entry is in the bot's own records by now."""

    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFailed(Event):
    """The order was refused, or (``uncertain``) nobody knows whether it was accepted."""

    intent: str
    pair: str
    error: str
    uncertain: bool
    reduces: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FillChecked(Event):
    """An order was filled, compared with what was approved (MO-4).

    ``approved_*`` are None for an order that nobody approved here. ``slippage`` is the share of
    the approved price that the fill is worse by (< 0: better). ``findings`` say what went beyond
    the approval; without any, all is well.
    """

    order_id: str
    pair: str
    reduces: bool
    amount: float
    price: float
    leverage: float
    approved_amount: float | None
    approved_price: float | None
    approved_leverage: float | None
    slippage: Ratio | None
    slipped: bool
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MismatchFound(Event):
    """Wallet and trades contradict each other; no entry passes while they do (MO-4)."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MismatchCleared(Event):
    """Wallet and trades agree again."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSetBack(Event):
    """The clock stands before moments that were told already: waits begin anew from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsRead(Event):
    """The sum of all closed trades, as the bot's records have it.

    Told when it is first read, and when it has changed although no trade was closed. Where the
    records were edited or deleted, ``correction`` is what the capital takes up, so that equity
    stays: no money flowed, and no reference moves.
    """

    closed: Quote
    correction: Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsLost(Event):
    """So many events stood here, and were dropped because the ledger took none for too long."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCarried(Event):
    """The whole state as it stands here, as JSON: from here on it can be folded from the records.

    Recorded when another riskplugin goes on than the one that folded so far, and behind records
    that were lost.
    """

    software: str
    saved: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRebuilt(Event):
    """A person let the saved state be made anew from the records."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentResolved(Event):
    """An order of unknown fate is settled: seen in the bot's book, or ruled out."""

    intent: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRecorded(Event):
    """Something in the machinery failed; entries were answered "no" meanwhile."""

    source: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultsCleared(Event):
    """A whole loop passed without a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised(Event):
    """People have to know something: it is told on ``channels``, in the words ``said``.

    ``key`` tells apart what is told under one ``name``. An alert with the same key is told again
    from ``again_at`` on. ``lasting``: it stands until something resolves it. ``levels`` is how far
    it can climb.
    """

    alert: int
    name: str
    key: str
    severity: Severity
    said: str
    channels: tuple[str, ...]
    levels: int
    lasting: bool
    again_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRepeated(Event):
    """The same happened again while the alert stood; without ``channels`` nobody is told.

    ``reminder``: nothing new happened, it is only said again.
    """

    alert: int
    said: str
    channels: tuple[str, ...]
    again_at: datetime
    reminder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEscalated(Event):
    """Nobody acknowledged the alert in time: ``who``, on ``level``, is told on ``channels``."""

    alert: int
    level: int
    who: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAcknowledged(Event):
    """A person has taken the alerts: they climb no further."""

    alerts: tuple[int, ...]
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertResolved(Event):
    """What the alert was about is over; whoever was told of it hears so on ``channels``."""

    alert: int
    said: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSent(Event):
    """A channel took these messages."""

    channel: str
    messages: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFailed(Event):
    """A channel took nothing; told once until it takes something again."""

    channel: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDropped(Event):
    """These messages are given up: there is no such channel any more."""

    channel: str
    messages: tuple[int, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlHandled(Event):
    """A person's command was carried out, or refused with ``outcome``."""

    command: str
    by: str
    reason: str
    outcome: str
    control: int | None = None
    """The number of a command that lay in the ledger: it is carried out once."""
    args: str = ""
    """What the command was given besides, as JSON; "" for nothing."""
    via: str = ""
    """Where the person gave it: cli, rest, telegram, dashboard, watchdog; "" in old records."""


# --- people: in a chain of their own, no bot's ------------------------------------------------

#: The name under which a ledger keeps who its people are; no bot may be called so.
PEOPLE_CHAIN = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAdded(Event):
    """Somebody was registered with a ``role``."""

    name: str
    role: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGiven(Event):
    """A person has another role from here on; whoever was signed in is so no more."""

    name: str
    role: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramGiven(Event):
    """A person is the Telegram user ``user_id`` from here on; None: nobody there."""

    name: str
    user_id: int | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDisabled(Event):
    """A person is let in no more."""

    name: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonEnabled(Event):
    """A person who was disabled is let in again."""

    name: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensRevoked(Event):
    """A person has to sign in anew everywhere."""

    name: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialSet(Event):
    """From here on a person signs in with the credentials of this ``digest``, and no others.

    ``own``: the person chose the password; ``second_factor``: a code is part of them.
    """

    name: str
    digest: str
    own: bool
    second_factor: bool
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn(Event):
    """A person signed in, from ``address``."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLocked(Event):
    """So many sign-ins under a person's name failed that the next has to wait."""

    name: str
    address: str
    failures: int
