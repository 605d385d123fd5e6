"""What a ledger says of one bot, read as it lies there: nothing is believed, nothing decoded.

Everything but the events is read in one transaction, together with where the events end; these are
written once, so that they can be read afterwards while the bot goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from riskplugin.ledger.proof.checkpoints import Checkpoint, from_row
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.store.tables import bots, checkpoints, event_id, events, marks, states

#: A row of events: id, bot, seq, at, kind, payload, hash; text as its bytes. A plain tuple: a
#: million of them are read.
Raw = tuple[int, bytes, int, Any, bytes, bytes, bytes]

#: Records that are handed over at a time, few enough to stay in the processor's cache, and those
#: that one query gives.
BATCH, QUERY = 250, 20_000


class State(NamedTuple):
    """The saved state: the record that it was saved with, its bytes, and what ties the two."""

    seq: int
    payload: bytes
    hash: bytes


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
    state = connection.execute(
        select(states.c.seq, states.c.payload, states.c.hash).where(states.c.bot == bot)
    ).first()
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
    seq, payload, hash_ = row
    if not (type(seq) is int and seq >= 0):
        odd.append(("state", f"the saved state says that it was saved with record {seq!r:.40}"))
        seq = -1  # which there is not
    return State(seq, _bytes(payload), _bytes(hash_))


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


def batches(reader: LedgerReader, number: int, head: int) -> Iterator[list[Raw]]:
    """All records up to the place ``head``, in the order of their ids, some at a time.

    Raises LedgerError.
    """
    first, last = event_id(number, 1), event_id(number, head)
    while first <= last:
        found = 0
        with reader.connection("reading the chain") as connection:
            make = connection.dialect.name
            query = f"{_COLUMNS[make]} BETWEEN {first} AND {last} ORDER BY id LIMIT {QUERY}"
            cursor = connection.exec_driver_sql(query).cursor
            while rows := list(cursor.fetchmany(BATCH)):
                found += len(rows)
                first = rows[-1][0] + 1
                yield rows if make == "sqlite" else [_as_bytes(row) for row in rows]
        if found < QUERY:
            return


# As bytes: a text that was damaged may be none any more, and must be told, not stumbled over; so
# must one that is missing, where somebody took away that it must not be.
_COLUMNS = {
    "sqlite": (
        "SELECT id, ifnull(CAST(bot AS BLOB), x''), seq, at, ifnull(CAST(kind AS BLOB), x''), "
        "ifnull(CAST(payload AS BLOB), x''), ifnull(CAST(hash AS BLOB), x'') FROM events WHERE id"
    ),
    "postgresql": "SELECT id, bot, seq, at, kind, payload, hash FROM events WHERE id",
}


def _as_bytes(row: Any) -> Raw:
    id_, bot, seq, at, kind, payload, hash_ = row
    return id_, bot.encode(), seq, at, kind.encode(), payload.encode(), bytes(hash_)


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
