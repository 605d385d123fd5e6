"""The records of a period, a few at a time; what cannot be read is counted, not stumbled over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from riskplugin.core.events import EntryDecided, Event
from riskplugin.ledger.form.codec import decode
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.store.tables import (
    RARE,
    blob,
    bots,
    event_id,
    events,
    marks,
    micros,
    moment,
)
from riskplugin.ports import LedgerError
from riskplugin.reports.period import Period

#: Places in the chain that are looked at in one go.
WINDOW = 2_000
#: Windows that may fail before the rest is given up.
_PATIENCE = 500
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """A record: its place in the chain, its kind and its text with encrypted parts opened."""

    seq: int
    at: datetime
    kind: str
    payload: bytes
    hash: bytes

    def event(self) -> Event:
        """Raises LedgerError when its text cannot be read."""
        return decode(self.payload)


@dataclass
class Gaps:
    """What could not be read, and why (the first reason)."""

    count: int = 0
    first: int | None = None
    why: str = ""
    failures: int = field(default=0, repr=False)

    def add(self, seq: int | None, count: int, why: object) -> None:
        """``count`` records from ``seq`` on are not told."""
        if not self.count:
            self.first, self.why = seq, str(why)[:300]
        self.count += count

    @property
    def text(self) -> str:
        """What a reader of the report has to know; "" when all was read."""
        if not self.count:
            return ""
        where = "" if self.first is None else f", the first at place {self.first}"
        return f"{self.count} records cannot be read{where} ({self.why}): they are not counted here"


def entries(
    reader: LedgerReader,
    bot: str,
    period: Period,
    gaps: Gaps,
    *,
    kinds: Iterable[type[Event]] | None = None,
) -> Iterator[Entry]:
    """The records of ``bot`` in ``period``, in the order of the chain; ``kinds``: only these."""
    names = None if kinds is None else sorted(kind.__name__ for kind in kinds)
    with reader.connection("looking for the records") as connection:
        number = connection.scalar(select(bots.c.number).where(bots.c.name == bot))
        if number is None:
            return
        inside = events.c.id.between(event_id(number, 1), event_id(number + 1, -1))
        last = connection.scalar(select(func.max(events.c.id)).where(inside)) or 0
        first = event_id(number, 1) + _before(connection, bot, period)
    while first <= last:
        end = min(first + WINDOW - 1, last)
        yield from _window(reader, (first, end), period, names, gaps)
        if gaps.failures > _PATIENCE:
            gaps.add(first - event_id(number, 0), last - end, "the rest was given up")
            return
        first = end + 1


def _before(connection: Any, bot: str, period: Period) -> int:
    """A place up to which everything is older than the period."""
    if period.since is None:
        return 0
    query = select(func.max(marks.c.seq)).where(
        marks.c.bot == bot, marks.c.peak < micros(period.since)
    )
    found = connection.scalar(query)
    return found if isinstance(found, int) else 0


def _window(
    reader: LedgerReader,
    ids: tuple[int, int],
    period: Period,
    names: list[str] | None,
    gaps: Gaps,
) -> Iterator[Entry]:
    """The records in a window; where one spoils it, those of its two halves."""
    first, last = ids
    try:
        rows = _rows(reader, first, last, period, names)
    except LedgerError as error:
        gaps.failures += 1
        if first == last or gaps.failures > _PATIENCE:
            gaps.add(None, last - first + 1, error)
            return
        middle = (first + last) // 2
        yield from _window(reader, (first, middle), period, names, gaps)
        yield from _window(reader, (middle + 1, last), period, names, gaps)
        return
    for row in rows:
        try:
            yield _entry(reader, row)
        except (LedgerError, TypeError, ValueError, ArithmeticError) as error:
            gaps.add(row.seq if isinstance(row.seq, int) else None, 1, error)


def _rows(
    reader: LedgerReader, first: int, last: int, period: Period, names: list[str] | None
) -> list[Any]:
    known = events.c
    since, until = period.since or _FIRST, period.until or _LAST
    query = select(known.seq, known.at, known.kind, known.payload, known.hash).where(
        known.id.between(first, last), known.at >= micros(since), known.at < micros(until)
    )
    if names is not None:
        query = query.where(known.kind.in_(names))
        if EntryDecided.__name__ not in names:
            query = query.where(RARE)
    with reader.connection("reading the records") as connection:
        return list(connection.execute(query.order_by(known.id)))


def _entry(reader: LedgerReader, row: Any) -> Entry:
    if not (type(row.seq) is int and type(row.kind) is str and type(row.at) is int):
        raise TypeError("it is none that riskplugin wrote")
    payload = reader.opened(str(row.payload).encode())
    return Entry(row.seq, moment(row.at), row.kind, payload, blob(row.hash))
