"""The command as a person gives it, with real backtests in processes of their own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from riskplugin.cli import app
from tests.compare.conftest import SHORT, STRATEGIES, Stage

pytestmark = [pytest.mark.slow, pytest.mark.spec("DB-4")]


@dataclass(frozen=True)
class Home:
    """A user's folder, and the arguments that every command has."""

    folder: Path
    arguments: list[str]

    def compare(self, *more: str) -> Result:
        return CliRunner().invoke(app, ["compare", *self.arguments, *more], catch_exceptions=False)

    def files(self) -> dict[str, bytes | None]:
        paths = (self.folder / "user_data").rglob("*")
        return {str(p): p.read_bytes() if p.is_file() else None for p in paths}


@pytest.fixture
def home(stage: Stage, tmp_path: Path) -> Home:
    strategies = tmp_path / "user_data" / "strategies"
    strategies.mkdir(parents=True)
    for name in ("averager", "follower"):
        (strategies / f"{name}.py").write_text((STRATEGIES / f"{name}.py").read_text())
    given = stage.given(SHORT[1])
    config = json.loads(Path(given["config"][0]).read_text())
    config["risk"] = {"ledger": {"keep_backtests": True}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    arguments = ["--config", str(tmp_path / "config.json"), "--datadir", given["datadir"]]
    arguments += ["--userdir", str(tmp_path / "user_data"), "--timerange", "20200305-20200315"]
    return Home(tmp_path, arguments)


def test_it_compares_writes_a_page_keeps_the_runs_and_leaves_nothing_else(home: Home) -> None:
    page, kept, before = home.folder / "compare.html", home.folder / "kept", home.files()
    done = home.compare("--strategy", "Averager", "--out", str(page), "--keep", str(kept))
    assert done.exit_code == 0, done.stderr
    assert "2 backtests" in done.stderr
    assert "Largest drawdown, marked" in done.stdout
    assert home.files() == before
    assert "plotly" in page.read_text()

    told = json.loads(home.compare("--show", str(kept), "--json").stdout)
    assert told["facts"]["strategy"] == "Averager"
    assert told["without"]["max_drawdown_pct"] > told["with"]["max_drawdown_pct"]
    assert home.compare("--show", str(kept)).stdout == done.stdout
    assert home.compare("--show", str(kept), "--out", str(page)).exit_code == 2, "it is there"


@pytest.mark.exhaustive
def test_a_grid_and_a_calibration_are_announced_run_and_told(home: Home) -> None:
    done = home.compare(
        *("--strategy", "Averager", "--grid", "breaker.drawdown.trip_pct=2"),
        *("--calibrate", "--json"),
    )
    assert done.exit_code == 0, done.stderr
    said = " ".join(done.stderr.split())
    assert "1 more for the grid and one more for each limit that acts" in said
    assert "more backtests, " in said
    told = json.loads(done.stdout)
    moved = {"breaker.drawdown.trip_pct": 2, "breaker.drawdown.warn_pct": pytest.approx(4 / 3)}
    assert [run["settings"] for run in told["grid"]] == [{}, moved]
    assert {"size", "stop"} <= {each["limit"] for each in told["calibration"]}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--strategy", "Nowhere"], "Impossible to load Strategy 'Nowhere'"),
        (
            ["--strategy", "Follower", "--timerange", "20300101-20300201", "--jobs", "1"],
            "freqtrade download-data",
        ),
    ],
    ids=["strategy", "candles"],
)
@pytest.mark.exhaustive
def test_a_failure_is_freqtrades_own_words_and_what_to_do(
    home: Home, arguments: list[str], said: str
) -> None:
    before = home.files()
    done = home.compare(*arguments)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert home.files() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no strategy is named"),
        (["--strategy", "Averager", "--grid", "breaker.drawdown.trip=2"], "did you mean"),
        (["--strategy", "Averager", "--out", "/nowhere/page.html"], "there is no folder"),
        (["--show", "/nowhere"], "holds no comparison"),
    ],
    ids=["strategy", "grid", "page", "kept"],
)
def test_what_cannot_be_is_refused_before_anything_runs(
    home: Home, arguments: list[str], said: str
) -> None:
    done = home.compare(*arguments)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
