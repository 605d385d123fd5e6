"""What is checked, and what a check may find (CF-6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from riskplugin.config import RiskConfig
from riskplugin.control.people import Person

#: Databases that are gone with their process.
IN_MEMORY = frozenset({"sqlite://", "sqlite:///:memory:"})


class Severity(StrEnum):
    """CRITICAL can cost money that the limits promise to keep; INFO is good to know."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One unsafe setting: how bad, which key, why, how to mend it."""

    severity: Severity
    where: str
    reason: str
    mend: str


@dataclass(frozen=True, slots=True)
class Setup:
    """A configuration, the strategy's settings merged in as freqtrade does, and the strategy.

    ``risk`` is None when the section "risk" is invalid, ``strategy`` None when none was named,
    ``people`` empty while nobody is registered.
    """

    config: Mapping[str, Any]
    risk: RiskConfig | None
    strategy: Any = None
    people: Sequence[Person] = ()

    @property
    def live(self) -> bool:
        """True when orders would be real."""
        return not self.config.get("dry_run", True)

    @property
    def futures(self) -> bool:
        """True when positions can be liquidated."""
        return str(self.config.get("trading_mode") or "spot") == "futures"

    def group(self, name: str) -> Mapping[str, Any]:
        """A group of keys of the configuration, empty when it is not there."""
        value = self.config.get(name)
        return value if isinstance(value, Mapping) else {}

    def observes(self, name: str) -> bool:
        """True when the rule ``name`` only records."""
        return self.risk is not None and not self.risk.policy.enforced(name)


def critical(where: str, reason: str, mend: str) -> Finding:
    """It can cost money that the limits promise to keep."""
    return Finding(Severity.CRITICAL, where, reason, mend)


def warning(where: str, reason: str, mend: str) -> Finding:
    """It should be mended."""
    return Finding(Severity.WARNING, where, reason, mend)


def info(where: str, reason: str, mend: str) -> Finding:
    """It is good to know."""
    return Finding(Severity.INFO, where, reason, mend)
