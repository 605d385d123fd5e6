"""The queries behind a chart of the metrics: raw rows, minutes and hours as one series."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    func,
    literal_column,
    select,
    union_all,
)

from riskplugin.ledger.metrics.grains import HOUR, MINUTE, RAW_COLUMNS, ROLLED_COLUMNS
from riskplugin.ledger.metrics.series import Values, whole, width
from riskplugin.ledger.store.tables import metrics, micros, rollups

_SECOND = 1_000_000

#: What is read at a time; whole hours, so that no row can move from one read into another.
_AT_ONCE = 24 * HOUR * _SECOND

#: What the columns can hold.
_EARLIEST, _LATEST = -(2**63), 2**63 - 1


class Extent(NamedTuple):
    """Where a series begins (inclusive) and ends (exclusive), in microseconds."""

    first: int
    end: int


def extent(
    connection: Connection, bot: str, since: datetime | None, until: datetime | None
) -> Extent | None:
    """From the first row to the last within the time asked for, None when there is none."""
    found: list[int] = []
    asked = Extent(
        _EARLIEST if since is None else micros(since), _LATEST if until is None else micros(until)
    )
    for column, condition in _parts(bot):
        for end in (func.min(column), func.max(column)):
            at = connection.scalar(select(end).where(condition, *_in(column, asked)))
            found += [] if at is None else [at]
    return Extent(min(found), max(found) + 1) if found else None


def width_for(connection: Connection, bot: str, asked: Extent, points: int) -> int:
    """How wide the points must be; 0 when each row can be a point of its own."""
    count = 0
    for column, condition in _parts(bot):
        some = select(column).where(condition, *_in(column, asked)).limit(points + 1).subquery()
        count += connection.scalar(select(func.count()).select_from(some)) or 0
    return width(asked.end - asked.first, points) if count > points else 0


def rows(
    connection: Connection, bot: str, asked: Extent, wide: int
) -> Iterator[tuple[int, Values]]:
    """Each row's span (0: a moment) and values, in order, the coarser first at equal moments."""
    step = max(_AT_ONCE, wide)
    first = asked.first
    while first < asked.end:
        end = min(whole(first, step) + step, asked.end)
        for grain, *values in connection.execute(_union(bot, Extent(first, end))):
            yield grain * _SECOND, tuple(values)
        first = end


def _union(bot: str, asked: Extent) -> Any:
    """One statement, hence one moment: a row that is being rolled up is seen once."""
    raw = select(literal_column("0").label("grain"), *RAW_COLUMNS)
    rolled = select(rollups.c.grain, *ROLLED_COLUMNS)
    found = union_all(
        raw.where(metrics.c.bot == bot, *_in(metrics.c.at, asked)),
        rolled.where(
            rollups.c.bot == bot,
            rollups.c.grain.in_((MINUTE, HOUR)),
            *_in(rollups.c.at, asked),
        ),
    ).subquery()
    return select(found).order_by(found.c.at, found.c.grain.desc())


def _parts(bot: str) -> list[tuple[ColumnElement[int], ColumnElement[bool]]]:
    """The moments of each part of the series, and the condition for it."""
    minutes = and_(rollups.c.bot == bot, rollups.c.grain == MINUTE)
    hours = and_(rollups.c.bot == bot, rollups.c.grain == HOUR)
    return [(metrics.c.at, metrics.c.bot == bot), (rollups.c.at, minutes), (rollups.c.at, hours)]


def _in(at: ColumnElement[int], asked: Extent) -> list[ColumnElement[bool]]:
    return [at >= asked.first, at < asked.end]
