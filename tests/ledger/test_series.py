"""Rows of metrics combined into longer spans, and a chart over raw rows, minutes and hours."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.ledger.metrics.keep import Keep
from riskplugin.ledger.metrics.rollups import AT_ONCE, Rollups
from riskplugin.ledger.metrics.series import Values, buckets, spans, width
from riskplugin.ledger.sql import SqlLedger
from riskplugin.ledger.store.tables import SERIES, micros
from tests.ledger.conftest import Open, Read
from tests.ledger.samples import NOW, metrics

pytestmark = pytest.mark.spec("MO-1")

SECOND = 1_000_000
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND
#: Whole numbers, so that a sum does not depend on the order of adding.
FIGURES = st.none() | st.integers(-1000, 1000).map(float)
LEVELS = st.sampled_from(["minimal", "low", "medium", "high", "critical"])
STATES = st.sampled_from(["closed", "half_open", "open", "latched"])


@st.composite
def raw(draw: st.DrawFn) -> Values:
    equity = draw(FIGURES)
    known: dict[str, Any] = {
        "at": draw(st.integers(-2 * HOUR, 2 * HOUR)),
        "samples": 1,
        "equity": equity,
        "equity_low": equity,
        "equity_high": equity,
        "positions": draw(st.integers(0, 9)),
        "level": draw(LEVELS),
        "breaker": draw(STATES),
        "emergency": draw(st.booleans()),
        "trusted": draw(st.booleans()),
    }
    return tuple(known[name] if name in known else draw(FIGURES) for name in SERIES)


ROWS = st.lists(raw(), max_size=30, unique_by=lambda row: row[0]).map(sorted)


def of(row: Values, name: str) -> Any:
    return row[SERIES.index(name)]


@given(ROWS, st.integers(0, 30))
def test_rolling_up_in_pieces_is_rolling_up_at_once(rows: list[Values], cut: int) -> None:
    at_once = buckets(rows, MINUTE)
    assert buckets([*buckets(rows[:cut], MINUTE), *rows[cut:]], MINUTE) == at_once
    assert buckets(at_once, HOUR) == buckets(rows, HOUR)


@given(ROWS)
def test_samples_add_up_and_the_last_equity_lies_between_the_lowest_and_the_highest(
    rows: list[Values],
) -> None:
    made = buckets(rows, HOUR)
    assert sum(of(row, "samples") for row in made) == len(rows)
    for row in made:
        if of(row, "equity") is not None:
            assert of(row, "equity_low") <= of(row, "equity") <= of(row, "equity_high")


@given(ROWS)
def test_every_row_lies_in_the_span_that_it_is_counted_in(rows: list[Values]) -> None:
    for made in buckets(rows, MINUTE):
        inside = [row for row in rows if made[0] <= row[0] < made[0] + MINUTE]
        assert made[0] % MINUTE == 0
        assert of(made, "samples") == len(inside)
        assert of(made, "positions") == of(inside[-1], "positions")
        assert of(made, "emergency") == any(of(row, "emergency") for row in inside)
        assert of(made, "trusted") == all(of(row, "trusted") for row in inside)
        known = [of(row, "drawdown") for row in inside if of(row, "drawdown") is not None]
        assert of(made, "drawdown") == max(known, default=None)


def values(at: int, **changes: Any) -> Values:
    usual = dict.fromkeys(SERIES, 0.0) | {"at": at, "samples": 1, "level": "low"}
    return tuple((usual | {"breaker": "closed"} | changes)[name] for name in SERIES)


def test_the_worst_level_and_breaker_stand_and_one_that_is_unknown_is_worse() -> None:
    rows = [values(0, level="high", breaker="latched"), values(1, breaker="open")]
    (row,) = buckets(rows, MINUTE)
    assert (of(row, "level"), of(row, "breaker")) == ("high", "latched")
    (row,) = buckets([*rows, values(2, level="of tomorrow")], MINUTE)
    assert of(row, "level") == "of tomorrow"


def test_a_figure_too_large_to_add_up_is_unknown() -> None:
    (row,) = buckets([values(0, equity_change=1.7e308), values(1, equity_change=1.7e308)], MINUTE)
    assert of(row, "equity_change") is None


@given(st.integers(1, 400 * 24 * HOUR), st.integers(1, 2000))
def test_a_width_gives_no_more_points_than_asked_and_fits_minutes_and_hours(
    span: int, points: int
) -> None:
    wide = width(span, points)
    assert span / wide <= points
    assert MINUTE % wide == 0 or wide % MINUTE == 0
    assert HOUR % wide == 0 or wide % HOUR == 0


@given(ROWS, st.sampled_from([0, SECOND, MINUTE, 10 * MINUTE, HOUR, 24 * HOUR]), st.data())
def test_points_over_rows_of_every_grain_count_each_sample_once(
    rows: list[Values], wide: int, data: st.DataObject
) -> None:
    """Any split of the rows into raw ones, minutes and hours, as late rows may leave it."""
    parts: dict[int, list[Values]] = {0: [], MINUTE: [], HOUR: []}
    for row in rows:
        parts[data.draw(st.sampled_from([0, MINUTE, HOUR]))].append(row)
    given_rows = [(0, row) for row in parts[0]]
    for grain in (MINUTE, HOUR):
        given_rows += [(grain, row) for row in buckets(parts[grain], grain)]
    found = list(spans(sorted(given_rows, key=lambda each: (each[1][0], -each[0])), wide))
    assert sum(of(row, "samples") for _, row in found) == len(rows)
    for (span, row), (_, following) in pairwise(found):
        assert row[0] + span <= following[0]
        assert row[0] < following[0]


def fill(ledger: SqlLedger, first: datetime, last: datetime, every: timedelta) -> int:
    count = 0
    while first + count * every < last:
        at = first + count * every
        ledger.sample(metrics(at, equity=1000.0 + count, volatility=None), {})
        count += 1
    return count


def rolled(ledger: SqlLedger, now: datetime, raw_for: timedelta, minutes_for: timedelta) -> None:
    rollups = Rollups(ledger._database, "bot", Keep(raw=raw_for, minutes=minutes_for))
    while rollups.step(micros(now)):
        pass


def test_a_chart_over_raw_rows_minutes_and_hours_has_no_gap_and_counts_nothing_twice(
    url: str, open_: Open, read_: Read
) -> None:
    ledger, start = open_(url), NOW.replace(minute=0, second=0, microsecond=0)
    end = start + timedelta(hours=5)
    count = fill(ledger, start, end, timedelta(seconds=20))
    rolled(ledger, end, timedelta(hours=1), timedelta(hours=3))
    reader = read_(url)
    everything = reader.series("bot", points=10_000)
    assert [p.span for p in everything] == (
        [timedelta(hours=1)] * 2 + [timedelta(minutes=1)] * 120 + [timedelta(0)] * 180
    )
    assert sum(p.samples for p in everything) == count
    assert everything[-1].metrics == reader.metrics("bot", limit=1)[0]
    assert (everything[0].equity_low, everything[0].equity_high) == (1000.0, 1179.0)
    for points in (1, 7, 50, 299):
        coarser = reader.series("bot", start, end, points)
        assert sum(p.samples for p in coarser) == count
        assert len(coarser) <= points + 1
        for before, after in pairwise(coarser):
            assert before.at + before.span == after.at
    assert len(reader.metrics("bot")) == 180


def test_a_chart_of_a_part_holds_that_part_only(url: str, open_: Open, read_: Read) -> None:
    ledger = open_(url)
    fill(ledger, NOW, NOW + timedelta(minutes=5), timedelta(seconds=10))
    found = read_(url).series("bot", NOW + timedelta(minutes=1), NOW + timedelta(minutes=2))
    assert [p.at for p in found] == [NOW + timedelta(seconds=60 + 10 * n) for n in range(6)]
    assert read_(url).series("bot", NOW + timedelta(days=1)) == []
    assert read_(url).series("nobody") == []


def test_an_unknown_figure_is_no_number_and_an_unknown_volatility_is_none(
    url: str, open_: Open, read_: Read
) -> None:
    open_(url).sample(metrics(equity=math.nan), {})
    (point,) = read_(url).series("bot")
    assert math.isnan(point.equity_low)
    assert math.isnan(point.metrics.equity)
    assert point.metrics.volatility is None


def test_a_step_takes_no_more_than_it_may(url: str, open_: Open) -> None:
    ledger = open_(url)
    rows = [{"bot": "bot", "at": n} for n in range(AT_ONCE + 5)]
    usual = {name: 0 for name in SERIES if name not in ("at", "samples", "level", "breaker")}
    usual = {n: v for n, v in usual.items() if n not in ("equity_low", "equity_high")}
    more = {"level": "low", "breaker": "closed", "emergency": False, "trusted": True}
    ledger._database.write([(ledger._sql.sample, usual | more | row) for row in rows])
    rollups = Rollups(ledger._database, "bot", Keep(raw=timedelta(0), minutes=timedelta(days=9)))
    assert [rollups.step(MINUTE * 2) for _ in range(3)] == [AT_ONCE, 5, 0]
