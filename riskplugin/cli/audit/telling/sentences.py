"""The table of sentences: one for each kind of event. The modules beside this one fill it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from riskplugin.cli.audit.words import plainly
from riskplugin.core.events import Event

E = TypeVar("E", bound=Event)

TELLERS: dict[type[Event], Callable[[Any], str]] = {}


def on(kind: type[E]) -> Callable[[Callable[[E], str]], Callable[[E], str]]:
    """The function below says what an event of ``kind`` is about."""

    def register(teller: Callable[[E], str]) -> Callable[[E], str]:
        TELLERS[kind] = teller
        return teller

    return register


def told(event: Event) -> str:
    """The event as one sentence on one line. Never raises, whatever its fields hold."""
    try:
        return plainly(TELLERS[type(event)](event))  # whatever a field holds that has no words
    except (AttributeError, TypeError, ValueError, ArithmeticError, KeyError):
        return _fields(event)


def because(reason: str) -> str:
    """The end of a sentence that has a reason."""
    return f": {plainly(reason)}" if reason else ""


def _fields(event: Event) -> str:
    """What an event holds whose values are not what they should be."""
    held = (name for kind in type(event).__mro__ for name in getattr(kind, "__slots__", ()))
    named = (f"{name} {plainly(getattr(event, name))}" for name in held if name != "at")
    return ", ".join(named) or "nothing more"
