"""Answers as values: what a rule says of an entry, and what the gate decided. No logic of rules
here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from riskplugin.core.levels import RiskLevel
from riskplugin.core.made import made_quickly
from riskplugin.core.snapshot import EntryRequest
from riskplugin.core.units import Quote


@made_quickly
@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule limits an entry.

    ``rule`` is the rule's stable name, ``measured`` and ``limit`` are in the unit that ``text``
    states (ratios stay ratios), ``text`` is a sentence for people with both figures.
    """

    rule: str
    measured: float
    limit: float
    text: str


@dataclass(frozen=True, slots=True)
class Allow:
    """The rule has nothing against the entry as proposed."""


@dataclass(frozen=True, slots=True)
class Cap:
    """The entry may pass with a margin of at most ``stake`` (stake currency, >= 0)."""

    stake: Quote
    reason: Reason


@dataclass(frozen=True, slots=True)
class Deny:
    """The entry is refused."""

    reason: Reason


Verdict = Allow | Cap | Deny

#: The one Allow that rules return; building one per rule and request would only cost time.
ALLOW = Allow()


@made_quickly
@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate decided on one request.

    ``stake`` is the margin that may be used: 0 when refused, never above the proposal.
    ``binding`` is the strictest enforced verdict. ``verdicts`` holds every verdict that is not
    Allow, by rule name; ``observed`` those of rules in observe mode, which did not count.
    """

    at: datetime
    request: EntryRequest
    level: RiskLevel
    stake: Quote
    binding: Verdict
    verdicts: tuple[tuple[str, Verdict], ...]
    observed: tuple[tuple[str, Verdict], ...]

    @property
    def allowed(self) -> bool:
        """True when the entry may go ahead with :attr:`stake`."""
        return not isinstance(self.binding, Deny)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons of all enforced verdicts, in the order of the rules."""
        return tuple(v.reason for _, v in self.verdicts if not isinstance(v, Allow))
