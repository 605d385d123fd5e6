"""Who is registered, folded from the chain of people. Pure: knows no database and no password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from riskplugin.control.permissions import Role
from riskplugin.control.person import Person
from riskplugin.core import events as ev

#: For so long a sign-in is remembered here.
LATELY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the chain says of one person. ``generation`` counts what ends all tokens."""

    name: str
    role: Role
    since: datetime
    disabled: bool = False
    telegram: int | None = None
    digest: str = ""
    own: bool = False
    second_factor: bool = False
    generation: int = 0

    def person(self, owes: tuple[str, ...]) -> Person:
        """The person as others see it."""
        return Person(
            name=self.name,
            role=self.role,
            disabled=self.disabled,
            telegram=self.telegram,
            since=self.since,
            second_factor=self.second_factor,
            owes=owes,
        )


class Directory:
    """Everybody by name, and who signed in within the last minute. Raises ValueError for an event
    that cannot follow.
    """

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.lately: tuple[ev.SignedIn, ...] = ()

    def observe(self, event: ev.Event) -> None:
        """Fold one event in; those that say nothing of who people are, are ignored."""
        if isinstance(event, ev.PersonAdded):
            self._add(event)
            return
        if isinstance(event, ev.SignedIn):
            recent = [e for e in self.lately if e.at > event.at - LATELY]
            self.lately = (*recent, event)
            return
        fold = _FOLDS.get(type(event))
        if fold is not None:
            told: Any = event
            if told.name not in self.entries:
                raise ValueError(f"{type(event).__name__} for {told.name!r}, who is not registered")
            self.entries[told.name] = fold(self.entries[told.name], told)

    def administrators(self) -> list[Entry]:
        """Those who are enabled."""
        return [e for e in self.entries.values() if e.role is Role.ADMINISTRATOR and not e.disabled]

    def _add(self, event: ev.PersonAdded) -> None:
        if event.name in self.entries:
            raise ValueError(f"{event.name!r} is registered twice")
        self.entries[event.name] = Entry(name=event.name, role=Role(event.role), since=event.at)


def _later(entry: Entry, at: datetime) -> datetime:
    """A clock that was set back makes nobody an old hand."""
    return max(entry.since, at)


def _role(entry: Entry, event: ev.RoleGiven) -> Entry:
    return replace(
        entry,
        role=Role(event.role),
        since=_later(entry, event.at),
        generation=entry.generation + 1,
    )


def _telegram(entry: Entry, event: ev.TelegramGiven) -> Entry:
    return replace(entry, telegram=event.user_id, since=_later(entry, event.at))


def _disabled(entry: Entry, _event: ev.PersonDisabled) -> Entry:
    return replace(entry, disabled=True, generation=entry.generation + 1)


def _enabled(entry: Entry, event: ev.PersonEnabled) -> Entry:
    return replace(entry, disabled=False, since=_later(entry, event.at))


def _revoked(entry: Entry, _event: ev.TokensRevoked) -> Entry:
    return replace(entry, generation=entry.generation + 1)


def _credential(entry: Entry, event: ev.CredentialSet) -> Entry:
    """What another gave makes a newcomer; what the person chose changes nothing but itself."""
    lost = entry.second_factor and not event.second_factor
    own = event.own and not lost
    return replace(
        entry,
        digest=event.digest,
        own=event.own,
        second_factor=event.second_factor,
        since=entry.since if own else _later(entry, event.at),
        generation=entry.generation + 1,
    )


_FOLDS: dict[type[ev.Event], Callable[[Entry, Any], Entry]] = {
    ev.RoleGiven: _role,
    ev.TelegramGiven: _telegram,
    ev.PersonDisabled: _disabled,
    ev.PersonEnabled: _enabled,
    ev.TokensRevoked: _revoked,
    ev.CredentialSet: _credential,
}
