"""Small parts of a report, each by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import orjson
import pytest

from riskplugin.core import events as ev
from riskplugin.core.levels import Severity
from riskplugin.core.policy import DayPolicy
from riskplugin.reports import figures as draw
from riskplugin.reports.charts import POINTS, thinned
from riskplugin.reports.figures import Figure
from riskplugin.reports.files import CannotWrite
from riskplugin.reports.gather import Told
from riskplugin.reports.page import render
from riskplugin.reports.parts.alerted import Alerts
from riskplugin.reports.parts.decisions import Answer
from riskplugin.reports.parts.trades import UNKNOWN, Entries
from riskplugin.reports.period import begin_of, end_of
from riskplugin.reports.report_page import months
from riskplugin.reports.tables import write

pytestmark = pytest.mark.spec("DB-3")

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def allowed(at: datetime, level: str, pair: str = "A/U", **changes: str) -> Answer:
    usual = {"outcome": "allowed", "entry": "open"} | changes
    return Answer(
        seq=1, at=at, point="stake", pair=pair, side="long", tag="", level=level, asked=1.0,
        stake=1.0, leverage=1.0, price=1.0, rule="", measured=None, limit=None, text="", rules=(),
        observed=(), limits="", outcome=usual["outcome"], entry=usual["entry"],
    )  # fmt: skip


def test_a_trade_began_at_the_level_of_the_entry_before_it() -> None:
    known = Entries()
    known.add(allowed(AT, "low"))
    known.add(allowed(AT + HOUR, "high"))
    known.add(allowed(AT + HOUR, "critical", outcome="refused"))
    known.add(allowed(AT + HOUR, "medium", entry="increase"))
    assert known.level("A/U", AT) == "low"
    assert known.level("A/U", AT + HOUR / 2) == "low"
    assert known.level("A/U", AT + 2 * HOUR) == "high"
    assert known.level("A/U", AT - HOUR) == UNKNOWN
    assert known.level("B/U", AT) == UNKNOWN


def raised(number: int, severity: Severity = Severity.CRITICAL) -> ev.AlertRaised:
    return ev.AlertRaised(
        at=AT, alert=number, name="n", key="k", severity=severity, said="s", channels=(), levels=3,
        lasting=True, again_at=AT,
    )  # fmt: skip


def test_the_first_acknowledgement_counts() -> None:
    alerts = Alerts()
    alerts.add(raised(1))
    for hours, who in ((1, "anna"), (5, "bea")):
        alerts.add(
            ev.AlertAcknowledged(at=AT + hours * HOUR, alerts=(1, 99), by=who, reason="seen")
        )
    [alert] = alerts.slowest
    assert (alert.acknowledged_by, alert.took) == ("anna", HOUR)
    assert alerts.earlier == 2  # 99 was raised before the period
    assert alerts.unacknowledged == []


def test_the_median_is_that_of_the_acknowledged() -> None:
    alerts = Alerts()
    for number in range(1, 6):
        alerts.add(raised(number))
    for number, hours in ((1, 1), (2, 2), (3, 9)):
        alerts.add(ev.AlertAcknowledged(at=AT + hours * HOUR, alerts=(number,), by="a", reason=""))
    alerts.add(ev.AlertResolved(at=AT + HOUR, alert=4, said="over", channels=()))
    count = alerts.by_severity()["critical"]
    assert (count.raised, count.acknowledged, count.open, count.resolved_alone) == (5, 3, 1, 1)
    assert (count.median, count.worst) == (2 * HOUR, 9 * HOUR)
    assert [alert.number for alert in alerts.unacknowledged] == [5]


def test_an_info_waits_for_nobody() -> None:
    alerts = Alerts()
    alerts.add(raised(1, Severity.INFO))
    assert alerts.unacknowledged == []


def test_the_first_capital_is_no_flow(told: Told) -> None:
    assert [amount for _, amount in told.facts.flows] == [pytest.approx(250)]


def test_what_cannot_be_written_is_said_before_any_work(tmp_path: Path) -> None:
    def rows() -> Iterator[dict[str, object]]:
        raise AssertionError("asked for a row")
        yield {}

    (tmp_path / "t.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(CannotWrite):
        write(rows(), tmp_path / "t.csv", columns={"n": int})


@pytest.mark.parametrize("words", ["</script><script>alert(1)</script>", "<!--<script>", "]]>&lt;"])
def test_words_in_a_chart_end_no_script(words: str) -> None:
    figure = Figure("f", words, [draw.line([AT], [1.0], words)], draw.layout(), text=words)
    text = render("page.html", words, [figure])
    place = r'<script type="application/json" id="figures">(.*?)</script>'
    held = re.search(place, text, re.DOTALL)
    assert held is not None
    assert orjson.loads(held[1])[0]["data"][0]["name"] == words
    assert words not in text
    assert text.count("<script") == render("page.html", "x", [Figure("f", "x", [])]).count(
        "<script"
    )


def test_a_page_asks_for_scripts_by_their_hash_only() -> None:
    text = render("page.html", "x", [Figure("f", "x", [])])
    policy = re.search(r'content="(default-src [^"]*)"', text)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'")
    scripts = unescape(policy[1]).split("script-src ")[1].split(";")[0]
    assert scripts.count("'sha256-") == 2
    assert "unsafe" not in scripts


def test_a_long_line_keeps_its_deepest_point() -> None:
    import numpy as np

    times = np.arange(10_000).astype("datetime64[us]")
    values = np.zeros(10_000)
    values[5_003] = 7.0
    moments, shown = thinned(times, values, np.max)
    assert len(moments) == len(shown) <= POINTS
    assert max(shown) == 7.0
    _, last = thinned(times, np.arange(10_000.0))
    assert last[-1] == 9_999


def test_months_are_compounded() -> None:
    days = [(AT.date(), 10.0), (AT.date() + timedelta(days=1), -10.0)]
    [month] = months(days)
    assert (month.name, month.up, month.down) == ("2026-03", 1, 1)
    assert month.result == pytest.approx(-1)


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("2026", "2026-01-01T00:00", "2027-01-01T00:00"),
        ("2026-12", "2026-12-01T00:00", "2027-01-01T00:00"),
        ("2026-03-01", "2026-03-01T00:00", "2026-03-02T00:00"),
        ("2026-03-01T12:30", "2026-03-01T12:30", "2026-03-01T12:30"),
        ("2026-03-01T12:30+02:00", "2026-03-01T10:30", "2026-03-01T10:30"),
        ("1d", "2026-02-28T12:00", "2026-02-28T12:00"),
    ],
)
def test_times_as_people_write_them(text: str, begin: str, end: str) -> None:
    assert begin_of(text, DayPolicy(), AT).isoformat(timespec="minutes")[:16] == begin
    assert end_of(text, DayPolicy(), AT).isoformat(timespec="minutes")[:16] == end


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30", "2026-13", "99999", "0000", "2026-3-1"])
def test_what_is_no_time_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError, match="is no time"):
        begin_of(text, DayPolicy(), AT)
