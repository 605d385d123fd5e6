"""The chain of people in the ledger: read and folded, continued, appended to without a fork."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from riskplugin.control.directory import Directory, Entry
from riskplugin.core.events import PEOPLE_CHAIN, CredentialSet, Event
from riskplugin.ledger import CheckpointPlan, open_ledger, open_reader
from riskplugin.ledger.proof.chain import genesis, link
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.store.database import target
from riskplugin.ports import LedgerError
from riskplugin.redaction import NOBODYS, Redactor

if TYPE_CHECKING:
    from riskplugin.ledger.sql import SqlLedger

#: How often a change is tried again when somebody else was quicker.
TRIES = 10

_CHANGED = (
    "the records of who people are were changed ({how}): nobody is let in before that is cleared "
    "up. See riskplugin audit verify --bot people"
)


#: Told of each record: its place, the person until then if there was one, and what happened.
Heard = Callable[[int, Entry | None, Event], None]


class ChangedError(LedgerError):
    """The records do not follow from each other any more."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """The ledger that people are kept in, and how it is written."""

    url: str
    base_dir: Path
    plan: CheckpointPlan | None = None
    redactor: Redactor = NOBODYS
    encrypt: bool = False

    @property
    def path(self) -> Path | None:
        """The file of a SQLite ledger."""
        return target(self.url, self.base_dir).path

    @property
    def exists(self) -> bool:
        """False for a file that is not there: nobody can be registered in it."""
        return self.path is None or self.path.exists()


class PeopleChain:
    """Who is registered. Safe to use from several threads; raises LedgerError."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._lock = threading.RLock()
        self._directory = Directory()
        self._seq = 0
        self._hash = genesis(PEOPLE_CHAIN)
        self._first = ""
        self._heard: Heard | None = None

    def listen(self, heard: Heard) -> None:
        """Let ``heard`` know of each record that is read from here on."""
        self._heard = heard

    @property
    def ledger_id(self) -> str:
        """What tells this ledger's people from another's: the hash of their first password."""
        return self._first

    def read(self) -> Directory:
        """Everybody as of now. Refuses records that do not follow from each other."""
        with self._lock:
            if self._seq == 0 and not self.place.exists:
                return self._directory
            with closing(self._reader()) as reader:
                self._continue(reader)
            return self._directory

    def prepare(self) -> None:
        """Make ledger and tables, and the key that seals texts, where there are none yet."""
        self._opened(signed=False).close()

    def write(self, make: Callable[[Directory], Sequence[Event]], *, signed: bool = True) -> None:
        """Append what ``make`` answers to everybody as of then; tried again after a conflict.

        What ``make`` raises passes; then nothing is written. Without ``signed`` the next change
        signs this record, too.
        """
        with self._lock:
            for left in reversed(range(TRIES)):
                if self._tried(make, signed=signed, last=left == 0):
                    return

    def _tried(
        self, make: Callable[[Directory], Sequence[Event]], *, signed: bool, last: bool
    ) -> bool:
        if self.place.exists:
            self.read()
        before = self._seq
        with closing(self._opened(signed=signed)) as ledger:
            state = ledger.load()
            events = make(self.read())  # after load: what comes between the two is a conflict
            try:
                ledger.append(events, state)
            except LedgerError:
                self.read()
                if last or self._seq == before:
                    raise
                return False
            self.read()
        return True

    def _opened(self, *, signed: bool) -> SqlLedger:
        place = self.place
        return open_ledger(
            place.url,
            bot=PEOPLE_CHAIN,
            base_dir=place.base_dir,
            checkpoints=place.plan if signed else None,
            redactor=place.redactor,
            encrypt=place.encrypt,
        )

    def _reader(self) -> LedgerReader:
        place = self.place
        return open_reader(place.url, base_dir=place.base_dir, redactor=place.redactor)

    def _continue(self, reader: LedgerReader) -> None:
        """Fold what is new, after a look whether the last known record is still the same."""
        if self._seq == 0:
            reader.state(PEOPLE_CHAIN)
            expected = self._hash
        else:
            known = next(reader.chain(PEOPLE_CHAIN, after=self._seq - 1, batch=1), None)
            if known is None or known.seq != self._seq or known.hash != self._hash:
                raise ChangedError(_CHANGED.format(how=f"record {self._seq} is another one"))
            expected = known.hash
        for record in reader.chain(PEOPLE_CHAIN, after=self._seq):
            expected = link(expected, record.payload)
            if record.seq != self._seq + 1 or record.hash != expected:
                raise ChangedError(_CHANGED.format(how=f"record {record.seq} does not follow"))
            event = record.event
            before = self._directory.entries.get(getattr(event, "name", ""))
            try:
                self._directory.observe(event)
            except ValueError as error:
                raise ChangedError(_CHANGED.format(how=str(error))) from error
            if not self._first and record.kind == CredentialSet.__name__:
                self._first = record.hash.hex()[:16]  # two ledgers' first persons may be alike
            self._seq, self._hash = record.seq, record.hash
            if self._heard is not None:
                self._heard(record.seq, before, event)
