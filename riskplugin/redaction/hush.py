"""What this process must not say, whichever bot it belongs to: for log lines and error texts."""

from __future__ import annotations

from weakref import WeakSet

from riskplugin.redaction.redactor import NOBODYS, Redactor

_KNOWN: WeakSet[Redactor] = WeakSet()


def hush(redactor: Redactor) -> None:
    """From now on, and as long as somebody holds it, hide its secrets in every log line."""
    _KNOWN.add(redactor)


def hushed(text: str) -> str:
    """``text`` without the secrets of any bot in this process."""
    for redactor in tuple(_KNOWN):
        text = redactor.clean(text)
    return NOBODYS.clean(text)
