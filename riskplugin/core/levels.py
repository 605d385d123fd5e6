"""The named steps of the domain: risk levels, sides, modes. Values are what people read and
write.
"""

from __future__ import annotations

from enum import StrEnum


class RiskLevel(StrEnum):
    """How risky the account is now, from the risk score; it sets size and leverage caps."""

    MINIMAL = "minimal"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Side(StrEnum):
    """Direction of a position."""

    LONG = "long"
    SHORT = "short"

    @property
    def sign(self) -> int:
        """+1 for long, -1 for short."""
        return 1 if self is Side.LONG else -1


class Mode(StrEnum):
    """Whether a rule or trigger acts, or only records what it would have done."""

    ENFORCE = "enforce"
    OBSERVE = "observe"


class EntryKind(StrEnum):
    """What an entry order does to the book."""

    OPEN = "open"
    INCREASE = "increase"
    REPLACE = "replace"


class OnTrip(StrEnum):
    """What the breaker does to the book when it opens.

    ``halt`` stops entries; ``emergency`` also enters emergency mode, which closes every position
    outside the emergency limits; ``flatten`` also closes everything until verified flat.
    """

    HALT = "halt"
    EMERGENCY = "emergency"
    FLATTEN = "flatten"


class Severity(StrEnum):
    """How urgent an alert is: told, looked at today, looked at now."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"
