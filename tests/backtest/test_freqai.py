"""A FreqAI strategy, guarded by command: the model learns and predicts as it did, inside limits."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from riskplugin.cli import app
from tests.backtest.runs import WALLET, Desk

for package in ("datasieve", "xgboost"):  # freqtrade imports both, whatever the model is
    pytest.importorskip(package, reason="FreqAI's own packages: pip install 'freqtrade[freqai]'")
pytestmark = [pytest.mark.slow, pytest.mark.spec("CF-2", "CF-3")]

SOURCE = Path(__file__).parent / "freqai" / "user_strategies"
RANGE = "20200301-20200320"
FREQAI = {
    "enabled": True,
    "train_period_days": 20,
    "backtest_period_days": 10,
    "activate_tensorboard": False,
    "feature_parameters": {
        "include_timeframes": ["1h"],
        "include_corr_pairlist": ["ETH/USDT"],
        "indicator_periods_candles": [10],
        "include_shifted_candles": 1,
    },
    "data_split_parameters": {"test_size": 0.2, "random_state": 1, "shuffle": False},
}


@dataclass
class Classroom(Desk):
    """A desk whose strategies learn, and lie in its own user_data."""

    def config(self, strategy: str, timerange: str, **changes: Any) -> Any:
        freqai = {**FREQAI, "identifier": strategy}  # each learns by itself
        config = super().config(strategy, timerange, freqai=freqai, max_open_trades=1, **changes)
        config["exchange"]["pair_whitelist"] = ["BTC/USDT"]
        return config

    def arguments(self, path: Path, strategy: str, timerange: str) -> dict[str, Any]:
        strategies = str(self.folder / "user_data" / "strategies")
        usual = super().arguments(path, strategy, timerange)
        return {**usual, "strategy_path": strategies, "freqaimodel": "StraightLine"}


@pytest.fixture(scope="module")
def classroom(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    folder = tmp_path_factory.mktemp("freqai")
    for kind, file in (("strategies", "learning.py"), ("freqaimodels", "straight_line.py")):
        (folder / "user_data" / kind).mkdir(parents=True)
        shutil.copy(SOURCE / file, folder / "user_data" / kind)
    done = CliRunner().invoke(app, ["guard", "Learning", "--userdir", str(folder / "user_data")])
    assert done.exit_code == 0, done.output
    return Classroom(desk.port, desk.data, folder)


def test_a_freqai_strategy_trades_on_the_same_predictions_inside_the_limits(
    classroom: Classroom,
) -> None:
    plain = classroom.run("Learning", RANGE).trades
    guarded = classroom.run("LearningGuarded", RANGE).trades
    assert len(plain) >= 5
    assert len(guarded) >= 5
    assert plain["stake_amount"].max() > 0.9 * WALLET
    assert guarded["stake_amount"].max() <= 0.02 * WALLET
    assert set(guarded["enter_tag"]) == {"up"}
    assert guarded["open_date"].iloc[0] == plain["open_date"].iloc[0]
