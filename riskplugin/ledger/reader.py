"""The ledger as a second process sees it: command line, dashboard, reports.

Reads bots' records and leaves commands for them; touches nothing that a bot writes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, insert, select, union

from riskplugin.core.events import Event
from riskplugin.core.state import RiskState
from riskplugin.ledger.metrics import chart
from riskplugin.ledger.metrics.series import Point, point, spans
from riskplugin.ledger.privacy.confidential import Opener
from riskplugin.ledger.proof.chain import genesis
from riskplugin.ledger.record import Record
from riskplugin.ledger.standing import Saved, told
from riskplugin.ledger.store import schema
from riskplugin.ledger.store.database import Target, engine_for, spoken
from riskplugin.ledger.store.queries import (
    SAVED,
    events_of,
    hash_at,
    last_before,
    number_of,
    of_kinds,
    tail_of,
)
from riskplugin.ledger.store.tables import (
    blob,
    bots,
    checkpoints,
    controls,
    data_keys,
    events,
    metrics,
    micros,
    moment,
    now,
    states,
    status,
)
from riskplugin.ports import LedgerError, Metrics
from riskplugin.redaction import NOBODYS, Redactor


class LedgerReader:
    """Reads the ledger of one or many bots. Every method may raise LedgerError.

    Opening a SQLite file that does not exist raises LedgerError, unless ``create`` is set.
    Safe to use from several threads.
    """

    def __init__(self, to: Target, *, create: bool = False, redactor: Redactor = NOBODYS) -> None:
        self._target = to
        self._redactor = redactor
        self._opener = Opener(self._data_keys)
        self._engine = engine_for(to, create=create, durability="full", held=False)
        try:
            with self._reading("opening") as connection:
                (schema.upgrade if create else schema.check)(connection)
        except BaseException:
            self.close()
            raise

    def bots(self) -> list[str]:
        """The names of all bots with records, checkpoints, state, status or a command, sorted."""
        named = (states.c.bot, status.c.bot, controls.c.bot, checkpoints.c.bot, bots.c.name)
        names = union(*map(select, named))
        with self._reading("listing bots") as connection:
            return sorted(connection.scalars(names))

    def status(self, bot: str) -> dict[str, Any] | None:
        """What the bot said of itself at its last loop, None before the first."""
        with self._reading("reading the status") as connection:
            payload = connection.scalar(select(status.c.payload).where(status.c.bot == bot))
            if payload is None:
                return None
            told = orjson.loads(self._opener.read(str(payload).encode()))
            if not isinstance(told, dict):
                raise TypeError("it is not what a bot says of itself")
        return told

    def state(self, bot: str) -> RiskState | None:
        """The bot's state as its records tell it, None when it has none.

        Raises LedgerError when what was saved is damaged, or does not fit the records.
        """
        with self._reading("reading the state") as connection:
            row = connection.execute(SAVED.where(states.c.bot == bot)).first()
            if row is None:
                return None
            saved = Saved.of(tuple(row))
            number = number_of(connection, bot)
            before = hash_at(connection, number, saved.seq) if saved.seq else genesis(bot)
            tail = tail_of(connection, number, saved.seq + 1, saved.last or 0)
            return told(saved, before, tail, self._opener.read)

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
            number = number_of(connection, bot)
            after = 0 if since is None else last_before(connection, bot, since)
            query = events_of(number, after)
            if since is not None:
                query = query.where(events.c.at >= micros(since))
            if kinds is not None:
                query = query.where(of_kinds(bot, kinds))
            order = events.c.id.desc() if newest_first else events.c.id
            rows = connection.execute(query.order_by(order).limit(limit)).all()
            return [self._record(row) for row in rows]

    def chain(self, bot: str, *, after: int = 0, batch: int = 10_000) -> Iterator[Record]:
        """All records after position ``after`` in the order of the chain, a batch at a time."""
        while True:
            with self._reading("reading the chain") as connection:
                query = events_of(number_of(connection, bot), after)
                rows = connection.execute(query.order_by(events.c.id).limit(batch)).all()
                found = [self._record(row) for row in rows]
            yield from found
            if len(found) < batch:
                return
            after = found[-1].seq

    def height(self, bot: str) -> int:
        """The position of the bot's latest record, 0 when it has none."""
        with self._reading("reading the chain") as connection:
            query = events_of(number_of(connection, bot), 0).with_only_columns(events.c.seq)
            return connection.scalar(query.order_by(events.c.id.desc()).limit(1)) or 0

    def metrics(self, bot: str, since: datetime | None = None, limit: int = 1000) -> list[Metrics]:
        """The latest ``limit`` rows of metrics ``since`` a moment (inclusive), oldest first."""
        query = select(metrics).where(metrics.c.bot == bot)
        if since is not None:
            query = query.where(metrics.c.at >= micros(since))
        query = query.order_by(metrics.c.at.desc()).limit(limit)
        with self._reading("reading metrics") as connection:
            rows = connection.execute(query).all()
        return [_metrics(row) for row in reversed(rows)]

    def series(
        self,
        bot: str,
        since: datetime | None = None,
        until: datetime | None = None,
        points: int = 1000,
    ) -> list[Point]:
        """About ``points`` points from ``since`` (inclusive) to ``until`` (exclusive), in order.

        As fine as the rows are when there are no more of them. The minutes and hours that old
        rows were rolled up into belong to the time that they begin in; every row counts once.
        """
        with self._reading("reading metrics") as connection:
            extent = chart.extent(connection, bot, since, until)
            if extent is None:
                return []
            wide = chart.width_for(connection, bot, extent, points)
            rows = chart.rows(connection, bot, extent, wide)
            return [point(span, row) for span, row in spans(rows, wide)]

    def post_control(
        self,
        bot: str,
        command: str,
        by: str,
        reason: str,
        *,
        args: Mapping[str, Any] | None = None,
        via: str = "cli",
    ) -> int:
        """Leave a command for ``bot``, which may not be running yet; its id."""
        by, reason = (self._opener.column(bot, self._redactor.clean(text)) for text in (by, reason))
        row = {"bot": bot, "command": command, "by": by, "reason": reason, "at": now(), "via": via}
        row["args"] = orjson.dumps(args).decode() if args else None
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
        return None if row[0] is None else self._opener.read_column(str(row[0]))

    def opened(self, payload: bytes) -> bytes:
        """A payload as it stands in the ledger with its sealed texts opened, or "(sealed)"."""
        return self._opener.read(payload)

    @contextmanager
    def connection(self, doing: str) -> Iterator[Connection]:
        """A connection for what has no method here; its errors say what was being done."""
        with self._reading(doing) as connection:
            yield connection

    def close(self) -> None:
        """Release files and connections."""
        self._engine.dispose()

    def _data_keys(self) -> list[tuple[str, str, str]]:
        columns = data_keys.c
        query = select(columns.bot, columns.id, columns.wrapped)
        with self._reading("reading the keys") as connection:
            rows = connection.execute(query.order_by(columns.at, columns.id))
            return [(str(bot), str(id_), str(kept)) for bot, id_, kept in rows]

    def _record(self, row: Row[Any]) -> Record:
        """Raises TypeError and the like for columns that hold what no riskplugin wrote."""
        if not (type(row.seq) is int and type(row.kind) is str):
            raise TypeError(f"a record says that it is number {row.seq!r}, of kind {row.kind!r}")
        payload, recorded = str(row.payload).encode(), blob(row.hash)
        return Record(row.seq, moment(row.at), row.kind, payload, recorded, self._opener)

    @contextmanager
    def _reading(self, doing: str) -> Iterator[Connection]:
        with spoken(doing, self._target), self._engine.connect() as connection:
            yield connection


def _metrics(row: Row[Any]) -> Metrics:
    values = {key: value for key, value in row._mapping.items() if key != "bot"}
    for name, value in values.items():
        if value is None and name != "volatility":
            values[name] = math.nan
    return Metrics(**values | {"at": moment(values["at"])})
