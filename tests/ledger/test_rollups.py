"""Old metrics become minutes, then hours, a piece at a time, whatever the clock or a crash does."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from riskplugin.bootstrap import live_service
from riskplugin.config import parse
from riskplugin.core.state import RiskState
from riskplugin.ledger import open_ledger, sql
from riskplugin.ledger.metrics.keep import Keep
from riskplugin.ledger.metrics.rollups import Rollups
from riskplugin.ledger.metrics.series import Point
from riskplugin.ledger.sql import SqlLedger
from riskplugin.ledger.store.tables import micros
from riskplugin.ports import LedgerError
from tests.ledger.conftest import Open, Read
from tests.ledger.samples import NOW, busy_state, decided, metrics, peak
from tests.ledger.test_ledger import intact

pytestmark = pytest.mark.spec("MO-1")

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
START = NOW.replace(minute=0, second=0, microsecond=0)
KEEP = Keep(raw=HOUR, minutes=3 * HOUR)


def shorten(ledger: SqlLedger, now: datetime, keep: Keep = KEEP) -> int:
    return Rollups(ledger._database, ledger.bot, keep).step(micros(now))


def sample(ledger: SqlLedger, at: datetime, **changes: Any) -> None:
    ledger.sample(metrics(at, **changes), {})


def shape(points: list[Point]) -> list[tuple[datetime, timedelta, int]]:
    return [(p.at, p.span, p.samples) for p in points]


def test_the_edges_of_a_minute_are_exact(url: str, open_: Open, read_: Read) -> None:
    ledger = open_(url)
    micro = timedelta(microseconds=1)
    for at in (START, START + MINUTE - micro, START + MINUTE, START + 2 * MINUTE):
        sample(ledger, at)
    assert shorten(ledger, START + HOUR + MINUTE - micro) == 0
    assert shorten(ledger, START + HOUR + MINUTE) == 2
    assert shape(read_(url).series("bot")) == [
        (START, MINUTE, 2),
        (START + MINUTE, timedelta(0), 1),
        (START + 2 * MINUTE, timedelta(0), 1),
    ]
    assert shorten(ledger, START + 4 * HOUR - micro) == 2
    assert shorten(ledger, START + 4 * HOUR) == 3
    assert shape(read_(url).series("bot")) == [(START, HOUR, 4)]
    assert shorten(ledger, START + 400 * timedelta(days=365)) == 0


def test_what_becomes_of_each_figure(url: str, open_: Open, read_: Read) -> None:
    ledger = open_(url)
    first = {"drawdown": 0.3, "level": "high", "breaker": "half_open", "trusted": False}
    second = {"equity": 900.0, "emergency": True, "positions": 5, "net_exposure": -10.0}
    third = {"equity": 950.0, "drawdown": 0.1, "volatility": 0.04, "positions": 3}
    changed: list[dict[str, Any]] = [first, second, third]
    for n, changes in enumerate(changed):
        sample(ledger, START + n * SECOND, **changes)
    sample(ledger, START + 3 * SECOND, equity=float("nan"), equity_change=float("inf"))
    shorten(ledger, START + 2 * HOUR)
    (point,) = read_(url).series("bot")
    assert (point.equity_low, point.equity_high, point.metrics.equity) == (900.0, 1000.0, 950.0)
    assert point.metrics == metrics(
        START,
        equity=950.0,
        equity_change=-4.5,
        drawdown=0.3,
        volatility=0.04,
        level="high",
        breaker="half_open",
        emergency=True,
        trusted=False,
    )


def test_rows_that_come_late_join_what_stands_already(url: str, open_: Open, read_: Read) -> None:
    ledger = open_(url)
    sample(ledger, START, equity=5.0)
    shorten(ledger, START + 9 * HOUR)  # to a minute
    shorten(ledger, START + 9 * HOUR)  # to an hour
    sample(ledger, START + 30 * SECOND, equity=1.0)
    while shorten(ledger, START + 9 * HOUR):
        pass
    (point,) = read_(url).series("bot")
    assert (point.samples, point.span) == (2, HOUR)
    assert (point.equity_low, point.equity_high, point.metrics.equity) == (1.0, 5.0, 1.0)


@pytest.mark.spec("RE-1")
def test_a_clock_that_is_set_back_loses_no_row(url: str, open_: Open, read_: Read) -> None:
    ledger = open_(url)
    ahead = START + timedelta(days=2)
    for begin in (ahead, START):
        for n in range(40):
            sample(ledger, begin + n * 8 * MINUTE)
            shorten(ledger, begin + n * 8 * MINUTE)
    points = read_(url).series("bot")
    assert sum(p.samples for p in points) == 80
    for one, following in pairwise(points):
        assert one.at + one.span <= following.at


@pytest.mark.spec("RE-1", "AU-2")
def test_a_crash_in_the_middle_changes_nothing_and_the_chain_is_never_touched(
    url: str, open_: Open, read_: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_(url)
    ledger.append([peak(1.0), decided()], busy_state())
    for n in range(30):
        sample(ledger, START + n * SECOND, equity=float(n))
    before = read_(url).series("bot")
    put = Rollups._roll

    def lost(self: Rollups, *arguments: Any) -> int:
        put(self, *arguments)
        raise OSError("power cut")

    monkeypatch.setattr(Rollups, "_roll", lost)
    with pytest.raises(OSError, match="power cut"):
        shorten(ledger, START + 2 * HOUR)
    assert read_(url).series("bot") == before
    monkeypatch.undo()
    assert shorten(ledger, START + 2 * HOUR) == 30
    (point,) = read_(url).series("bot")
    assert (point.samples, point.metrics.equity) == (30, 29.0)
    ledger.append([peak(2.0)], busy_state())
    assert len(read_(url).events("bot")) == 3
    assert intact(read_(url))


def test_each_bot_shortens_its_own_rows_only(url: str, open_: Open, read_: Read) -> None:
    one, two = open_(url, "one"), open_(url, "two")
    for ledger in (one, two):
        sample(ledger, START)
    assert shorten(one, START + 2 * HOUR) == 1
    assert shape(read_(url).series("one")) == [(START, MINUTE, 1)]
    assert shape(read_(url).series("two")) == [(START, timedelta(0), 1)]


@pytest.fixture
def kept(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(sql, "SHORTEN_EVERY", 0)
    ledger = open_ledger(url, bot="bot", base_dir=tmp_path, keep=KEEP)
    yield ledger
    ledger.close()


def test_a_ledger_shortens_its_metrics_while_they_are_written(
    url: str, kept: SqlLedger, read_: Read
) -> None:
    for n in range(4 * 12):
        sample(kept, START + n * 5 * MINUTE)
    assert [p.span for p in read_(url).series("bot")] == [MINUTE] * 35 + [timedelta(0)] * 13
    sample(kept, START + 4 * HOUR)
    assert [p.span for p in read_(url).series("bot")][:2] == [HOUR, MINUTE]


def test_a_ledger_looks_for_old_metrics_once_a_minute_at_most(
    url: str, kept: SqlLedger, read_: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample(kept, START)
    monkeypatch.setattr(sql, "SHORTEN_EVERY", 1000)
    sample(kept, START + 2 * HOUR)
    assert [p.span for p in read_(url).series("bot")] == [timedelta(0)] * 2


@pytest.mark.spec("RE-1")
def test_metrics_are_kept_even_if_old_ones_cannot_be_shortened(
    url: str, kept: SqlLedger, read_: Read
) -> None:
    sample(kept, START)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE rollups RENAME TO elsewhere")
    with pytest.raises(LedgerError, match="rolling up metrics failed"):
        sample(kept, START + 2 * HOUR)
    assert len(read_(url).metrics("bot")) == 2
    kept.append([peak(1.0)], RiskState())
    with engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO rollups")
    engine.dispose()
    sample(kept, START + 2 * HOUR + SECOND)
    assert len(read_(url).metrics("bot")) == 2


@pytest.mark.spec("CF-1")
def test_the_configuration_says_how_long_metrics_stay(tmp_path: Path) -> None:
    config = parse({"ledger": {"keep": {"raw": "3h", "minutes": "5d"}}})
    service = live_service(config, config.policy, bot="bot", user_data=tmp_path)
    ledger = service._ledger
    assert isinstance(ledger, SqlLedger)
    assert ledger._rollups is not None
    assert ledger._rollups._keep == Keep(raw=3 * HOUR, minutes=timedelta(days=5))
    service.close()
