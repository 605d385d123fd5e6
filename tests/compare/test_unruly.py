"""A strategy that forks, garbles our pipe, ends its process: the command is not confused."""

from __future__ import annotations

import io
import json
import os
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from freqtrade.exceptions import OperationalException
from rich.console import Console

from riskplugin.adapter.backtests import carry
from riskplugin.adapter.backtests.carry import configuration
from riskplugin.cli.compare import carrying
from riskplugin.cli.compare.children import BacktestFailed, Children
from riskplugin.cli.compare.failure import told
from riskplugin.reports.compare.comparison import Comparison
from riskplugin.reports.compare.job import Job
from riskplugin.reports.compare.measured import measure
from riskplugin.reports.compare.periods import periods
from riskplugin.reports.compare.run import Run
from riskplugin.sandbox import freqtrade_exchange_config
from tests.compare.samples import HOUR, at, guarded_run, without_run

pytestmark = pytest.mark.spec("DB-4")


def ran(folder: Path, **settings: Any) -> dict[str, Run]:
    """One job; it may not take for ever."""
    children = Children(folder, 1, Console(file=io.StringIO()), module="tests.compare.unruly")
    job = Job("it", guarded=False, given={}, folder=str(folder / "it"), settings=settings)
    found: list[dict[str, Run] | Exception] = []

    def work() -> None:
        try:
            found.append(children.run([job]))
        except Exception as error:  # noqa: BLE001  # handed over to the test
            found.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(30)
    assert found, "the command waits for ever"
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0]


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_process_that_a_strategy_leaves_behind_neither_holds_us_nor_outlives_us(
    tmp_path: Path,
) -> None:
    assert list(ran(tmp_path, fork=True)) == ["it"]
    left = int((tmp_path / "left.pid").read_text())
    end = time.monotonic() + 5
    while is_alive(left):
        assert time.monotonic() < end, "it outlives the command"
        time.sleep(0.05)


@pytest.mark.slow
def test_whatever_a_strategy_writes_into_our_pipe_is_passed_over(tmp_path: Path) -> None:
    assert list(ran(tmp_path, garble=True)) == ["it"]


@pytest.mark.slow
def test_a_strategy_that_ends_its_process_in_peace_is_told_to_have_done_so(tmp_path: Path) -> None:
    with pytest.raises(BacktestFailed) as caught:
        ran(tmp_path, exit=0)
    assert "its process ended before the backtest did (status 0)" in told(caught.value)


@pytest.mark.slow
def test_files_where_a_person_stands_are_none_of_the_backtests_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit('this is no numpy')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert list(ran(tmp_path)) == ["it"]


def test_runs_that_cannot_be_kept_are_shown_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    found = Comparison(without_run(), guarded_run())
    with pytest.raises(OSError, match="file"):
        carrying.told_and_kept(found, None, tmp_path / "file", as_plain=True, force=False)
    assert '"refusals"' in capsys.readouterr().out


def test_an_account_that_begins_with_nothing_has_no_profit_in_percent() -> None:
    run = without_run()
    poor = replace(run, facts=replace(run.facts, balance=0.0), equity=np.zeros(len(run.times)))
    assert measure(poor).profit_pct == 0.0


def test_a_trip_between_two_candles_is_the_cause_of_the_period_after_it() -> None:
    """With --timeframe-detail the plugin looks within a candle."""
    run = guarded_run()
    [trip] = run.trips
    within = replace(run, trips=(replace(trip, at=at(10) - HOUR // 2),))
    opened, _ = periods(within)
    assert opened.names == trip.names


@pytest.mark.slow
def test_a_backtest_writes_into_no_log_of_the_bots(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes that turn over one log lose it."""
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr("freqtrade.configuration.configuration.setup_logging", seen.append)
    logs = {"version": 1, "formatters": {}, "handlers": {"file": {"filename": "bot.log"}}}
    log_config = {**logs, "root": {"handlers": ["file"]}}
    configuration(job(tmp_path, logfile="bot.log", log_config=log_config))
    assert seen
    assert not {"logfile", "log_config"} & set(seen[0])


def job(home: Path, **more: Any) -> Job:
    """A backtest of a user whose folder is ``home``."""
    written = freqtrade_exchange_config(1, trading_mode="spot", pairs=("BTC/USDT",))
    written |= {"stake_amount": 10, "max_open_trades": 1, "dry_run": True, **more}
    file = home / "config.json"
    file.write_text(json.dumps(written), encoding="utf-8")
    given = {"config": [str(file)], "user_data_dir": str(home), "strategy": "Any"}
    return Job("it", guarded=False, given=given, folder=str(home))


@pytest.mark.slow
def test_backtests_that_start_at_once_make_the_folders_that_a_user_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """freqtrade looks for each and makes it a moment later: the other one made it in between."""
    make, made = Path.mkdir, list[str]()

    def late(folder: Path, *args: Any, **more: Any) -> None:
        if folder.parent == tmp_path:
            made.append(folder.name)
            make(folder)
        make(folder, *args, **more)

    it = job(tmp_path)
    monkeypatch.setattr(Path, "mkdir", late)
    configuration(it)
    assert {"backtest_results", "plot", "strategies"} <= set(made)
    assert len(made) == len(set(made))


@pytest.mark.slow
def test_a_folder_that_comes_in_between_two_looks_at_it_is_none_the_worse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """freqtrade asks whether it is a folder, then whether it is there and something else."""
    there, came = Path.is_dir, list[str]()

    def looked(folder: Path, *args: Any, **more: Any) -> bool:
        found = there(folder, *args, **more)
        if not found and folder.name == "plot":
            came.append(folder.name)
            folder.mkdir()
        return found

    it = job(tmp_path)
    monkeypatch.setattr(Path, "is_dir", looked)
    configuration(it)
    assert came == ["plot"]


@pytest.mark.parametrize("kind", [FileExistsError, OperationalException])
def test_what_is_said_twice_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    said: list[str] = []

    def read(*_: Any) -> None:
        said.append("a folder is a file" if len(said) % 2 else "another one is, too")
        raise kind(said[-1])

    monkeypatch.setattr(carry, "setup_optimize_configuration", read)
    with pytest.raises(kind, match="another one"):
        configuration(job(tmp_path))
    assert len(said) == 3
