"""The life of a bot's process, and what goes wrong in it."""

from __future__ import annotations

from dataclasses import dataclass

from riskplugin.core.events.base import Event


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
class ClockSetBack(Event):
    """The clock stands before moments that were told already: waits begin anew from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRecorded(Event):
    """Something in the machinery failed; entries were answered "no" meanwhile."""

    source: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultsCleared(Event):
    """A whole loop passed without a fault."""
