"""What a check may find: every kind of finding, told once, with a name that stays (CF-6).

A kind stands beside the check that finds it. docs/check.md is written from all of them
(tools/findings.py), and people and machines name them by their ``id`` (--ignore, --json).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """CRITICAL can cost money that the limits promise to keep; INFO is good to know."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


CRITICAL, WARNING, INFO = Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One unsafe thing: how bad, which key or callback, why, what riskplugin does, the mend.

    ``mend`` may have a line break: what stands behind it is to be pasted. ``see`` is a page.
    """

    id: str
    severity: Severity
    where: str
    reason: str
    does: str
    mend: str
    see: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding. ``also`` are the severities it has besides its own, ``when`` says when."""

    id: str
    severity: Severity
    where: str
    why: str
    mend: str
    does: str
    see: str
    also: tuple[Severity, ...]
    when: str

    def found(
        self,
        reason: str = "",
        *,
        where: str = "",
        mend: str = "",
        does: str = "",
        severity: Severity | None = None,
    ) -> Finding:
        """One of this kind; what is not given is as the kind says. Raises ValueError for a
        severity that the kind does not have.
        """
        severity = severity or self.severity
        if severity is not self.severity and severity not in self.also:
            raise ValueError(f"{self.id} is never {severity}")
        return Finding(
            id=self.id,
            severity=severity,
            where=where or self.where,
            reason=reason or self.why,
            does=does or self.does,
            mend=mend or self.mend,
            see=self.see,
        )


#: Every kind by its id, in the order in which the files tell them.
KINDS: dict[str, Kind] = {}


def kind(
    name: str,
    severity: Severity,
    *,
    where: str,
    why: str,
    mend: str,
    does: str = "",
    see: str = "",
    also: tuple[Severity, ...] = (),
    when: str = "",
) -> Kind:
    """A new kind of finding. Raises ValueError when its name is taken."""
    if name in KINDS:
        raise ValueError(f"there is a kind {name} already")
    KINDS[name] = Kind(name, severity, where, why, mend, does, see, also, when)
    return KINDS[name]
