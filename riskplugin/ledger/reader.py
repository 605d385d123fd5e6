"""The ledger as a second process sees it: command line, dashboard, reports.

Reads bots' records and leaves commands for them; touches nothing that a bot writes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, insert, select, union

from riskplugin.core.events import Event
from riskplugin.core.state import RiskState
from riskplugin.ledger import schema
from riskplugin.ledger.codec import decode, decode_state
from riskplugin.ledger.database import Target, engine_for, spoken
from riskplugin.ledger.tables import (
    FREQUENT,
    RARE,
    bots,
    controls,
    event_id,
    events,
    marks,
    metrics,
    micros,
    moment,
    now,
    states,
    status,
)
from riskplugin.ports import LedgerError, Metrics


@dataclass(frozen=True, slots=True)
class Record:
    """An event as it stands in the ledger: its place in the bot's chain, its bytes and hash."""

    seq: int
    at: datetime
    kind: str
    payload: bytes
    hash: bytes

    @property
    def event(self) -> Event:
        """The event itself. Raises CodecError when its bytes cannot be read."""
        return decode(self.payload)


class LedgerReader:
    """Reads the ledger of one or many bots. Every method may raise LedgerError.

    Opening a SQLite file that does not exist raises LedgerError, unless ``create`` is set.
    Safe to use from several threads.
    """

    def __init__(self, to: Target, *, create: bool = False) -> None:
        self._target = to
        self._engine = engine_for(to, create=create, durability="full", held=False)
        try:
            with self._reading("opening") as connection:
                (schema.upgrade if create else schema.check)(connection)
        except BaseException:
            self.close()
            raise

    def bots(self) -> list[str]:
        """The names of all bots that have state, status or a waiting command, sorted."""
        names = union(select(states.c.bot), select(status.c.bot), select(controls.c.bot))
        with self._reading("listing bots") as connection:
            return sorted(connection.scalars(names))

    def status(self, bot: str) -> dict[str, Any] | None:
        """What the bot said of itself at its last loop, None before the first."""
        with self._reading("reading the status") as connection:
            payload = connection.scalar(select(status.c.payload).where(status.c.bot == bot))
        told: dict[str, Any] | None = None if payload is None else orjson.loads(payload)
        return told

    def state(self, bot: str) -> RiskState | None:
        """The bot's saved state, None when it has none. Raises LedgerError when it is damaged."""
        with self._reading("reading the state") as connection:
            payload = connection.scalar(select(states.c.payload).where(states.c.bot == bot))
            return None if payload is None else decode_state(payload)

    def events(
        self,
        bot: str,
        *,
        kinds: Iterable[type[Event] | str] | None = None,
        since: datetime | None = None,
        limit: int = 1000,
        newest_first: bool = False,
    ) -> list[Event]:
        """Events that happened ``since`` a moment (inclusive), in the order of the chain.

        ``kinds`` are event classes or their names; None means all. At most ``limit`` are given:
        the earliest, or the latest with ``newest_first``.
        """
        found = self.records(bot, kinds=kinds, since=since, limit=limit, newest_first=newest_first)
        return [record.event for record in found]

    def records(
        self,
        bot: str,
        *,
        kinds: Iterable[type[Event] | str] | None = None,
        since: datetime | None = None,
        limit: int = 1000,
        newest_first: bool = False,
    ) -> list[Record]:
        """The same as :meth:`events`, not yet decoded."""
        with self._reading("reading events") as connection:
            number = _number(connection, bot)
            after = 0 if since is None else _last_before(connection, bot, since)
            query = _events_of(number, after)
            if since is not None:
                query = query.where(events.c.at >= micros(since))
            if kinds is not None:
                query = query.where(_of_kinds(bot, kinds))
            order = events.c.id.desc() if newest_first else events.c.id
            return [_record(row) for row in connection.execute(query.order_by(order).limit(limit))]

    def chain(self, bot: str, *, after: int = 0, batch: int = 10_000) -> Iterator[Record]:
        """All records after position ``after`` in the order of the chain, a batch at a time."""
        while True:
            with self._reading("reading the chain") as connection:
                query = _events_of(_number(connection, bot), after)
                rows = connection.execute(query.order_by(events.c.id).limit(batch)).all()
            yield from map(_record, rows)
            if len(rows) < batch:
                return
            after = rows[-1].seq

    def metrics(self, bot: str, since: datetime | None = None, limit: int = 1000) -> list[Metrics]:
        """The latest ``limit`` rows of metrics ``since`` a moment (inclusive), oldest first."""
        query = select(metrics).where(metrics.c.bot == bot)
        if since is not None:
            query = query.where(metrics.c.at >= micros(since))
        query = query.order_by(metrics.c.at.desc()).limit(limit)
        with self._reading("reading metrics") as connection:
            rows = connection.execute(query).all()
        return [_metrics(row) for row in reversed(rows)]

    def post_control(self, bot: str, command: str, by: str, reason: str) -> int:
        """Leave a command for ``bot``, which may not be running yet; its id."""
        row = {"bot": bot, "command": command, "by": by, "reason": reason, "at": now()}
        with self._reading("leaving a command") as connection:
            made = connection.execute(insert(controls).returning(controls.c.id), row)
            return int(made.scalar_one())

    def control_outcome(self, control_id: int) -> str | None:
        """How a command ended, None while it waits. Raises LedgerError when there is none such."""
        query = select(controls.c.outcome).where(controls.c.id == control_id)
        with self._reading("reading a command") as connection:
            row = connection.execute(query).first()
            if row is None:
                raise LedgerError(f"there is no command {control_id}")
        outcome: str | None = row[0]
        return outcome

    def close(self) -> None:
        """Release files and connections."""
        self._engine.dispose()

    @contextmanager
    def _reading(self, doing: str) -> Iterator[Connection]:
        with spoken(doing, self._target), self._engine.connect() as connection:
            yield connection


def _number(connection: Connection, bot: str) -> int:
    """The bot's number; 0, which no bot has, when it has no events."""
    return connection.scalar(select(bots.c.number).where(bots.c.name == bot)) or 0


def _last_before(connection: Connection, bot: str, since: datetime) -> int:
    """A position up to which all events are older than ``since``, less than a mark too early."""
    query = select(marks.c.seq).where(marks.c.bot == bot, marks.c.peak < micros(since))
    newest = (marks.c.peak.desc(), marks.c.seq.desc())
    return connection.scalar(query.order_by(*newest).limit(1)) or 0


def _events_of(number: int, after: int) -> Select[Any]:
    columns = (events.c.seq, events.c.at, events.c.kind, events.c.payload, events.c.hash)
    first, last = event_id(number, after + 1), event_id(number + 1, -1)
    return select(*columns).where(events.c.id.between(first, last))


def _of_kinds(bot: str, kinds: Iterable[type[Event] | str]) -> ColumnElement[bool]:
    """The condition for ``kinds``, worded so that the index of rare kinds is used if it can be."""
    names = [kind if isinstance(kind, str) else kind.__name__ for kind in kinds]
    wanted = events.c.kind.in_(names)
    return wanted if FREQUENT in names else and_(wanted, events.c.bot == bot, RARE)


def _record(row: Row[Any]) -> Record:
    payload, recorded = str(row.payload).encode(), bytes(row.hash)
    return Record(row.seq, moment(row.at), row.kind, payload, recorded)


def _metrics(row: Row[Any]) -> Metrics:
    values = {key: value for key, value in row._mapping.items() if key != "bot"}
    for name, value in values.items():
        if value is None and name != "volatility":
            values[name] = math.nan
    return Metrics(**values | {"at": moment(values["at"])})
