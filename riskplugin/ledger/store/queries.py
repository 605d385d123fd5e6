"""Questions about bots' events, worded so that the indices are used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, select

from riskplugin.core.events import Event
from riskplugin.ledger.store.tables import (
    FREQUENT,
    RARE,
    blob,
    bots,
    event_id,
    events,
    marks,
    micros,
    reached,
    states,
)

#: An event behind a saved state: its place, its bytes, its hash.
Link = tuple[int, bytes, bytes]

#: What is known of a bot's state, in one statement, so that no writer comes between.
SAVED = select(
    states.c.seq, states.c.payload, states.c.hash, reached.c.since, reached.c.seq, reached.c.hash
).select_from(states.outerjoin(reached, reached.c.bot == states.c.bot))
#: Events behind a saved state.
TAIL = select(events.c.seq, events.c.payload, events.c.hash).order_by(events.c.id)


def number_of(connection: Connection, bot: str) -> int:
    """The bot's number; 0, which no bot has, when it has no events."""
    return connection.scalar(select(bots.c.number).where(bots.c.name == bot)) or 0


def last_before(connection: Connection, bot: str, since: datetime) -> int:
    """A position up to which all events are older than ``since``, less than a mark too early."""
    query = select(marks.c.seq).where(marks.c.bot == bot, marks.c.peak < micros(since))
    newest = (marks.c.peak.desc(), marks.c.seq.desc())
    return connection.scalar(query.order_by(*newest).limit(1)) or 0


def events_of(number: int, after: int) -> Select[Any]:
    """A bot's events behind a position, by its number."""
    columns = (events.c.seq, events.c.at, events.c.kind, events.c.payload, events.c.hash)
    first, last = event_id(number, after + 1), event_id(number + 1, -1)
    return select(*columns).where(events.c.id.between(first, last))


def hash_at(connection: Connection, number: int, seq: int) -> bytes | None:
    """The hash of the bot's event ``seq``, None when there is none."""
    found = connection.scalar(select(events.c.hash).where(events.c.id == event_id(number, seq)))
    return None if found is None else blob(found)


def tail_of(connection: Connection, number: int, first: int, last: int) -> list[Link]:
    """The bot's events from ``first`` to ``last``: place, bytes, hash."""
    inside = events.c.id.between(event_id(number, first), event_id(number, last))
    rows = connection.execute(TAIL.where(inside))
    return [(seq, str(payload).encode(), blob(hash_)) for seq, payload, hash_ in rows]


def of_kinds(bot: str, kinds: Iterable[type[Event] | str]) -> ColumnElement[bool]:
    """The condition for ``kinds``, worded so that the index of rare kinds is used if it can be."""
    names = [kind if isinstance(kind, str) else kind.__name__ for kind in kinds]
    wanted = events.c.kind.in_(names)
    return wanted if FREQUENT in names else and_(wanted, events.c.bot == bot, RARE)
