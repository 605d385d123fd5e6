"""Hyperopt's space "protection": a value of ours counts, is kept, and is used (PR-2)."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from riskplugin.sandbox import Sandbox
from tests.shapes.candles import RANGE, SPOT
from tests.shapes.desk import MadeDesk

pytestmark = [pytest.mark.slow, pytest.mark.spec("PR-1", "PR-2")]

STRATEGY = """
from freqtrade.strategy import DecimalParameter, IStrategy

from riskplugin import RiskMixin


class Tuned(RiskMixin, IStrategy):
    timeframe = "1h"
    stoploss = -0.02
    minimal_roi = {"0": 0.01}
    startup_candle_count = 30
    limit = DecimalParameter(0.1, 9, default=9, decimals=1, space="protection")

    @property
    def protections(self):
        return [{"method": "RiskDrawdown", "max_drawdown_pct": self.limit.value,
                 "stop_duration_candles": 30}]

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
"""
#: Nothing but the protection acts: what changes the result is its parameter.
SECTION: dict[str, Any] = {
    "sizing": {"base_pct": dict.fromkeys(("minimal", "low", "medium", "high", "critical"), 20)},
    "breaker": {"exposure": {"warn_pct": 90, "trip_pct": 100}},
    "modes": dict.fromkeys(
        ("daily_loss", "drawdown", "score", "losing_streak", "volatility"), "observe"
    ),
}
EPOCHS = 4


@dataclass(frozen=True)
class Found:
    """The epochs of one hyperopt, and where it left the best."""

    epochs: list[dict[str, Any]]
    best: dict[str, Any]

    def of_best(self) -> dict[str, Any]:
        """The epoch that had the best value; the file has as many decimals as the parameter."""
        return next(e for e in self.epochs if value(e) == self.best["limit"])


def value(epoch: dict[str, Any]) -> float:
    """What the epoch tried."""
    return round(epoch["params_dict"]["limit"], 1)


def hyperopt(desk: MadeDesk, jobs: int) -> Found:
    """freqtrade's own command, in the space "protection"."""
    pytest.importorskip("optuna", reason="hyperopt needs freqtrade[hyperopt]")
    desk.config("Tuned", RANGE, risk=SECTION)
    home = desk.strategies.parent
    command = [
        *(sys.executable, "-m", "freqtrade", "hyperopt", "-s", "Tuned", "-j", str(jobs)),
        *("-c", str(desk.folder / f"config{desk._runs}.json"), "--userdir", str(home)),
        *("--datadir", str(desk._candles()), "--timerange", RANGE, "-e", str(EPOCHS)),
        *("--spaces", "protection", "--hyperopt-loss", "OnlyProfitHyperOptLoss"),
        *("--random-state", "7", "--min-trades", "1", "--no-color", "-p", *SPOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=home)
    assert done.returncode == 0, done.stdout + done.stderr
    [results] = (home / "hyperopt_results").glob("*.fthypt")
    epochs = [json.loads(line) for line in results.read_text().splitlines()]
    kept = json.loads((desk.strategies / "tuned.json").read_text())
    assert kept["strategy_name"] == "Tuned"
    return Found(epochs, kept["params"]["protection"])


@pytest.fixture(params=[1, 2], ids=["alone", "workers"])
def jobs(request: pytest.FixtureRequest) -> int:
    number: int = request.param
    return number


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    folder = tmp_path / "user" / "strategies"
    folder.mkdir(parents=True)
    (folder / "tuned.py").write_text(STRATEGY)
    with Sandbox() as sandbox:
        yield MadeDesk.at(sandbox.port, tmp_path, folder)


def test_a_parameter_changes_the_result_is_kept_and_used_by_the_next_backtest(
    desk: MadeDesk, jobs: int
) -> None:
    before = figures(desk)
    found = hyperopt(desk, jobs)
    assert len(found.epochs) == EPOCHS
    results = {value(epoch): metrics(epoch) for epoch in found.epochs}
    assert len(set(results.values())) > 1, "different values, different results"
    best = metrics(found.of_best())
    assert best == max(results.values(), key=lambda figures: figures[1])
    assert best != before
    assert figures(desk) == best, "read back from the file beside the strategy"


def figures(desk: MadeDesk) -> tuple[int, float]:
    """Trades and profit of a backtest with protections."""
    trades = desk.play("Tuned", risk=SECTION, enable_protections=True).trades
    return len(trades), round(float(trades["profit_abs"].sum()), 4)


def metrics(epoch: dict[str, Any]) -> tuple[int, float]:
    """The same of an epoch."""
    found = epoch["results_metrics"]
    return found["total_trades"], round(found["profit_total_abs"], 4)
