"""What a verification says: findings, each with its kind and record, and the report of them all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from riskplugin.ledger.store.tables import moment

#: Findings that are told one by one; of further ones only how many there are.
MOST = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that cannot be if the ledger is as the bot wrote it.

    ``kind`` is one of ``edited``, ``removed``, ``inserted``, ``reordered``, ``truncated``,
    ``rewritten``, ``columns``, ``unreadable``, ``checkpoint``, ``copy``, ``state``, ``mark``,
    ``stray``, ``more``. ``seq`` is the record, None for the ledger as a whole.
    """

    kind: str
    seq: int | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result for one bot. ``proven`` are the records, from the first on, that a checkpoint
    signed by a trusted key covers. ``notes`` say what was proven and what could not be seen.
    """

    bot: str
    records: int
    first: datetime | None
    last: datetime | None
    checkpoints: int
    proven: int
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Nothing speaks against the ledger."""
        return not self.findings


class Findings:
    """Gathers findings, and counts those that are too many to be told."""

    def __init__(self) -> None:
        self.told: list[Finding] = []
        self.more = 0

    def add(self, kind: str, seq: int | None, text: str) -> None:
        """Keep a finding."""
        if len(self.told) < MOST:
            self.told.append(Finding(kind, seq, text))
        else:
            self.more += 1

    def all(self) -> list[Finding]:
        """The findings, and one for all that were not told."""
        if not self.more:
            return self.told
        return [*self.told, Finding("more", None, f"and {self.more} more of this sort")]


def when(at: object) -> str:
    """A column ``at`` for people.

    >>> when(0), when("x")
    ('1970-01-01 00:00:00 UTC', "no time ('x')")
    """
    found = moment_of(at)
    return f"no time ({at!r})" if found is None else f"{found:%Y-%m-%d %H:%M:%S} UTC"


def moment_of(at: object) -> datetime | None:
    """A column ``at`` as a moment, None when it is none."""
    try:
        return moment(at) if isinstance(at, int) else None
    except OverflowError:
        return None


def record(seq: int, at: object, kind: Any) -> str:
    """A record for people.

    >>> record(7, 0, b"PeakRaised")
    'record 7 (1970-01-01 00:00:00 UTC, PeakRaised)'
    """
    name = kind.decode("utf-8", "replace") if isinstance(kind, bytes) else str(kind)
    return f"record {seq} ({when(at)}, {name[:40]})"


def span(first: int, last: int) -> str:
    """Records by number: one, or from … to.

    >>> span(3, 3), span(3, 5)
    ('record 3', 'records 3 to 5')
    """
    return f"record {first}" if first == last else f"records {first} to {last}"
