"""The pieces that the benchmarks are put together from: curves, clock, prices, peers."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks import peers, walk
from benchmarks.candles import stock
from benchmarks.clock import Clock
from benchmarks.curves import AGAIN, curve
from benchmarks.rounds import at_most
from tools import peer


def test_a_curve_has_a_line_for_each_point_and_judges_all_but_the_smallest() -> None:
    samples = {"10": [1.0, 1.0], "100": [1.05, 1.05], "1000": [3.0, 3.0], AGAIN: [1.0, 1.2]}
    lines = list(curve(samples, (10, 100, 1000), id="B-4", what="look", of="rows", flat=True))
    assert [line.what for line in lines] == [
        "look, 10 rows", "look, 100 rows", "look, 1 000 rows", "A/A control, look",
    ]  # fmt: skip
    assert [line.met for line in lines] == [None, True, False, None]
    assert [line.ratio.median for line in lines if line.ratio] == [1.0, 1.05, 3.0, 1.1]


def test_a_curve_that_need_not_be_flat_is_not_judged() -> None:
    lines = curve({"1": [1.0], "2": [9.0]}, (1, 2), id="B-5", what="look", of="pairs")
    assert all(line.met is None for line in lines)


def test_the_clock_of_a_soak_stands_until_it_is_stepped() -> None:
    clock = Clock()
    first, tick = clock.now(UTC), clock.monotonic()
    assert clock.now(UTC) == first
    assert abs(first - datetime.now(UTC)) < timedelta(minutes=1)
    clock.passed += timedelta(hours=3)
    assert clock.now(UTC) - first == timedelta(hours=3)
    assert clock.monotonic() - tick == pytest.approx(10_800)
    assert clock.now().tzinfo is None


def test_the_shifted_datetime_is_one_and_tells_the_time_of_the_clock() -> None:
    clock = Clock()
    shifted = clock._shifted
    clock.passed += timedelta(days=1)
    assert shifted.now(UTC) == clock.now(UTC)  # type: ignore[attr-defined]
    assert isinstance(datetime.now(UTC), shifted)
    assert shifted(2026, 1, 1, tzinfo=UTC) == datetime(2026, 1, 1, tzinfo=UTC)


def test_the_candles_of_the_soak_join_and_end_with_the_present_price() -> None:
    now = 1_760_000_123_456
    rows = walk.candles(100.0, 2, now, 5, 50)
    assert len(rows) == 50
    assert all(a[4] == pytest.approx(b[1]) for a, b in pairwise(rows))
    assert all(row[3] <= min(row[1], row[4]) <= max(row[1], row[4]) <= row[2] for row in rows)
    assert rows[-1][0] <= now < rows[-1][0] + 300_000
    assert walk.price(100.0, 2, rows[-1][0]) == pytest.approx(rows[-1][1])


def test_long_parts_take_fewer_rounds_unless_all_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("RISKPLUGIN_BENCH_FULL", raising=False)
    assert (at_most(31, 5), at_most(3, 5)) == (5, 3)
    monkeypatch.setenv("RISKPLUGIN_BENCH_FULL", "1")
    assert at_most(31, 5) == 31


def test_a_peer_that_the_user_names_is_taken_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(peers.VARIABLE, "/some/python")
    assert peers.interpreters() == ["/some/python"]


def test_peers_are_taken_oldest_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(peers.VARIABLE, raising=False)
    monkeypatch.setattr(peers, "FOLDER", tmp_path)
    assert len(peers.interpreters()) == 1
    for minor in ("3.12", "3.9", "3.11"):
        (tmp_path / minor / "bin").mkdir(parents=True)
        (tmp_path / minor / "bin" / "python").touch()
    found = [Path(each).parents[1].name for each in peers.interpreters()]
    assert found == ["3.9", "3.11", "3.12"]


def test_each_environment_of_a_peer_is_of_another_python() -> None:
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    found = peer._interpreters()
    assert found[own] == sys.executable
    assert len(found) <= 2


def test_an_interpreter_that_is_not_there_is_passed_over() -> None:
    assert not peer._runs("/no/such/python", "-c", "")
    assert peer._runs(sys.executable, "-c", "import sys")
    assert not peer._runs(sys.executable, "-c", "import no_such_module")


@pytest.mark.parametrize("futures", [False, True])
def test_where_nothing_was_recorded_all_candles_are_made_up_the_same_each_time(
    futures: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RISKPLUGIN_SHARED_DATA", str(tmp_path / "nothing"))
    first = stock(tmp_path / "a", 2, 50, futures=futures)
    again = stock(tmp_path / "b", 2, 50, futures=futures)
    assert first.origin == "0 of 2 pairs real, 2 made up from a seed"
    files = sorted(file.relative_to(first.folder) for file in first.folder.rglob("*.feather"))
    assert len(files) == (6 if futures else 2)
    for file in files:
        assert (first.folder / file).read_bytes() == (again.folder / file).read_bytes()
