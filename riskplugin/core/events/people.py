"""What people do: commands in a bot's chain; who they are, in a chain of its own."""

from __future__ import annotations

from dataclasses import dataclass

from riskplugin.core.events.base import Event

#: The name under which a ledger keeps who its people are; no bot may be called so.
PEOPLE_CHAIN = "people"


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
