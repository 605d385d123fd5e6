"""What a ledger says of one bot, read as it lies there: nothing is believed, nothing decoded.

Everything but the events is read in one transaction, together with where the events end; these are
written once, so that they can be read afterwards while the bot goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from riskplugin.ledger.proof.checkpoints import Checkpoint, from_row
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.store.queries import SAVED
from riskplugin.ledger.store.tables import bots, checkpoints, event_id, events, marks, states
from riskplugin.ports import LedgerError

#: A row of events: id, bot, seq, at, kind, payload, hash; text as its bytes. A plain tuple: a
#: million of them are read.
Raw = tuple[int, bytes, int, Any, bytes, bytes, bytes]

#: The same with no more than a chain is made of: seq, payload, hash. Without seq where the columns
#: for bot and number do not say the same as the id.
Link = tuple[int | None, bytes, bytes]

#: Records that are handed over at a time, few enough to stay in the processor's cache, and those
#: that one query gives.
BATCH, QUERY = 250, 20_000


class State(NamedTuple):
    """The saved state: the record that it was saved with, its bytes, and what ties the two; and how
    far records have changed it since: the record that it was saved with, as it stands there, the
    last one that did, and its hash. None where that is gone.
    """

    seq: int
    payload: bytes
    hash: bytes
    since: int | None
    last: int | None
    last_hash: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """``number`` is the bot's, None when it has none; ``head`` the place of its last record.

    ``marks`` are (peak, seq), by seq. ``strays`` are ids of records that belong to no bot: how
    many, and the lowest. ``odd`` says what stands there that no riskplugin writes, and where; it is
    left out of all else.
    """

    number: int | None
    head: int
    state: State | None
    marks: tuple[tuple[int, int], ...]
    checkpoints: tuple[Checkpoint, ...]
    strays: tuple[int, int | None]
    odd: tuple[tuple[str, str], ...] = ()


def gather(reader: LedgerReader, bot: str) -> Evidence:
    """Everything but the events. Raises LedgerError."""
    with reader.connection("reading the evidence") as connection:
        connection.exec_driver_sql(_SNAPSHOT[connection.dialect.name])
        try:
            return _gathered(connection, bot)
        finally:
            connection.exec_driver_sql("COMMIT")


_SNAPSHOT = {"sqlite": "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}


def _gathered(connection: Connection, bot: str) -> Evidence:
    number = connection.scalar(select(bots.c.number).where(bots.c.name == bot))
    state = connection.execute(SAVED.where(states.c.bot == bot)).first()
    signed = checkpoints.c
    rows = connection.execute(
        select(signed.seq, signed.at, signed.hash, signed.key, signed.signature)
        .where(signed.bot == bot)
        .order_by(signed.seq)
    )
    marked = connection.execute(
        select(marks.c.peak, marks.c.seq).where(marks.c.bot == bot).order_by(marks.c.seq)
    )
    odd: list[tuple[str, str]] = []
    return Evidence(
        number=number,
        head=0 if number is None else _head(connection, number),
        state=None if state is None else _state(state, odd),
        marks=tuple(_marks(marked, odd)),
        checkpoints=tuple(_checkpoints(bot, rows, odd)),
        strays=_strays(connection),
        odd=tuple(odd),
    )


def _state(row: Any, odd: list[tuple[str, str]]) -> State:
    seq, payload, hash_, since, last, last_hash = row
    if not (type(seq) is int and seq >= 0):
        odd.append(("state", f"the saved state says that it was saved with record {seq!r:.40}"))
        seq = -1  # which there is not
    if not (type(since) is int and type(last) is int and last_hash is not None):
        return State(seq, _bytes(payload), _bytes(hash_), None, None, None)
    return State(seq, _bytes(payload), _bytes(hash_), since, last, _bytes(last_hash))


def _marks(rows: Iterable[Any], odd: list[tuple[str, str]]) -> Iterator[tuple[int, int]]:
    for peak, seq in rows:
        if type(peak) is int and type(seq) is int:
            yield peak, seq
        else:
            odd.append(("mark", f"a mark is none: {(peak, seq)!r:.80}"))


def _checkpoints(bot: str, rows: Iterable[Any], odd: list[tuple[str, str]]) -> Iterator[Checkpoint]:
    for row in rows:
        try:
            yield from_row(bot, row)
        except (TypeError, ValueError, OverflowError) as error:
            text = f"the checkpoint at record {row[0]!r:.40} was edited: it is none ({error})"
            odd.append(("checkpoint", text))


def _head(connection: Connection, number: int) -> int:
    inside = events.c.id.between(event_id(number, 1), event_id(number + 1, -1))
    last = connection.scalar(select(func.max(events.c.id)).where(inside))
    return 0 if last is None else int(last) - event_id(number, 0)


def _strays(connection: Connection) -> tuple[int, int | None]:
    """Records with an id that no bot has: looked for in the gaps, which the key finds at once."""
    count, lowest, above = 0, None, -(2**63) + 1
    known = sorted(connection.scalars(select(bots.c.number)))
    ends = [(event_id(n, 1), event_id(n + 1, -1)) for n in known]
    for first, last in [*ends, (2**63 - 1, 0)]:
        if above < first:
            between = events.c.id.between(above, first - 1)
            query = select(func.count(), func.min(events.c.id)).where(between)
            found, least = connection.execute(query).one()
            count += found
            lowest = least if lowest is None else lowest
        above = last + 1
    return count, lowest


def batches(reader: LedgerReader, number: int, head: int, *, after: int = 0) -> Iterator[list[Raw]]:
    """All records behind the place ``after`` up to ``head``, in the order of their ids, some at a
    time. Raises LedgerError.
    """
    first, last = event_id(number, after + 1), event_id(number, head)
    while first <= last:
        found = 0
        with reader.connection("reading the chain") as connection:
            make = connection.dialect.name
            cursor = _executed(connection, f"{_COLUMNS[make]} {_some(first, last)}")
            while rows := list(cursor.fetchmany(BATCH)):
                found += len(rows)
                first = rows[-1][0] + 1
                yield rows if make == "sqlite" else [_as_bytes(row) for row in rows]
        if found < QUERY:
            return


def links(reader: LedgerReader, bot: str, number: int, head: int) -> Iterator[Sequence[Link]]:
    """The same with no more than a chain is made of, until one is not in its place."""
    place = 0
    while place < head:
        first, last, before = event_id(number, place + 1), event_id(number, head), place
        with reader.connection("reading the chain") as connection:
            query = f"{_LINKS[connection.dialect.name]} {_some(first, last)}"
            cursor = _executed(connection, query, event_id(number, 0), bot)
            while rows := cursor.fetchmany(BATCH):
                place += len(rows)
                yield rows
        if place - before < QUERY:
            return


def _some(first: int, last: int) -> str:
    return f"BETWEEN {first} AND {last} ORDER BY id LIMIT {QUERY}"


def _executed(connection: Connection, query: str, *given: object) -> Any:
    """The driver's own cursor: PostgreSQL's sends bytes as they are only when it is told to."""
    dialect = connection.dialect
    how = {} if dialect.name == "sqlite" else {"binary": True}
    cursor = connection.connection.cursor(**how)
    try:
        cursor.execute(query, given)
    except dialect.loaded_dbapi.Error as error:
        raise LedgerError(str(error)) from error
    return cursor


# As bytes: a text that was damaged may be none any more, and must be told, not stumbled over; so
# must one that is missing, where somebody took away that it must not be.
_COLUMNS = {
    "sqlite": (
        "SELECT id, ifnull(CAST(bot AS BLOB), x''), seq, at, ifnull(CAST(kind AS BLOB), x''), "
        "ifnull(CAST(payload AS BLOB), x''), ifnull(CAST(hash AS BLOB), x'') FROM events WHERE id"
    ),
    "postgresql": "SELECT id, bot, seq, at, kind, payload, hash FROM events WHERE id",
}


_LINKS = {
    "sqlite": (
        "SELECT CASE WHEN seq = id - ? AND bot = ? THEN seq END, "
        "ifnull(CAST(payload AS BLOB), x''), ifnull(CAST(hash AS BLOB), x'') FROM events WHERE id"
    ),
    "postgresql": (
        "SELECT CASE WHEN seq = id - %s AND bot = %s THEN seq END, "
        "convert_to(payload, 'UTF8'), hash FROM events WHERE id"
    ),
}


def _as_bytes(row: Any) -> Raw:
    id_, bot, seq, at, kind, payload, hash_ = row
    return id_, bot.encode(), seq, at, kind.encode(), payload.encode(), bytes(hash_)


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
