"""Hyperopt in its own processes, and freqtrade's analysis tools, with guarded strategies."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest
from freqtrade.configuration import setup_utils_configuration
from freqtrade.enums import RunMode
from freqtrade.optimize.analysis.lookahead_helpers import LookaheadAnalysisSubFunctions
from freqtrade.optimize.analysis.recursive_helpers import RecursiveAnalysisSubFunctions
from freqtrade.resolvers import StrategyResolver
from freqtrade.util import get_progress_tracker

from riskplugin.sandbox import Sandbox
from tests.backtest.runs import closes
from tests.matrix.table import MARKETS, ONE_MARKET, Market, cell
from tests.matrix.test_backtests import NO_LEVERAGE, NOBODY_LATCHES, STRATEGIES
from tests.shapes.candles import FUTURES, RANGE, SPOT
from tests.shapes.desk import MadeDesk
from tests.shapes.yardstick import Yardstick, section

pytestmark = [pytest.mark.slow, pytest.mark.spec("CF-3")]

STANDS_ASIDE = (
    "nothing is traded; riskplugin stands aside, so that a refusal is not taken for a bias"
)
#: Hands out what each epoch traded; freqtrade keeps only figures.
LOSS = """
import os
import uuid
from pathlib import Path

from freqtrade.optimize.hyperopt import IHyperOptLoss


class Keeps(IHyperOptLoss):
    @staticmethod
    def hyperopt_loss_function(*, results, **kwargs):
        results.to_pickle(Path(os.environ["EPOCHS"]) / f"{os.getpid()}-{uuid.uuid4().hex}")
        return float(-results["profit_abs"].sum())
