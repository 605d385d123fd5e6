"""What the routes need of the process that serves them: who is there, and the desks of its bots.

Two offices exist: the bot's own (adapter/doors) and that of `riskplugin dashboard` (server.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from riskplugin.control.people import People, Person
from riskplugin.core.levels import Side
from riskplugin.ledger.reader import LedgerReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks. A ``person`` is signed in, or stands for whoever is here while nobody is
    registered; without one, the door's own login lets ``name`` read. ``token`` is the person's.
    """

    name: str
    person: Person | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """An order that was given: its number in the ledger, and its outcome if that is known already.

    Without a number it was carried out although the ledger takes nothing.
    """

    number: int | None
    outcome: str | None = None


class Desk(Protocol):
    """One bot as the routes see it. Every method may raise LedgerError."""

    @property
    def bot(self) -> str: ...

    @property
    def reader(self) -> LedgerReader: ...

    def status(self) -> dict[str, Any] | None:
        """What the bot said last, with ``age_s`` and ``silent``; None before its first loop."""

    def order(self, command: str, *, by: str, reason: str, args: Mapping[str, Any]) -> Given:
        """Leave a command for the bot."""

    def outcome(self, number: int) -> str | None:
        """What became of it, None while it waits. Raises LookupError for none such."""

    def obey(self) -> bool:
        """Have what waits carried out now; False when that is left to the bot's loop."""

    def room(self, pair: str, side: Side, leverage: float | None) -> dict[str, Any] | None:
        """The largest entry that would pass now, as the status has it under headroom; None where
        only the bot itself could tell.
        """


class Office(Protocol):
    """The process: its people, its bots, and the name by which its door knows a caller."""

    @property
    def via(self) -> str:
        """Where orders given here come from, as they are recorded: rest or dashboard."""

    @property
    def patience(self) -> float:
        """Seconds that an order's answer is waited for."""

    @property
    def people(self) -> People:
        """Who is registered. Raises LedgerError."""

    def bots(self) -> list[str]:
        """The bots that have a desk here. Raises LedgerError."""

    def desk(self, bot: str) -> Desk:
        """The desk of one of :meth:`bots`."""

    def guest(self, login: str | None) -> str:
        """The name of whoever comes while nobody is registered; ``login`` is what the door
        learnt.
        """

    @property
    def own_login(self) -> bool:
        """The door has asked for a password of its own: whoever passed it may read."""
