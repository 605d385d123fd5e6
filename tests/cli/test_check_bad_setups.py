"""riskplugin check over bad configurations: all that is planted is found, and nothing beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from freqtrade.persistence import Trade
from freqtrade.persistence.usedb_context import enable_database_use
from typer.testing import CliRunner

from riskplugin.adapter.rehearsal.script import rehearse
from riskplugin.cli import app
from riskplugin.cli.check_shown import show
from riskplugin.cli.checking import look_with
from riskplugin.cli.findings import Finding, Severity
from riskplugin.cli.heard import Heard, Rehearsed
from tests.cli.bad_setups import BAD, Bad, set_up

pytestmark = pytest.mark.spec("CF-6")

#: Strategies that are only let loose in a process of their own.
WILD = {"Hangs", "Quits", "Talks"}
TAME = [case for case in BAD if case.strategy not in WILD]
SECONDS = 5


@pytest.fixture
def database() -> Iterator[None]:
    """The rehearsal's trades, in memory, end with the test."""
    yield
    Trade.session.remove()
    Trade.session.get_bind().dispose()
    enable_database_use()


def at_home(case: Bad | None, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(set_up(case, folder))
    monkeypatch.setenv("COLUMNS", "80")
    assert CliRunner().invoke(app, ["audit", "keygen"]).exit_code == 0


def in_this_process(settings: dict[str, Any]) -> Rehearsed:
    heard = Heard()
    rehearse(
        settings,
        lambda line: heard.take(json.loads(json.dumps(line, default=str))),
        lambda watch: None,
    )
    assert heard.finished
    return heard.rehearsed(stuck="", died="", limit=0, printed=0)


def found() -> list[Finding]:
    config, user_data = Path("user_data/config.json"), Path("user_data")
    return look_with([config], user_data, None, in_this_process)


def by_command(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    result = CliRunner().invoke(app, ["check", "--json", f"--time-limit={SECONDS}", *arguments])
    assert result.exit_code in {0, 1}, result.output
    shown = json.loads(result.stdout)
    return result.exit_code, shown["findings"]


def assert_only_what_is_planted(case: Bad, told: list[dict[str, Any]]) -> None:
    ids = {each["id"] for each in told}
    assert case.planted <= ids
    loud = {each["id"] for each in told if each["severity"] != "info"}
    assert loud <= case.planted


def test_there_are_twelve_on_spot_and_on_futures() -> None:
    assert len(BAD) >= 12
    assert {case.keys.get("trading_mode", "futures") for case in BAD} == {"spot", "futures"}


def test_the_good_one_has_no_finding_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: None
) -> None:
    at_home(None, tmp_path, monkeypatch)
    assert not found()


@pytest.mark.parametrize("case", TAME, ids=lambda case: case.name)
def test_what_is_planted_is_found_and_nothing_else_and_can_be_read_at_eighty_columns(
    case: Bad,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    database: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    at_home(case, tmp_path, monkeypatch)
    told = found()
    assert_only_what_is_planted(case, [{"id": f.id, "severity": f.severity.value} for f in told])
    assert all(each.reason and each.mend for each in told)
    capsys.readouterr()
    show(told, [])
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    placed = [text.index(name) for name in dict.fromkeys(each.id for each in told)]
    assert placed == sorted(placed)
    assert [each.severity for each in told] == sorted(
        (each.severity for each in told), key=list(Severity).index
    )


def named(name: str) -> Bad:
    return next(case for case in BAD if case.name == name)


def test_every_protective_exit_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: None
) -> None:
    at_home(named("exits refused on spot"), tmp_path, monkeypatch)
    veto = next(each for each in found() if each.id == "exit-veto")
    for reason in ("stop_loss", "trailing_stop_loss", "stoploss_on_exchange", "emergency_exit"):
        assert f" {reason}," in f"{veto.reason},"
    assert "roi" not in veto.reason


def test_an_error_is_told_with_the_case_and_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: None
) -> None:
    at_home(named("fails at night"), tmp_path, monkeypatch)
    told = {each.where: each.reason for each in found() if each.id == "callback-raises"}
    assert "without a tag, checked_fragile.py, line " in told["custom_stake_amount"]
    for error in ("ZeroDivisionError", "IndexError", "mismatching length"):
        assert error in told["populate_indicators"]


def test_increases_are_filled_so_that_a_ladder_with_an_end_is_seen_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: None
) -> None:
    case = Bad("", "Good", {"max_entry_position_adjustment": -1}, frozenset({"dca-unlimited"}))
    at_home(case, tmp_path, monkeypatch)
    (ladder,) = found()
    assert ladder.severity is Severity.INFO
    assert "it added 2 times" in ladder.reason


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [case for case in BAD if case.strategy in WILD], ids=lambda case: case.name
)
def test_what_only_a_process_of_its_own_can_bear_is_found(
    case: Bad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_home(case, tmp_path, monkeypatch)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    _, told = by_command()
    assert_only_what_is_planted(case, told)
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.name != "risk"}
    assert after == before  # nothing is written


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("case", [None, *TAME], ids=lambda case: case.name if case else "good")
def test_the_command_finds_the_same(
    case: Bad | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_home(case, tmp_path, monkeypatch)
    code, told = by_command()
    if case is None:
        assert (code, told) == (0, [])
        return
    assert_only_what_is_planted(case, told)
    assert code == any(each["severity"] == "critical" for each in told)
