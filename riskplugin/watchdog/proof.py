"""Is the ledger what the bot wrote? New records every round, everything once a day, in the back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from riskplugin.ledger.proof.chain import link
from riskplugin.ledger.proof.findings import Report
from riskplugin.ledger.proof.signing import PublicKey
from riskplugin.ledger.proof.verify import verify
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.record import Record
from riskplugin.ports import LedgerError

#: Seconds between two verifications of everything.
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class End:
    """How far the chain was followed, and the hash there."""

    seq: int
    hash: bytes


class Proof:
    """Call :meth:`step` once a round. ``damage`` says what does not hold, until a verification of
    everything that began after it was found says otherwise.

    ``whole`` verifies everything, by default with signatures of the ``trusted`` keys; it runs in a
    thread, because it takes as long as the ledger is large.
    """

    def __init__(self, bot: str, *, trusted: Sequence[PublicKey] = ()) -> None:
        self.bot = bot
        self.damage: str | None = None
        self.records = 0
        self._trusted = tuple(trusted)
        self._end: End | None = None
        self._due = 0.0
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="riskplugin-verify")
        self._running: Future[Report] | None = None
        self._known: str | None = None  # the damage when the verification that runs began

    def step(self, reader: LedgerReader, clock: float) -> None:
        """Follow the chain from where the last round ended. Raises LedgerError."""
        if self._end is None:
            last = reader.records(self.bot, limit=1, newest_first=True)
            self._end = End(last[0].seq, last[0].hash) if last else None
        else:
            self._follow(reader, self._end)
        self._whole(reader, clock)

    def all(self, reader: LedgerReader) -> None:
        """Verify everything now. Raises LedgerError."""
        self._known = self.damage
        self._judge(verify(reader, self.bot, trusted=self._trusted))

    def close(self) -> None:
        """Let go of the thread."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _follow(self, reader: LedgerReader, end: End) -> None:
        """The record where we stopped still stands there, and each new one follows from it."""
        head, seen = end, False
        for record in reader.chain(self.bot, after=end.seq - 1):
            if not seen:
                seen = True
                if record.seq != end.seq or record.hash != end.hash:
                    self._broken(f"record {end.seq} is not what it was: it was rewritten")
                    break
                continue
            if not _follows(head, record):
                self._broken(f"record {record.seq} does not follow from the one before it")
                break
            head = End(record.seq, record.hash)
        if not seen:
            self._broken(f"record {end.seq}, which was there before, is gone")
        self._end = None if self.damage else head
        self.records = max(self.records, head.seq)

    def _broken(self, text: str) -> None:
        self.damage = self.damage or f"{text}: riskplugin audit verify says more"

    def _whole(self, reader: LedgerReader, clock: float) -> None:
        if self._running is not None:
            if not self._running.done():
                return
            running, self._running = self._running, None
            try:
                self._judge(running.result())
            except LedgerError:
                self._due = clock + 60
            return
        if clock >= self._due:
            self._due = clock + DAY
            self._known = self.damage
            self._running = self._pool.submit(self._task(reader))

    def _task(self, reader: LedgerReader) -> Callable[[], Report]:
        return lambda: verify(reader, self.bot, trusted=self._trusted)

    def _judge(self, report: Report) -> None:
        self.records = max(self.records, report.records)
        if report.sound:
            if self.damage == self._known:  # what was found meanwhile, the report cannot know
                self.damage = None
            return
        first = report.findings[0]
        more = f" (and {len(report.findings) - 1} more)" if len(report.findings) > 1 else ""
        self.damage = f"{first.text}{more}: riskplugin audit verify says more"


def _follows(head: End, record: Record) -> bool:
    return record.seq == head.seq + 1 and link(head.hash, record.payload) == record.hash
