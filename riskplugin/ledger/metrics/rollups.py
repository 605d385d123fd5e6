"""Retention of the metrics: rows as taken become minutes, minutes become hours, which stay.

A row stands in one place only, raw, minute or hour: what is rolled up is taken away in the same
transaction. So all three together are the whole series, and a crash in between changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    select,
)

from riskplugin.ledger.metrics.grains import HOUR, MINUTE, RAW_COLUMNS, ROLLED_COLUMNS
from riskplugin.ledger.metrics.keep import Keep
from riskplugin.ledger.metrics.series import buckets, whole
from riskplugin.ledger.store.held import Held
from riskplugin.ledger.store.tables import SERIES, metrics, rollups
from riskplugin.ledger.store.texts import Texts, texts_of

#: Rows of each kind that one step takes at most, so that no loop waits long.
AT_ONCE = 2000

_SECOND = 1_000_000
_IN_TIME = itemgetter(0)


class Rollups:
    """Shortens the metrics of one bot, a bounded piece at a time; errors pass as they are."""

    def __init__(self, database: Held, bot: str, keep: Keep) -> None:
        self._database = database
        self._sql = _statements(database.make)
        self._bot = bot
        self._keep = keep

    def step(self, now: int) -> int:
        """Roll up the oldest rows that are due at ``now`` (in microseconds); how many there were.

        Only whole minutes and hours are due. Rows that come late, because the clock was set back,
        join the minute or hour that stands already and count as the latest in it.
        """
        raw = whole(now - _micros(self._keep.raw), MINUTE * _SECOND)
        minutes = whole(now - _micros(self._keep.minutes), HOUR * _SECOND)
        if not self._due(raw, minutes):
            return 0
        with self._database.transaction(relaxed=True) as cursor:
            if not self._database.is_sqlite:  # there, BEGIN IMMEDIATE keeps others out
                cursor.execute(_ALONE, {"bot": self._bot})
            taken = self._roll(cursor, self._sql.take_raw, raw, MINUTE)
            return taken + self._roll(cursor, self._sql.take_minutes, minutes, HOUR)

    def _due(self, raw: int, minutes: int) -> bool:
        (oldest,) = self._database.read(self._sql.oldest, {"bot": self._bot})
        return any(
            at is not None and at < before
            for at, before in zip(oldest, (raw, minutes), strict=True)
        )

    def _roll(self, cursor: Any, take: str, before: int, grain: int) -> int:
        """Take the oldest rows away and put them into rows of ``grain`` seconds."""
        cursor.execute(take, {"bot": self._bot, "before": before, "most": AT_ONCE})
        rows = sorted(cursor.fetchall(), key=_IN_TIME)
        if not rows:
            return 0
        first, last = whole(rows[0][0], grain * _SECOND), rows[-1][0]
        into = {"bot": self._bot, "grain": grain}
        cursor.execute(self._sql.standing, into | {"first": first, "last": last})
        made = buckets([*cursor.fetchall(), *rows], grain * _SECOND)
        cursor.executemany(
            self._sql.put, [into | dict(zip(SERIES, row, strict=True)) for row in made]
        )
        return len(rows)


class _Statements:
    """The SQL of the above."""

    def __init__(self, texts: Texts) -> None:
        of_bot = metrics.c.bot == _BOT
        minutes = and_(rollups.c.bot == _BOT, rollups.c.grain == literal_column(str(MINUTE)))
        self.oldest = texts.sql(
            select(
                _oldest(metrics, of_bot).scalar_subquery(),
                _oldest(rollups, minutes).scalar_subquery(),
            )
        )
        self.take_raw = _take(texts, metrics, of_bot, RAW_COLUMNS)
        self.take_minutes = _take(texts, rollups, minutes, ROLLED_COLUMNS)
        self.standing = texts.sql(
            select(*ROLLED_COLUMNS).where(
                rollups.c.bot == _BOT,
                rollups.c.grain == bindparam("grain"),
                rollups.c.at.between(bindparam("first"), bindparam("last")),
            )
        )
        self.put = texts.upsert(rollups, ("bot", "grain", "at"))


@cache
def _statements(make: str) -> _Statements:
    return _Statements(texts_of(make))


_BOT: BindParameter[str] = bindparam("bot")

#: Another process that shortens the same bot's metrics waits (PostgreSQL).
_ALONE = "SELECT pg_advisory_xact_lock(7236452, hashtext(%(bot)s))"


def _oldest(table: Table, condition: ColumnElement[bool]) -> Select[Any]:
    return select(func.min(table.c.at)).where(condition)


def _take(
    texts: Texts,
    table: Table,
    condition: ColumnElement[bool],
    columns: Sequence[ColumnElement[Any]],
) -> str:
    """The text that takes away the oldest rows ``before`` a moment and answers their values."""
    due = select(table.c.at).where(condition, table.c.at < bindparam("before"))
    oldest = (
        due.order_by(table.c.at).limit(bindparam("most")).offset(literal_column("0")).subquery()
    )
    upto = select(func.max(oldest.c.at)).scalar_subquery()
    return texts.sql(delete(table).where(condition, table.c.at <= upto).returning(*columns))


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
