"""The part of the state that tells which limits hold: the file's, what people changed since, what
waits for a second person, what holds for one pair.

Folded from events like all state. Knows keys and values, not which value is the tighter one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from riskplugin.core.events import Event
from riskplugin.core.events.limits import (
    ControlFiled,
    LimitsApproved,
    LimitsChanged,
    LimitsDropped,
    LimitsFiled,
    LimitsProposed,
    LimitsUnacknowledged,
    OverrideBegan,
    OverrideEnded,
    OverrideMoved,
    OverrideTrimmed,
    Setting,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A limit that people changed since the file was read."""

    key: str
    value: str
    by: tuple[str, ...]
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a person wants; ``effective`` is None until a second one agreed."""

    number: int
    settings: tuple[Setting, ...]
    was: tuple[Setting, ...]
    loosens: tuple[str, ...]
    by: tuple[str, ...]
    reason: str
    since: datetime
    expires: datetime
    pair: str
    until: str
    once: bool
    effective: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What holds for entries in one pair, instead of what holds for all."""

    number: int
    pair: str
    settings: tuple[Setting, ...]
    since: datetime
    until: datetime
    once: bool
    by: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unacknowledged:
    """A file that is looser in ``keys`` than what was acknowledged."""

    version: str
    keys: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLimits:
    """The name of the limits that were recorded last for one pair."""

    pair: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeLimits:
    """Which limits hold. ``filed`` is the acknowledged file's, "" before any was read; ``number``
    is the last one given to a proposal or an override. ``control`` is what the file said last of
    how people control the bot.
    """

    filed: str = ""
    version: str = ""
    waiting: Unacknowledged | None = None
    changes: tuple[Change, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    overrides: tuple[Override, ...] = ()
    pairs: tuple[PairLimits, ...] = ()
    number: int = 0
    control: str = ""

    def after(self, event: Event) -> RuntimeLimits:
        """The same once ``event`` has happened."""
        fold = FOLDS.get(type(event))
        return self if fold is None else fold(self, event)

    def proposal(self, number: object) -> Proposal | None:
        """The proposal of that number, if it is still open."""
        return next((p for p in self.proposals if p.number == number), None)

    def override(self, number: object) -> Override | None:
        """The override of that number, if it still holds."""
        return next((o for o in self.overrides if o.number == number), None)


E = TypeVar("E", bound=Event)
Fold = Callable[[RuntimeLimits, E], RuntimeLimits]
FOLDS: dict[type[Event], Callable[[RuntimeLimits, Any], RuntimeLimits]] = {}


def _on(kind: type[E]) -> Callable[[Fold[E]], Fold[E]]:
    def register(fold: Fold[E]) -> Fold[E]:
        FOLDS[kind] = fold
        return fold

    return register


@_on(LimitsFiled)
def _filed(limits: RuntimeLimits, event: LimitsFiled) -> RuntimeLimits:
    left = tuple(c for c in limits.changes if c.key not in event.dropped)
    return replace(limits, filed=event.section, version=event.version, waiting=None, changes=left)


@_on(LimitsUnacknowledged)
def _unacknowledged(limits: RuntimeLimits, event: LimitsUnacknowledged) -> RuntimeLimits:
    waiting = Unacknowledged(version=event.version, keys=event.keys, since=event.at)
    return replace(limits, waiting=waiting)


@_on(ControlFiled)
def _control(limits: RuntimeLimits, event: ControlFiled) -> RuntimeLimits:
    return replace(limits, control=event.values)


@_on(LimitsProposed)
def _proposed(limits: RuntimeLimits, event: LimitsProposed) -> RuntimeLimits:
    proposal = Proposal(
        number=event.number,
        settings=event.settings,
        was=event.was,
        loosens=event.loosens,
        by=event.by,
        reason=event.reason,
        since=event.at,
        expires=event.expires,
        pair=event.pair,
        until=event.until,
        once=event.once,
    )
    return replace(limits, proposals=(*limits.proposals, proposal), number=event.number)


@_on(LimitsApproved)
def _approved(limits: RuntimeLimits, event: LimitsApproved) -> RuntimeLimits:
    agreed = tuple(
        replace(p, by=(*p.by, *event.by), effective=event.effective)
        if p.number == event.number
        else p
        for p in limits.proposals
    )
    return replace(limits, proposals=agreed)


@_on(LimitsDropped)
def _dropped(limits: RuntimeLimits, event: LimitsDropped) -> RuntimeLimits:
    return _without(limits, event.number)


@_on(LimitsChanged)
def _changed(limits: RuntimeLimits, event: LimitsChanged) -> RuntimeLimits:
    gone = {*event.to_file, *(s.key for s in event.settings)}
    new = tuple(
        Change(key=s.key, value=s.value, by=event.by, reason=event.reason, since=event.at)
        for s in event.settings
    )
    left = tuple(c for c in limits.changes if c.key not in gone)
    return replace(_without(limits, event.proposal), changes=(*left, *new))


@_on(OverrideBegan)
def _began(limits: RuntimeLimits, event: OverrideBegan) -> RuntimeLimits:
    override = Override(
        number=event.number,
        pair=event.pair,
        settings=event.settings,
        since=event.at,
        until=event.until,
        once=event.once,
        by=event.by,
        reason=event.reason,
    )
    limits = _without(limits, event.number)
    number = max(limits.number, event.number)
    return replace(limits, overrides=(*limits.overrides, override), number=number)


@_on(OverrideTrimmed)
def _trimmed(limits: RuntimeLimits, event: OverrideTrimmed) -> RuntimeLimits:
    trimmed = tuple(
        replace(o, settings=tuple(s for s in o.settings if s.key not in event.keys))
        if o.number == event.number
        else o
        for o in limits.overrides
    )
    return replace(limits, overrides=trimmed)


@_on(OverrideMoved)
def _moved(limits: RuntimeLimits, event: OverrideMoved) -> RuntimeLimits:
    moved = tuple(
        replace(o, until=event.until) if o.number == event.number else o for o in limits.overrides
    )
    return replace(limits, overrides=moved)


@_on(OverrideEnded)
def _ended(limits: RuntimeLimits, event: OverrideEnded) -> RuntimeLimits:
    left = tuple(o for o in limits.overrides if o.number != event.number)
    return replace(limits, overrides=left)


def adopted_for(limits: RuntimeLimits, pair: str, name: str | None) -> RuntimeLimits:
    """What was recorded last for ``pair``; None: the same as for all pairs."""
    left = tuple(p for p in limits.pairs if p.pair != pair)
    new = () if name is None else (PairLimits(pair=pair, name=name),)
    return replace(limits, pairs=(*left, *new))


def _without(limits: RuntimeLimits, proposal: int | None) -> RuntimeLimits:
    left = tuple(p for p in limits.proposals if p.number != proposal)
    return replace(limits, proposals=left)
