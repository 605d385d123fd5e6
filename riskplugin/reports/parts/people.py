"""What people did: limits proposed, approved, changed and overridden; orders; who they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson

from riskplugin.config.ceilings import leaves
from riskplugin.control.limits.words import from_to
from riskplugin.core import events as ev
from riskplugin.core.events import limits

#: Lines of each list; of further ones only how many there are.
MOST = 1_000

Tell = Callable[[ev.Event], str]


@dataclass(frozen=True)
class Line:
    """Something that happened. ``who`` are the persons behind it, in the order they agreed."""

    at: datetime
    what: str
    who: tuple[str, ...]
    text: str


@dataclass
class Lines:
    """A list that ends where nobody reads on."""

    all: list[Line] = field(default_factory=list)
    more: int = 0

    def add(self, line: Line) -> None:
        """Add a line, or count it."""
        if len(self.all) < MOST:
            self.all.append(line)
        else:
            self.more += 1


#: What a record of limits is called.
LIMIT_KINDS: dict[type[ev.Event], str] = {
    limits.LimitsFiled: "file",
    limits.LimitsUnacknowledged: "file is looser",
    limits.ControlFiled: "rules for people",
    limits.BotJoined: "new bot name",
    limits.LimitsProposed: "proposed",
    limits.LimitsApproved: "approved",
    limits.LimitsDropped: "dropped",
    limits.LimitsChanged: "changed",
    limits.OverrideBegan: "override began",
    limits.OverrideTrimmed: "override trimmed",
    limits.OverrideMoved: "override moved",
    limits.OverrideEnded: "override ended",
    ev.LimitsAdopted: "in force",
}

#: What happens to who people are; signing in is only counted.
PEOPLE_KINDS: dict[type[ev.Event], str] = {
    ev.PersonAdded: "registered",
    ev.RoleGiven: "role",
    ev.TelegramGiven: "Telegram",
    ev.PersonDisabled: "disabled",
    ev.PersonEnabled: "enabled",
    ev.TokensRevoked: "signed out",
    ev.CredentialSet: "credentials",
    ev.SignInLocked: "sign-in locked",
}


@dataclass
class Doings:
    """Folds what people did in a bot's records; ``tell`` puts an event into a sentence.

    ``held`` are the limits of the account by dotted key, None while none are known.
    """

    tell: Tell
    held: Mapping[str, Any] | None = None
    limits: Lines = field(default_factory=Lines)
    orders: Lines = field(default_factory=Lines)
    emergencies: Lines = field(default_factory=Lines)

    def add(self, event: ev.Event) -> None:
        """Fold an event; those of other sorts are passed over."""
        if isinstance(event, ev.LimitsAdopted) and not event.pair:
            self._adopted(event)
            return
        if type(event) in LIMIT_KINDS:
            self.limits.add(line_of(event, LIMIT_KINDS[type(event)], self.tell))
            return
        match event:
            case ev.ControlHandled():
                told = f"{event.reason} – {event.outcome}" if event.reason else event.outcome
                via = f" ({event.via})" if event.via else ""
                self.orders.add(Line(event.at, f"{event.command}{via}", (event.by,), told[:400]))
            case ev.EmergencyEntered() | ev.EmergencyLeft():
                began = isinstance(event, ev.EmergencyEntered)
                what = "emergency mode began" if began else "emergency mode ended"
                self.emergencies.add(Line(event.at, what, (event.by,), event.reason[:400]))
            case ev.FlattenOrdered() | ev.FlattenVerified():
                by = (event.by,) if isinstance(event, ev.FlattenOrdered) else ()
                self.emergencies.add(Line(event.at, "close all", by, self.tell(event)[:400]))

    def _adopted(self, event: ev.LimitsAdopted) -> None:
        """Say what became of each limit."""
        line, now = line_of(event, LIMIT_KINDS[type(event)], self.tell), flat_of(event)
        held, self.held = self.held, now
        if held is not None:
            keys = sorted(k for k in held.keys() | now.keys() if held.get(k) != now.get(k))
            told = ", ".join(from_to(key, held.get(key), now.get(key)) for key in keys)
            line = replace(line, text=f"{event.version}: {told or 'the same limits'}"[:600])
        self.limits.add(line)


def flat_of(event: ev.LimitsAdopted) -> dict[str, Any]:
    """The limits by dotted key. Raises ValueError or TypeError when they are none."""
    section = orjson.loads(event.section)
    if not isinstance(section, dict):
        raise TypeError("the limits are none")
    flat = dict(leaves(section))
    if event.max_positions is not None:
        flat["positions.max"] = event.max_positions
    return flat


@dataclass
class People:
    """Folds the chain of who people are."""

    tell: Tell
    changes: Lines = field(default_factory=Lines)
    sign_ins: int = 0

    def add(self, event: ev.Event) -> None:
        """Fold an event."""
        if isinstance(event, ev.SignedIn):
            self.sign_ins += 1
        elif type(event) in PEOPLE_KINDS:
            self.changes.add(line_of(event, PEOPLE_KINDS[type(event)], self.tell))


def line_of(event: ev.Event, what: str, tell: Tell) -> Line:
    """A record as a line."""
    by: Any = getattr(event, "by", ())
    who = (by,) if isinstance(by, str) else tuple(str(name) for name in by)
    return Line(event.at, what, who, tell(event)[:600])
