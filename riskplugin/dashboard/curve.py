"""Equity and drawdown over any time, for a chart: a few hundred points, made by the data base.

Rows as they were taken, minutes and hours (ledger/metrics) are one curve; each point stands for a
span of equal width and says the span's last equity, its lowest and highest, its deepest drawdown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    select,
)

from riskplugin.dashboard.answers import Curve
from riskplugin.ledger.metrics.grains import HOUR, MINUTE
from riskplugin.ledger.metrics.series import width
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.store.tables import metrics, micros, moment, rollups

#: What the columns can hold, less a span.
_EARLIEST, _LATEST = -(2**62), 2**62


@dataclass(slots=True)
class _Span:
    last: int
    equity: float | None
    low: float | None
    high: float | None
    drawdown: float | None


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the tables that the curve is spread over."""

    at: ColumnElement[int]
    low: ColumnElement[Any]
    high: ColumnElement[Any]
    equity: ColumnElement[Any]
    drawdown: ColumnElement[Any]
    of: ColumnElement[bool]
    since: int
    until: int

    @property
    def asked(self) -> tuple[ColumnElement[bool], ...]:
        """Its rows within the time asked for."""
        return self.of, self.at >= self.since, self.at < self.until


def curve(
    reader: LedgerReader, bot: str, since: datetime | None, until: datetime | None, points: int
) -> Curve:
    """About ``points`` points from ``since`` (inclusive) to ``until`` (exclusive)."""
    spans: dict[int, _Span] = {}
    with reader.connection("reading the chart") as connection:
        first = _EARLIEST if since is None else micros(since)
        parts = _parts(bot, first, _LATEST if until is None else micros(until))
        ends = [end for part in parts for end in _ends(connection, part)]
        wide = width(max(ends) - min(ends), points) if ends else 1
        for part in parts:
            _fold(spans, connection, part, wide)
    listed = [spans[key] for key in sorted(spans)]
    return Curve(
        at=[moment(span.last) for span in listed],
        equity=[span.equity for span in listed],
        low=[span.low for span in listed],
        high=[span.high for span in listed],
        drawdown_pct=[None if s.drawdown is None else 100 * s.drawdown for s in listed],
        span_s=wide / 1_000_000,
    )


def _parts(bot: str, since: int, until: int) -> list[_Part]:
    raw, rolled = metrics.c, rollups.c
    taken = (raw.at, raw.equity, raw.equity, raw.equity, raw.drawdown)
    parts = [_Part(*taken, raw.bot == bot, since, until)]
    for grain in (MINUTE, HOUR):
        of = and_(rolled.bot == bot, rolled.grain == grain)
        lows = (rolled.at, rolled.equity_low, rolled.equity_high, rolled.equity, rolled.drawdown)
        parts.append(_Part(*lows, of, since, until))
    return parts


def _ends(connection: Connection, part: _Part) -> list[int]:
    """The first and the last moment, each by a look at the index."""
    found = (
        connection.scalar(select(end(part.at)).where(*part.asked)) for end in (func.min, func.max)
    )
    return [int(at) for at in found if at is not None]


def _fold(spans: dict[int, _Span], connection: Connection, part: _Part, wide: int) -> None:
    """Add what one table knows of each span, span by span: to sort them takes twice as long."""
    ends = _ends(connection, part)
    if not ends:
        return
    key = select(literal(min(ends) // wide, BigInteger).label("key")).cte("spans", recursive=True)
    key = key.union_all(select(key.c.key + 1).where(key.c.key < max(ends) // wide))
    listed = func.json_build_array if _postgresql(connection) else func.json_array
    values = (func.max(part.at), func.min(part.low), func.max(part.high), func.max(part.drawdown))
    # The bounds that were asked for are part of the spans': a second one would hide the index.
    begin, end = key.c.key * wide, key.c.key * wide + wide
    begin = case((begin < part.since, part.since), else_=begin)
    end = case((end > part.until, part.until), else_=end)
    inside = select(listed(*values)).where(part.of, part.at >= begin, part.at < end)
    query = select(key.c.key, cast(inside.scalar_subquery(), Text))
    rows = [(int(place), orjson.loads(told)) for place, told in connection.execute(query)]
    rows = [(place, told) for place, told in rows if told[0] is not None]
    equity = _equity(connection, part, [told[0] for _, told in rows])
    for place, (last, low, high, drawdown) in rows:
        new = _Span(last, equity.get(last), low, high, drawdown)
        known = spans.get(place)
        spans[place] = new if known is None else _both(known, new)


def _postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _equity(connection: Connection, part: _Part, moments: list[int]) -> dict[int, float | None]:
    """Equity at these moments, asked for a few at a time."""
    found: dict[int, float | None] = {}
    for start in range(0, len(moments), 500):
        some = moments[start : start + 500]
        query = select(part.at, part.equity).where(part.of, part.at.in_(some))
        found.update({int(at): value for at, value in connection.execute(query)})
    return found


def _both(one: _Span, other: _Span) -> _Span:
    """One span from two tables: the later one has the last word."""
    later = max(one, other, key=lambda span: span.last)
    earlier = one if later is other else other
    return _Span(
        later.last,
        earlier.equity if later.equity is None else later.equity,
        min((v for v in (one.low, other.low) if v is not None), default=None),
        max((v for v in (one.high, other.high) if v is not None), default=None),
        max((v for v in (one.drawdown, other.drawdown) if v is not None), default=None),
    )
