"""What each event means for people: which alert it raises, with the figures, or which it ends
(AL-1, CB-8). Texts are short enough for a phone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from riskplugin.core import events as ev
from riskplugin.core.levels import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """People have to know ``said``. The same ``key`` is told once in a while only.

    ``lasting``: it stands until a :class:`Resolve` names its key. ``fresh``: it is told anew
    although the one before stands.
    """

    name: str
    severity: Severity
    said: str
    key: str = ""
    lasting: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """What has one of ``keys``, or begins with one that ends in ``*``, is over.

    ``otherwise`` is told when there was no such alert.
    """

    keys: tuple[str, ...]
    said: str
    otherwise: Raise | None = None


Telling = Raise | Resolve
E = TypeVar("E", bound=ev.Event)
Teller = Callable[[E], Iterator[Telling]]
TELLINGS: dict[type[ev.Event], Callable[[Any], Iterator[Telling]]] = {}

INFO, WARNING, CRITICAL = Severity.INFO, Severity.WARNING, Severity.CRITICAL
_BREAKER = ("breaker_open", "breaker_escalated", "breaker_latched")


def tells(kind: type[E]) -> Callable[[Teller[E]], Teller[E]]:
    """Register what events of ``kind`` mean for people."""

    def register(teller: Teller[E]) -> Teller[E]:
        TELLINGS[kind] = teller
        return teller

    return register


def told_so(name: str, said: str) -> Raise:
    """Good news, for the record."""
    return Raise(name=name, severity=INFO, said=said)


@tells(ev.BreakerTripped)
def _tripped(event: ev.BreakerTripped) -> Iterator[Telling]:
    why = "; ".join(trigger.text for trigger in event.triggers)
    said = (
        f"BREAKER OPEN until {event.until:%H:%M:%S} UTC ({event.on_trip}). {why}. "
        f"Equity {event.equity:.2f}. Stopped: {event.stopped}. Not stopped: {event.not_stopped}."
    )
    yield Raise(name="breaker_open", severity=CRITICAL, said=said, lasting=True, fresh=True)


@tells(ev.BreakerEscalated)
def _escalated(event: ev.BreakerEscalated) -> Iterator[Telling]:
    said = f"BREAKER now also acts on the book ({event.on_trip}): {event.reason}"
    yield Raise(name="breaker_escalated", severity=CRITICAL, said=said, lasting=True, fresh=True)


@tells(ev.BreakerLatched)
def _latched(event: ev.BreakerLatched) -> Iterator[Telling]:
    said = (
        f"BREAKER LATCHED by {event.by}: {event.reason}. Stopped: entries. Not stopped: exits. "
        "A person has to re-arm it"
    )
    yield Raise(name="breaker_latched", severity=CRITICAL, said=said, lasting=True, fresh=True)


@tells(ev.BreakerHalfOpened)
def _half_opened(event: ev.BreakerHalfOpened) -> Iterator[Telling]:
    by = f" by {event.by} ({event.reason})" if event.by else ""
    said = f"breaker half-open{by}: probes only, measured from equity {event.equity:.2f}"
    if event.by is not None:
        yield Resolve(keys=("breaker_latched",), said=said)
    yield Raise(name="breaker_half_open", severity=WARNING, said=said, lasting=True, fresh=True)


@tells(ev.BreakerReclosed)
def _reclosed(event: ev.BreakerReclosed) -> Iterator[Telling]:
    said = (
        f"breaker CLOSED: test passed; references re-based from peak {event.old_peak:.2f} "
        f"to equity {event.equity:.2f}"
    )
    keys = (*_BREAKER, "breaker_half_open")
    yield Resolve(keys=keys, said=said, otherwise=told_so("breaker_closed", said))


@tells(ev.EmergencyEntered)
def _emergency(event: ev.EmergencyEntered) -> Iterator[Telling]:
    said = (
        f"EMERGENCY MODE by {event.by}: {event.reason}. Stopped: entries beyond the emergency "
        "limits. Not stopped: exits."
    )
    yield Raise(name="emergency", severity=CRITICAL, said=said, lasting=True)


@tells(ev.EmergencyLeft)
def _emergency_left(event: ev.EmergencyLeft) -> Iterator[Telling]:
    said = f"emergency mode left by {event.by}: {event.reason}"
    yield Resolve(keys=("emergency",), said=said, otherwise=told_so("emergency_left", said))


@tells(ev.FlattenOrdered)
def _flatten(event: ev.FlattenOrdered) -> Iterator[Telling]:
    said = f"CLOSING EVERYTHING ({len(event.trade_ids)} trades) by {event.by}: {event.reason}"
    yield Raise(name="close_all", severity=CRITICAL, said=said, lasting=True)


@tells(ev.FlattenVerified)
def _flat(event: ev.FlattenVerified) -> Iterator[Telling]:
    parts = [f"{o.pair} {o.profit:+.2f}" for o in event.outcomes]
    said = (
        f"book verified FLAT after {event.seconds:.1f} s, {event.attempts} orders: "
        f"{', '.join(parts) or 'nothing was open'}"
    )
    yield Resolve(keys=("close_all",), said=said, otherwise=told_so("flat", said))


@tells(ev.WarningRaised)
def _warned(event: ev.WarningRaised) -> Iterator[Telling]:
    watched = " (only observed)" if event.trigger.observed else ""
    name, said = f"{event.trigger.name}_warning", f"warning: {event.trigger.text}{watched}"
    yield Raise(name=name, severity=WARNING, said=said, lasting=True)


@tells(ev.WarningCleared)
def _unwarned(event: ev.WarningCleared) -> Iterator[Telling]:
    said = f"{event.name.replace('_', ' ')} is back inside its warning value"
    yield Resolve(keys=(f"{event.name}_warning",), said=said)


@tells(ev.EquityDistrusted)
def _distrusted(event: ev.EquityDistrusted) -> Iterator[Telling]:
    said = f"balance UNTRUSTED, entries stopped, exits pass: {event.reason}"
    yield Raise(name="untrusted_balance", severity=WARNING, said=said, lasting=True)


@tells(ev.EquityTrusted)
def _trusted(event: ev.EquityTrusted) -> Iterator[Telling]:
    said = f"balance trusted again: {event.reason}"
    otherwise = told_so("balance_trusted", said)
    yield Resolve(keys=("untrusted_balance",), said=said, otherwise=otherwise)


@tells(ev.MismatchFound)
def _mismatch(event: ev.MismatchFound) -> Iterator[Telling]:
    said = f"wallet and trades DISAGREE, entries stopped, exits pass: {event.text}"
    yield Raise(name="mismatch", severity=WARNING, said=said, lasting=True)


@tells(ev.MismatchCleared)
def _agreed(event: ev.MismatchCleared) -> Iterator[Telling]:
    said = f"wallet and trades agree again: {event.text}"
    yield Resolve(keys=("mismatch",), said=said)
