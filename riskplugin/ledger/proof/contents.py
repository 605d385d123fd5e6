"""Reads every record of a bot and folds it: are the columns, the marks and the saved state what
the records say?

The slower part of a verification; the chain itself is :mod:`walk`'s.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime

from riskplugin.core.events import Event
from riskplugin.core.state import RiskState
from riskplugin.ledger.form.codec import CodecError, decode, decode_state, encode_state
from riskplugin.ledger.privacy.encryption import agree
from riskplugin.ledger.proof.evidence import Evidence, Raw
from riskplugin.ledger.proof.findings import Findings, record, when
from riskplugin.ledger.proof.folding import Folding
from riskplugin.ledger.proof.retold import Retold
from riskplugin.ledger.store.tables import event_id, micros
from riskplugin.version import __version__

#: What a sealed text begins with, as it is written; that a text only reads "(sealed)" says nothing.
_SEALED = b'{"$":"sealed"'
#: Fields of a state that are told when they differ; of more, how many.
_FIELDS = 3


class Contents:
    """Takes the rows of a chain in order, then says with :meth:`end` what the state is worth."""

    def __init__(self, evidence: Evidence, opened: Callable[[bytes], bytes]) -> None:
        self.findings = Findings()
        self.notes: list[str] = []
        self._opened = opened
        self._sealed = evidence.state is not None and _SEALED in evidence.state.payload
        self._saved = evidence.state
        self._base = event_id(evidence.number or 0, 0)
        self._marks = list(reversed(evidence.marks))
        self._head = evidence.head
        self._peak = -(2**63)
        self._folding = Folding()
        self._retold = None if evidence.state is None else Retold(evidence.state, opened)
        self._then: bytes | None = None  # the state at the record that the saved one belongs to
        self._lost: int | None = None  # the first record that could not be folded
        self._mark_seq(0)

    def feed(self, rows: Sequence[Raw]) -> None:
        """Read the next rows."""
        for row in rows:
            place = row[0] - self._base
            self._sealed = self._sealed or _SEALED in row[5]
            try:
                event = decode(self._opened(row[5]))
            except CodecError as error:
                told = record(place, row[3], row[4])
                self.findings.add("unreadable", place, f"{told} cannot be read: {error}")
                self._lost = self._lost or place
            else:
                self._columns(event, row, place)
                self._fold(event, row, place)
                if self._retold is not None:
                    self._retold.take(event, place)
            if isinstance(row[3], int):
                self._peak = max(self._peak, row[3])
            self._mark_seq(place)

    def end(self) -> None:
        """Hold the saved state against the folded one, when all records are read."""
        while self._marks:
            self._mark(*self._marks.pop())
        if self._saved is None or self._retold is None:
            return  # told elsewhere, as is a state of no record that there is
        if not 0 <= self._saved.seq <= self._head:
            return
        saved, now = self._retold.saved, self._retold.state
        if saved is None or now is None:
            self.findings.add("state", self._saved.seq, str(self._retold.error))
            return
        gap = self._folding.gap
        if gap is not None:
            told = "whether the saved state is right cannot be told from the records"
            self.notes.append(f"{gap}: {told}")
        if self._lost is not None or gap is not None:
            return
        if self._then is not None and encode_state(saved) != self._then:
            text = f"the saved state is not what the records up to {self._saved.seq} give"
            self._differs(saved, decode_state(self._then), text)
        elif encode_state(self._folding.state) != encode_state(now):
            last = max(self._saved.seq, self._saved.last or 0)
            text = f"the saved state is an old one, of record {last}"
            self._differs(now, self._folding.state, text)

    def _columns(self, event: Event, row: Raw, place: int) -> None:
        """Time and kind stand in columns as well, by which records are looked for."""
        kind = type(event).__name__
        if row[4] != kind.encode():
            text = f"{record(place, row[3], row[4])} is a {kind} by its content"
            self.findings.add("columns", place, text)
        at: object = event.at
        if isinstance(at, datetime) and at.tzinfo is not None and micros(at) != row[3]:
            told = record(place, row[3], row[4])
            text = f"{told} happened {when(micros(at))} by its content"
            self.findings.add("columns", place, text)

    def _fold(self, event: Event, row: Raw, place: int) -> None:
        if self._lost is not None:
            return
        try:
            self._folding.take(event, place)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is not what the bot folded
            self._lost = place
            told = record(place, row[3], row[4])
            text = f"{told} cannot follow on the records before it: {error}"
            self.findings.add("unreadable", place, text)

    def _mark_seq(self, place: int) -> None:
        """Look at what belongs to the record ``place``, once it is folded."""
        if self._saved is not None and place == self._saved.seq and self._lost is None:
            unknown = self._folding.gap is not None
            self._then = None if unknown else encode_state(self._folding.state)
        while self._marks and self._marks[-1][1] <= place:
            self._mark(*self._marks.pop())

    def _mark(self, peak: int, seq: int) -> None:
        """Searches by time skip what a mark says is older: it must not say less than there was."""
        if seq > self._head:
            return  # told elsewhere
        if peak < self._peak:
            text = (
                f"the mark at record {seq} says that all before is older than {when(peak)}, but "
                f"there is a record of {when(self._peak)}: searches by time would miss it"
            )
            self.findings.add("mark", seq, text)

    def _differs(self, saved: RiskState, folded: RiskState, text: str) -> None:
        """By field; texts that are sealed, and for which there is no key here, say nothing."""
        fields = [field.name for field in dataclasses.fields(RiskState)]
        differ = [n for n in fields if getattr(saved, n) != getattr(folded, n)]
        names = [n for n in differ if not (self._sealed and _may_agree(saved, folded, n))]
        if len(names) < len(differ):
            self.notes.append(
                "some texts of the saved state are sealed: whether they are those of the records "
                "cannot be told without the key"
            )
        if not names:
            return
        told = [f"{n} is {_shown(saved, n)}, not {_shown(folded, n)}" for n in names[:_FIELDS]]
        more = f", and {len(names) - _FIELDS} more" if len(names) > _FIELDS else ""
        text = f"{text}: {'; '.join(told)}{more}"
        others = self._folding.software - {__version__}
        if others:
            by = ", ".join(sorted(other or "an older one" for other in others))
            self.notes.append(
                f"{text}. That may be right: it was folded by another riskplugin ({by}) than this "
                f"one ({__version__})"
            )
        else:
            self.findings.add("state", None, text)


def _may_agree(saved: RiskState, folded: RiskState, name: str) -> bool:
    """Nothing but sealed texts differs in this field."""
    return agree(saved, dataclasses.replace(saved, **{name: getattr(folded, name)}))


def _shown(state: RiskState, name: str) -> str:
    return repr(getattr(state, name))[:80]
