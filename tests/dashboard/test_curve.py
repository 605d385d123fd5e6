"""The chart's points: what the data base adds up is what one would add up by hand."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskplugin.dashboard.curve import curve
from riskplugin.ledger import open_reader
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.store.tables import metrics, moment, rollups
from tests.dashboard.bots import PaperBot
from tests.dashboard.conftest import API, House

pytestmark = pytest.mark.spec("DB-1")

SECOND = 1_000_000
#: A row: its grain in seconds (0: as it was taken), its moment, low, last, high, drawdown.
Row = tuple[int, int, float | None, float | None, float | None, float]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    bot = PaperBot(tmp_path_factory.mktemp("curve"))
    bot.stop()
    return bot.user_data / "risk.sqlite"


def rows(grain: int) -> st.SearchStrategy[list[Row]]:
    """Rows of one grain, each at a moment of its own."""
    figure = st.none() | st.floats(1.0, 100.0)
    step = max(grain, 1)
    some = st.tuples(
        st.just(grain), st.integers(0, 5000 // step), figure, figure, figure, st.floats(0, 0.5)
    )
    made = st.lists(some, unique_by=lambda row: row[1], max_size=12)
    return made.map(lambda found: [(g, at * step * SECOND, *rest) for g, at, *rest in found])


@given(raw=rows(0), minutes=rows(60), hours=rows(3600), points=st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_each_point_is_what_its_span_holds(
    base: Path, raw: list[Row], minutes: list[Row], hours: list[Row], points: int
) -> None:
    known = [
        (g, at, *((last, last, last) if g == 0 else (low, last, high)), dd)
        for g, at, low, last, high, dd in [*raw, *minutes, *hours]
    ]
    fill(base, known)
    reader = open_reader(f"sqlite:///{base}", base_dir=base.parent)
    found = curve(reader, "alpha", None, None, points)
    reader.close()
    wide = round(found.span_s * SECOND)
    spans = sorted({at // wide for _, at, *_ in known})
    assert len(found.at) == len(spans)
    assert len(spans) <= points + 1
    for place, span in enumerate(spans):
        inside = [row for row in known if row[1] // wide == span]
        assert found.at[place] == moment(max(row[1] for row in inside))
        low = min((r[2] for r in inside if r[2] is not None), default=None)
        high = max((r[4] for r in inside if r[4] is not None), default=None)
        assert found.low[place] == pytest.approx(low)
        assert found.high[place] == pytest.approx(high)
        assert found.drawdown_pct[place] == pytest.approx(100 * max(row[5] for row in inside))
        ends = [r[3] for r in inside if r[1] == max(each[1] for each in inside)]
        assert found.equity[place] in {r[3] for r in inside}
        if len(inside) == 1:
            assert found.equity[place] == ends[0]


def test_the_latest_figure_of_a_span_is_its_last_word(house: House) -> None:
    reader: LedgerReader = house.office.reader
    bot = house.bot
    for minutes, loss in ((1, 10.0), (2, 30.0), (3, 20.0)):
        bot.clock, bot.loss = timedelta(minutes=minutes), loss
        bot.loop()
    found = curve(reader, "alpha", None, None, 1)
    assert found.equity[-1] == pytest.approx(9980)
    assert min(low for low in found.low if low is not None) == pytest.approx(9970)
    told = house.client().get(f"{API}/chart", params={"points": 2}).json()
    assert told["equity"][-1] == pytest.approx(9980)
    assert max(told["drawdown_pct"]) == pytest.approx(0.3)
    late = house.client().get(f"{API}/chart", params={"since": "2099-01-01"}).json()
    assert late["at"] == []


def fill(base: Path, known: list[Any]) -> None:
    """Put these rows into the ledger, and no others."""
    fixed = {"bot": "alpha", "level": "low", "breaker": "closed", "emergency": 0, "trusted": 1}
    fixed |= {"positions": 0, "samples": 1}
    with closing(sqlite3.connect(base)) as connection, connection:
        connection.execute("DELETE FROM metrics")
        connection.execute("DELETE FROM rollups")
        for grain, at, low, last, high, drawdown in known:
            row = fixed | {"grain": grain, "at": at, "equity": last, "drawdown": drawdown}
            row |= {"equity_low": low, "equity_high": high}
            table = rollups if grain else metrics
            names = [column.name for column in table.columns]
            marks = ", ".join("?" for _ in names)
            connection.execute(
                f"INSERT INTO {table.name} VALUES ({marks})", [row.get(name) for name in names]
            )
