"""Summer time begins and ends: each day of the account's own calendar counts once (CB-10)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from riskplugin.core import events as ev
from riskplugin.core.book import Book
from riskplugin.core.calendar import day_end
from riskplugin.core.monitor import assess
from riskplugin.core.policy import DayPolicy, Policy
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote

#: The nights in which Berlin's clocks change, and hours that are skipped or come twice.
CHANGES = {"begins": datetime(2026, 3, 27, tzinfo=UTC), "ends": datetime(2026, 10, 23, tzinfo=UTC)}
HOURS = (time(0, 0), time(2, 30), time(3, 0))


@pytest.mark.spec("CB-10")
@pytest.mark.parametrize("hour", HOURS)
@pytest.mark.parametrize("start", CHANGES.values(), ids=CHANGES)
def test_every_day_begins_once_also_when_its_hour_is_skipped_or_comes_twice(
    start: datetime, hour: time
) -> None:
    day = DayPolicy(timezone=ZoneInfo("Europe/Berlin"), starts_at=hour)
    state, policy, begun = RiskState(), Policy(day=day), []
    for minutes in range(0, 5 * 24 * 60, 10):
        at = start + timedelta(minutes=minutes)
        book = Book(at=at, wallet=Quote(1000.0), result=Quote(0.0))
        events = assess(state, book, policy).events
        begun += [event for event in events if isinstance(event, ev.DayStarted)]
    dates = [event.until.astimezone(day.timezone).date() for event in begun]
    assert dates == [dates[0] + timedelta(days=n) for n in range(6)]
    assert {event.until.astimezone(day.timezone).time() for event in begun} <= {hour, time(3, 30)}
    lengths = [day_end(event.until, day) - event.until for event in begun]
    assert {timedelta(hours=24)} < set(lengths), "and one day that is shorter or longer"
    assert all(day_end(event.at, day) == event.until for event in begun)