"""


@dataclass
class Optimised:
    """What the epochs of hyperopt traded, and the same strategy without riskplugin."""

    desk: MadeDesk
    runs: dict[Any, Any]

    def epochs(self, jobs: int, *, futures: bool) -> dict[str, list[pd.DataFrame]]:
        """Trades of every epoch, by the process that ran it."""
        if (jobs, futures) not in self.runs:
            self.runs[jobs, futures] = hyperopt(self.desk, jobs, futures=futures)
        found: dict[str, list[pd.DataFrame]] = self.runs[jobs, futures]
        return found

    def plain(self, name: str, *, futures: bool) -> pd.DataFrame:
        """Trades of one backtest."""
        if (name, futures) not in self.runs:
            limits = section(futures=futures)
            self.runs[name, futures] = self.desk.play(name, futures=futures, risk=limits).trades
        trades: pd.DataFrame = self.runs[name, futures]
        return trades


def hyperopt(desk: MadeDesk, jobs: int, *, futures: bool) -> dict[str, list[pd.DataFrame]]:
    """A few epochs in a space that means nothing: all have to trade the same."""
    pytest.importorskip("optuna", reason="hyperopt needs freqtrade[hyperopt]")
    name = "ChurnGuarded"
    desk.config(name, RANGE, futures=futures, risk=section(futures=futures))
    config = desk.folder / f"config{desk._runs}.json"
    home = desk.folder / f"hyperopt{jobs}{futures}"
    for folder in ("strategies", "hyperopts", "epochs"):
        (home / folder).mkdir(parents=True)
    (home / "hyperopts" / "keeps.py").write_text(LOSS)
    command = [
        *(sys.executable, "-m", "freqtrade", "hyperopt", "-c", str(config), "-s", name),
        *("--strategy-path", str(STRATEGIES), "-j", str(jobs), "-e", str(jobs + 1)),
        *("--userdir", str(home), "--datadir", str(desk._candles()), "--timerange", RANGE),
        *("--spaces", "buy", "--random-state", "7", "--hyperopt-loss", "Keeps"),
        *("--min-trades", "1", "--no-color", "--disable-param-export"),
        *(("-p", *(FUTURES if futures else SPOT))),
    ]
    told = {**os.environ, "EPOCHS": str(home / "epochs")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=told, cwd=home)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, list[pd.DataFrame]] = {}
    for file in (home / "epochs").iterdir():
        found.setdefault(file.name.partition("-")[0], []).append(pd.read_pickle(file))
    return found


@pytest.fixture(scope="module")
def optimised(exchange: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Optimised:
    return Optimised(MadeDesk.at(exchange.port, tmp_path_factory.mktemp("opt"), STRATEGIES), {})


@pytest.mark.parametrize("market", ONE_MARKET)
@pytest.mark.parametrize("jobs", [1, 2])
def test_every_epoch_stays_inside_the_limit(
    jobs: int, market: Market, limit: Any, optimised: Optimised
) -> None:
    futures = market == "futures"
    with cell(f"hyperopt -j {jobs}", market, "backtest", limit) as outcome:
        if limit == "leverage" and market == "spot":
            outcome.not_applicable(NO_LEVERAGE)
        elif limit == "latched":
            outcome.not_applicable(NOBODY_LATCHES)
        else:
            prices = closes(optimised.desk.data, FUTURES if futures else SPOT, futures=futures)
            stick, most = Yardstick(prices, futures), 0 if limit == "open" else 1
            for epochs in optimised.epochs(jobs, futures=futures).values():
                for trades in epochs:
                    trip = stick.trip(trades)
                    assert stick.used(limit, trades, trip) <= most
                    alone = optimised.plain("Churn", futures=futures)
                    assert stick.used(limit, alone, trip) > most
            outcome.held()


@pytest.mark.parametrize("market", ONE_MARKET)
@pytest.mark.parametrize("jobs", [1, 2])
def test_no_epoch_inherits_anything_from_another(
    jobs: int, market: Market, optimised: Optimised
) -> None:
    """A peak, a loss or an open breaker of the epoch before would show in the trades."""
    futures = market == "futures"
    found = optimised.epochs(jobs, futures=futures)
    epochs = [trades for worker in found.values() for trades in worker]
    assert len(epochs) == jobs + 1
    alone = optimised.plain("ChurnGuarded", futures=futures)
    for trades in epochs:
        columns = trades.columns.drop("orders")
        pd.testing.assert_frame_equal(trades[columns], alone[columns], check_dtype=False)


def configured(desk: MadeDesk, name: str, *, futures: bool) -> Any:
    """A configuration as the analysis commands build it."""
    warnings.filterwarnings("ignore", module=r"freqtrade\.")  # what it is warned of is its business
    desk.config(name, RANGE, futures=futures, stake_amount=1000, risk=section(futures=futures))
    args = desk.arguments(desk.folder / f"config{desk._runs}.json", name, RANGE)
    args |= {"minimum_trade_amount": 4, "targeted_trade_amount": 4, "startup_candle": [20, 60]}
    args |= {"pairs": [(FUTURES if futures else SPOT)[0]], "strategy": name}
    return setup_utils_configuration(args, RunMode.UTIL_NO_EXCHANGE)


def lookahead(desk: MadeDesk, name: str, *, futures: bool) -> dict[str, Any]:
    """What lookahead-analysis reports."""
    config = LookaheadAnalysisSubFunctions.calculate_config_overrides(
        configured(desk, name, futures=futures)
    )
    with get_progress_tracker() as progress:
        found = LookaheadAnalysisSubFunctions.initialize_single_lookahead_analysis(
            config, located(config, name), progress
        )
    assert not found.failed_bias_check
    reported: dict[str, Any] = vars(found.current_analysis)
    return reported


def recursive(desk: MadeDesk, name: str, *, futures: bool) -> dict[str, Any]:
    """What recursive-analysis reports."""
    config = RecursiveAnalysisSubFunctions.calculate_config_overrides(
        configured(desk, name, futures=futures)
    )
    with get_progress_tracker() as progress:
        found = RecursiveAnalysisSubFunctions.initialize_single_recursive_analysis(
            config, located(config, name), progress
        )
    reported: dict[str, Any] = found.dict_recursive
    return reported


def located(config: Any, name: str) -> dict[str, Any]:
    found = StrategyResolver.search_all_objects(config, enum_failed=False)
    return next(dict(each) for each in found if each["name"] == name)


@pytest.mark.parametrize("market", ONE_MARKET)
def test_lookahead_analysis_reports_what_it_does_without_riskplugin(
    market: Market, optimised: Optimised
) -> None:
    futures = market == "futures"
    for name, biased in (("Reader", False), ("Prophet", True)):
        guarded = lookahead(optimised.desk, f"{name}Guarded", futures=futures)
        assert guarded == lookahead(optimised.desk, name, futures=futures)
        assert guarded["has_bias"] is biased
        assert guarded["total_signals"] >= 4


@pytest.mark.parametrize("market", ONE_MARKET)
def test_recursive_analysis_reports_what_it_does_without_riskplugin(
    market: Market, optimised: Optimised
) -> None:
    futures = market == "futures"
    guarded = recursive(optimised.desk, "ReaderGuarded", futures=futures)
    assert guarded == recursive(optimised.desk, "Reader", futures=futures)
    assert "fast" in guarded, "an average that depends on where it began is reported"


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("path", ["lookahead analysis", "recursive analysis"])
def test_an_analysis_tool_trades_nothing(path: str, market: Market, limit: Any) -> None:
    with cell(path, market, "backtest", limit) as outcome:
        outcome.not_applicable(STANDS_ASIDE)
