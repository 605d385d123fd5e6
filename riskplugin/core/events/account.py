"""What happens to the account: capital, trust, references, trades that end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from riskplugin.core.events.base import Event
from riskplugin.core.levels import Side
from riskplugin.core.units import Quote


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
    """A trade ended with ``profit`` net of fees and funding.

    ``tag`` is the strategy's own word for its entry, ``stake`` the margin that it bound,
    ``funding`` what was received (< 0: paid). None, and "", in records of riskplugin 0.1's first
    schema.
    """

    trade_id: int
    pair: str
    side: Side
    profit: Quote
    opened_at: datetime
    exit_reason: str
    tag: str = ""
    stake: Quote | None = None
    leverage: float | None = None
    fees: Quote | None = None
    funding: Quote | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MismatchFound(Event):
    """Wallet and trades contradict each other; no entry passes while they do (MO-4)."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MismatchCleared(Event):
    """Wallet and trades agree again."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsRead(Event):
    """The sum of all closed trades, as the bot's records have it.

    Told when it is first read, and when it has changed although no trade was closed. Where the
    records were edited or deleted, ``correction`` is what the capital takes up, so that equity
    stays: no money flowed, and no reference moves.
    """

    closed: Quote
    correction: Quote
