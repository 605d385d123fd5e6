"""Backtests of the matrix: entries, increases, replacements, slots, and several strategies at once.

Whether a limit held is reckoned from fills and candles. The same strategy without riskplugin has to
go beyond it, or the cell says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskplugin.sandbox import Sandbox
from tests.backtest.runs import closes
from tests.matrix.table import MARKETS, ONE_MARKET, Market, cell
from tests.shapes.candles import FUTURES, SPOT
from tests.shapes.desk import MadeDesk
from tests.shapes.yardstick import POSITIONS, Yardstick, section

pytestmark = [pytest.mark.slow, pytest.mark.spec("SZ-1", "SZ-10", "LV-1", "CB-5", "EM-1", "CF-3")]

STRATEGIES = Path(__file__).parent / "user_strategies"
NO_LEVERAGE = "spot has no leverage"
NOBODY_LATCHES = "only a person latches the breaker; nobody is there in a backtest"


@dataclass(frozen=True)
class Case:
    """One strategy, which has a guarded twin, on one path."""

    strategy: str
    changes: dict[str, Any] = field(default_factory=dict)
    on_trip: str = "emergency"
    slots: int | None = POSITIONS
    beside: bool = False
    """Both twins in one run."""

    @property
    def timeframe(self) -> str:
        return str(self.changes.get("timeframe", "1h"))


STACKING = {"position_stacking": True, "max_open_trades": 100}
FOUR_HOURS = {"timeframe": "4h", "timeframe_detail": "1h"}
PATHS = {
    "backtest entry": [Case("Churn"), Case("Priced"), Case("Churn", FOUR_HOURS)],
    "backtest DCA": [Case("Grower")],
    "backtest replacement": [Case("Replacer")],
    "backtest slots": [
        Case("Churn", STACKING),
        Case("Raiser", {"max_open_trades": POSITIONS}, slots=None),
    ],
    "strategy list": [Case("Churn", beside=True)],
}


@dataclass
class Replays:
    """Runs cases, each once."""

    desk: MadeDesk
    _runs: dict[Any, pd.DataFrame] = field(default_factory=dict)
    _sticks: dict[tuple[str, bool], Yardstick] = field(default_factory=dict)

    def trades(self, case: Case, *, futures: bool, guarded: bool) -> pd.DataFrame:
        key = (id(case), futures, guarded)
        if key not in self._runs:
            names = [f"{case.strategy}Guarded"] if guarded else [case.strategy]
            if case.beside:
                names = [f"{case.strategy}Guarded", case.strategy]
            limits = section(futures=futures, on_trip=case.on_trip, slots=case.slots)
            runs = self.desk.play_all(names, futures=futures, risk=limits, **case.changes)
            for name, run in runs.items():
                self._runs[id(case), futures, name.endswith("Guarded")] = run.trades
        return self._runs[key]

    def yardstick(self, case: Case, *, futures: bool) -> Yardstick:
        key = (case.timeframe, futures)
        if key not in self._sticks:
            prices = closes(self.desk.data, FUTURES if futures else SPOT, futures=futures)
            index: Any = prices.index
            whole = index.hour % int(case.timeframe.removesuffix("h")) == 0
            self._sticks[key] = Yardstick(prices[whole], futures)
        return self._sticks[key]


@pytest.fixture(scope="module")
def replays(exchange: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Replays:
    return Replays(MadeDesk.at(exchange.port, tmp_path_factory.mktemp("replays"), STRATEGIES))


@pytest.mark.parametrize("market", ONE_MARKET)
@pytest.mark.parametrize("path", PATHS)
def test_a_backtest_stays_inside_the_limit(
    path: str, market: Market, limit: Any, replays: Replays
) -> None:
    with cell(path, market, "backtest", limit) as outcome:
        if limit == "leverage" and market == "spot":
            outcome.not_applicable(NO_LEVERAGE)
        elif limit == "latched":
            outcome.not_applicable(NOBODY_LATCHES)
        else:
            for case in PATHS[path]:
                assert_held(replays, case, limit, futures=market == "futures")
            outcome.held()


def assert_held(replays: Replays, case: Case, limit: str, *, futures: bool) -> None:
    """Inside with riskplugin, beyond without."""
    stick = replays.yardstick(case, futures=futures)
    guarded = replays.trades(case, futures=futures, guarded=True)
    alone = replays.trades(case, futures=futures, guarded=False)
    trip = stick.trip(guarded)
    most = 0 if limit == "open" else 1
    used, beyond = (stick.used(limit, trades, trip) for trades in (guarded, alone))
    assert used <= most, f"{case.strategy} used {used:.3f}"
    assert beyond > most, f"{case.strategy} alone used {beyond:.3f}"


@pytest.mark.parametrize("market", MARKETS)
def test_positions_are_kept_and_not_enlarged_while_the_breaker_is_open(
    market: Market, replays: Replays
) -> None:
    """With on_trip halt nothing is closed: the increases of what is held have to be refused."""
    futures = market == "futures"
    case = Case("Keeper", on_trip="halt")
    trades = replays.trades(case, futures=futures, guarded=True)
    stick = replays.yardstick(case, futures=futures)
    trip = stick.trip(trades)
    assert stick.used("open", trades, trip) == 0
    assert ((trades["open_date"] < trip) & (trades["close_date"] > trip)).any(), "something is held"
    alone = PATHS["backtest DCA"][0]
    assert stick.used("open", replays.trades(alone, futures=futures, guarded=False), trip) > 0


@pytest.mark.parametrize("market", MARKETS)
def test_an_unguarded_strategy_in_the_same_run_is_left_alone(
    market: Market, replays: Replays
) -> None:
    futures = market == "futures"
    together = replays.trades(PATHS["strategy list"][0], futures=futures, guarded=False)
    alone = replays.trades(PATHS["backtest entry"][0], futures=futures, guarded=False)
    pd.testing.assert_frame_equal(together.drop(columns="orders"), alone.drop(columns="orders"))
