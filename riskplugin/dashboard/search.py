"""Finds decisions in a chain of any length: newest first, filtered, in bounded time.

No index helps here: each would cost the bot's every commit, and people look seldom. The data base
looks for the filter's words in the records' bytes, a window at a time; when the time is up, the
answer says how far back it came, and the next question goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, func, select

from riskplugin.core.events import EntryDecided
from riskplugin.core.verdict import Allow, Cap, Decision, Deny
from riskplugin.ledger.form.codec import CodecError, decode
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.store.tables import FREQUENT, bots, event_id, events, marks, micros, moment

#: Seconds after which a search answers with what it has.
PATIENCE = 0.1
#: Records in the first window, and in the largest.
_FIRST, _LARGEST = 256, 4096
_BINDING = {"allowed": "Allow", "capped": "Cap", "refused": "Deny"}
_CLASSES = {"allowed": Allow, "capped": Cap, "refused": Deny}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a decision must be like. ``pair`` is how the pair begins, ``rule`` one that objected."""

    pair: str | None = None
    verdict: str | None = None
    rule: str | None = None
    since: datetime | None = None

    def fits(self, event: EntryDecided) -> bool:
        """Whether this decision is wanted; the windows' words may let others through."""
        decision = event.decision
        return (
            (self.pair is None or str(decision.request.pair).startswith(self.pair))
            and (self.verdict is None or isinstance(decision.binding, _CLASSES[self.verdict]))
            and (self.rule is None or self.rule in objecting(decision))
        )

    def words(self) -> Iterator[str]:
        """What stands in the bytes of every record that fits."""
        if self.pair is not None:
            yield '"pair":' + orjson.dumps(self.pair).decode()[:-1]
        if self.verdict is not None:
            yield f'"binding":{{"$":"{_BINDING[self.verdict]}"'
        if self.rule is not None:
            yield '"rule":' + orjson.dumps(self.rule).decode()


@dataclass(slots=True)
class Found:
    """Decisions with their places in the chain, newest first. ``next`` is where to go on
    (``before``), None at the chain's beginning; ``reached`` is how far back the search came.
    """

    decisions: list[tuple[int, EntryDecided]] = field(default_factory=list)
    next: int | None = None
    reached: datetime | None = None


def search(
    reader: LedgerReader,
    bot: str,
    wanted: Wanted,
    *,
    before: int | None = None,
    after: int = 0,
    limit: int = 50,
    patience: float = PATIENCE,
    clock: Callable[[], float] = monotonic,
) -> Found:
    """The latest decisions that fit, between two places of the chain (both exclusive)."""
    found, end = Found(), clock() + patience
    with reader.connection("searching decisions") as connection:
        number = connection.scalar(select(bots.c.number).where(bots.c.name == bot)) or 0
        top = _last(connection, number) if before is None else before - 1
        floor = max(after, _older(connection, bot, wanted.since))
        size = _FIRST
        while top > floor:
            low = max(top - size, floor)
            rows = _window(connection, number, (low + 1, top), wanted, limit)
            for row in rows:
                event = _decision(reader, row)
                if event is not None and wanted.fits(event):
                    found.decisions.append((int(row.seq), event))
                if len(found.decisions) == limit:
                    low = int(row.seq) - 1
                    break
            else:
                low = int(rows[-1].seq) - 1 if len(rows) >= limit else low
            top, size = low, min(2 * size, _LARGEST)
            if len(found.decisions) == limit or clock() >= end:
                break
        if top > floor:
            found.next = top + 1
        found.reached = _at(connection, number, top + 1)
    return found


def one(reader: LedgerReader, bot: str, seq: int) -> EntryDecided | None:
    """The decision at that place of the chain, None when none stands there."""
    with reader.connection("reading a decision") as connection:
        number = connection.scalar(select(bots.c.number).where(bots.c.name == bot)) or 0
        query = select(events.c.payload).where(
            events.c.id == event_id(number, seq), events.c.kind == FREQUENT
        )
        row = connection.execute(query).first()
    return None if row is None else _decision(reader, row)


def head(reader: LedgerReader, bot: str) -> int:
    """The place of the latest record of any kind, 0 before the first."""
    with reader.connection("reading the chain") as connection:
        number = connection.scalar(select(bots.c.number).where(bots.c.name == bot)) or 0
        return _last(connection, number)


def objecting(decision: Decision) -> set[str]:
    """The rules that had something against an entry, whether it counted or not."""
    spoken = (*decision.verdicts, *decision.observed, ("", decision.binding))
    return {v.reason.rule for _, v in spoken if not isinstance(v, Allow)}


def _window(
    connection: Connection, number: int, places: tuple[int, int], wanted: Wanted, limit: int
) -> Sequence[Any]:
    first, last = (event_id(number, place) for place in places)
    query = select(events.c.seq, events.c.payload).where(
        events.c.id.between(first, last), events.c.kind == FREQUENT
    )
    if wanted.since is not None:
        query = query.where(events.c.at >= micros(wanted.since))
    for word in wanted.words():
        query = query.where(_holds(connection, word))
    return connection.execute(query.order_by(events.c.id.desc()).limit(limit)).all()


def _holds(connection: Connection, word: str) -> ColumnElement[bool]:
    find = func.strpos if connection.dialect.name == "postgresql" else func.instr
    return find(events.c.payload, word) > 0


def _decision(reader: LedgerReader, row: Row[Any]) -> EntryDecided | None:
    try:
        event = decode(reader.opened(str(row.payload).encode()))
    except CodecError:  # damaged: `riskplugin audit verify` says where
        return None
    return event if isinstance(event, EntryDecided) else None


def _last(connection: Connection, number: int) -> int:
    low, high = event_id(number, 0), event_id(number + 1, -1)
    query = select(func.max(events.c.id)).where(events.c.id.between(low, high))
    found = connection.scalar(query)
    return 0 if found is None or not number else int(found) - low


def _older(connection: Connection, bot: str, since: datetime | None) -> int:
    """A place up to which all records are older than ``since``."""
    if since is None:
        return 0
    query = select(marks.c.seq).where(marks.c.bot == bot, marks.c.peak < micros(since))
    return connection.scalar(query.order_by(marks.c.peak.desc(), marks.c.seq.desc()).limit(1)) or 0


def _at(connection: Connection, number: int, seq: int) -> datetime | None:
    low, high = event_id(number, seq), event_id(number + 1, -1)
    query = select(events.c.at).where(events.c.id.between(low, high))
    found = connection.scalar(query.order_by(events.c.id).limit(1))
    return None if found is None or not number else moment(found)
