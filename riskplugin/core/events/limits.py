"""What happens to limits while a bot runs, as frozen facts: proposed, approved, changed, ended.

A limit is named by its key in the section "risk" (``breaker.daily_loss.trip_pct``), its value is
JSON. Nothing here knows which value is the tighter one. ``by`` names the persons behind a step, in
the order in which they agreed; nobody stands there where it happened by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from riskplugin.core.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One limit and the value that it gets, as JSON."""

    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsFiled(Event):
    """What the file says counts from here on: all of it, or as far as it is the tighter one.

    ``section`` has every key with its value as JSON, ``version`` names the file. The keys in
    ``dropped`` were changed while the bot ran, and follow the file again.
    """

    section: str
    version: str
    dropped: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsUnacknowledged(Event):
    """The file is looser in ``keys`` than what was acknowledged: the old values hold there until a
    person acknowledges the new ones. ``texts`` say from what to what.
    """

    version: str
    keys: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlFiled(Event):
    """What the file says of how people control the bot, wherever it differs from the last start.

    ``values`` has every key of the group with its value as JSON. ``texts`` say from what to what;
    ``looser`` are the keys by which people are held back less, or of which nobody can tell.
    """

    values: str
    looser: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BotJoined(Event):
    """A bot runs for the first time under its name, beside ``others``, in a ledger of registered
    people: nobody acknowledged the limits of its file, and no breaker state is carried over.
    """

    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsProposed(Event):
    """A person wants other limits, and somebody else has to approve of it until ``expires``.

    ``was`` are the values that held then, ``loosens`` the keys for which a second person is needed.
    With ``pair`` it is an override for that pair: up to ``until`` (a moment, or a length of time
    from when it begins), or for ``once`` one entry.
    """

    number: int
    settings: tuple[Setting, ...]
    was: tuple[Setting, ...]
    loosens: tuple[str, ...]
    by: tuple[str, ...]
    reason: str
    expires: datetime
    pair: str = ""
    until: str = ""
    once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsApproved(Event):
    """A second person agreed to a proposal; it is in force from ``effective`` on."""

    number: int
    by: tuple[str, ...]
    reason: str
    effective: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsDropped(Event):
    """A proposal came to nothing: rejected by a person, expired, or overtaken by other changes."""

    number: int
    by: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsChanged(Event):
    """Limits were changed while the bot runs; keys in ``to_file`` follow the file again."""

    settings: tuple[Setting, ...]
    to_file: tuple[str, ...]
    by: tuple[str, ...]
    reason: str
    proposal: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideBegan(Event):
    """Other limits hold for entries in one pair, until a moment or for one entry."""

    number: int
    pair: str
    settings: tuple[Setting, ...]
    until: datetime
    once: bool
    by: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideTrimmed(Event):
    """The override no longer says anything of ``keys``: they were tightened for all pairs."""

    number: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideMoved(Event):
    """The clock was set back: the override ends as much earlier, and lasts no longer than meant."""

    number: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideEnded(Event):
    """An override ended: by time, by its one entry, or by a person."""

    number: int
    by: tuple[str, ...]
    reason: str
