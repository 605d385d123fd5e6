"""Hyperopt in its own process, alone and with workers: each epoch begins afresh."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.backtest.runs import Desk

pytestmark = [pytest.mark.slow, pytest.mark.spec("CF-3")]

EPOCHS = 3


def epochs(desk: Desk, workers: int, folder: Path) -> list[dict[str, Any]]:
    """What every epoch found. The space is a parameter that means nothing: all must be equal."""
    pytest.importorskip("optuna", reason="hyperopt needs freqtrade[hyperopt]")
    desk.config("GreedyGuarded", "20200225-20200325")
    config = desk.folder / f"config{desk._runs}.json"
    command = [
        *(sys.executable, "-m", "freqtrade", "hyperopt", "-c", str(config), "-s", "GreedyGuarded"),
        *("--strategy-path", str(Path(__file__).parent / "user_strategies"), "-j", str(workers)),
        *("--userdir", str(folder), "--datadir", str(desk._candles()), "-e", str(EPOCHS)),
        *("--timerange", "20200225-20200325", "--spaces", "buy", "--random-state", "7"),
        *("--hyperopt-loss", "SharpeHyperOptLossDaily", "--min-trades", "1", "--no-color"),
        "--disable-param-export",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    [found] = (folder / "hyperopt_results").glob("*.fthypt")
    return [json.loads(line) for line in found.read_text().splitlines()]


def test_every_epoch_gives_the_same_alone_and_with_workers(desk: Desk, tmp_path: Path) -> None:
    results = []
    for workers in (1, 2):
        folder = tmp_path / f"user_data{workers}"
        folder.mkdir()
        (folder / "strategies").mkdir()
        found = epochs(desk, workers, folder)
        assert len(found) == EPOCHS
        results += [figures(epoch["results_metrics"]) for epoch in found]
    alone = desk.run("GreedyGuarded", "20200225-20200325").trades
    assert set(results) == {(len(alone), round(alone["profit_abs"].sum(), 6))}


def figures(metrics: dict[str, Any]) -> tuple[int, float]:
    return metrics["total_trades"], round(metrics["profit_total_abs"], 6)
