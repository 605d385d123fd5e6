"""Shared by the comparisons: real backtests in this process, one for all tests that look at it."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from freqtrade.resolvers import StrategyResolver

from riskplugin.adapter import registry
from riskplugin.adapter.backtests.carry import carry_out
from riskplugin.reports.compare.job import Job
from riskplugin.reports.compare.run import Run
from riskplugin.sandbox import Sandbox, freqtrade_exchange_config
from tests.backtest.runs import Desk

STRATEGIES = Path(__file__).parent / "user_strategies"
SPOT = ("BTC/USDT", "ETH/USDT", "BNB/USDT", "ADA/USDT", "XRP/USDT")
FUTURES = ("BTC/USDT:USDT", "ETH/USDT:USDT", "SOL/USDT:USDT")


@dataclass(frozen=True)
class Shape:
    """A strategy of its kind, and a short time in which something happens to it."""

    strategy: str
    timerange: str
    futures: bool = False
    pairs: int = 2
    risk: dict[str, Any] = field(default_factory=dict, hash=False)


SHORT = (
    Shape("Follower", "20210501-20210601"),
    Shape("Averager", "20200301-20200320"),
    Shape("Swinger", "20240401-20240425", futures=True),
)
LONG = (
    Shape("Follower", "20200615-20210615", pairs=5),
    Shape("Averager", "20200615-20210615", pairs=5),
    Shape("Swinger", "20240110-20241201", futures=True, pairs=3),
)


@dataclass
class Stage:
    """Configurations of users, and runs of them; each is run once."""

    desk: Desk
    _known: dict[tuple[Shape, bool, str], Run] = field(default_factory=dict)

    def config(self, shape: Shape) -> Path:
        """A configuration file as a user has it."""
        pairs = (FUTURES if shape.futures else SPOT)[: shape.pairs]
        mode = "futures" if shape.futures else "spot"
        written = freqtrade_exchange_config(self.desk.port, trading_mode=mode, pairs=pairs)
        written |= {
            "stake_amount": "unlimited",
            "max_open_trades": len(pairs),
            "dry_run": True,
            "dry_run_wallet": 10_000,
            "dataformat_ohlcv": "feather",
            "risk": shape.risk,
        }
        path = self.desk.folder / f"{shape.strategy}-{shape.pairs}.json"
        path.write_text(json.dumps(written), encoding="utf-8")
        return path

    def given(self, shape: Shape, folder: Path = STRATEGIES) -> dict[str, Any]:
        """What the command hands to a backtest's process."""
        user_data = self.desk.folder / "user_data"
        user_data.mkdir(exist_ok=True)
        return {
            "config": [str(self.config(shape))],
            "strategy": shape.strategy,
            "strategy_path": str(folder),
            "user_data_dir": str(user_data),
            "datadir": str(self.desk._candles()),
            "timerange": shape.timerange,
        }

    def run(
        self, shape: Shape, *, guarded: bool, folder: Path = STRATEGIES, **settings: Any
    ) -> Run:
        """One backtest in this process; ``settings`` are dotted keys with "__" for the dots."""
        dotted = {key.replace("__", "."): value for key, value in settings.items()}
        key = (shape, guarded, json.dumps(dotted))
        if key not in self._known:
            job = Job(
                "with" if guarded else "without", guarded, self.given(shape, folder), "", dotted
            )
            self._known[key] = _alone(job)
        return self._known[key]


def _alone(job: Job) -> Run:
    """As in a process of its own: what it changes in this one is put back."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        for host in ("freqtrade", "urllib3", "ccxt", "pandas"):
            warnings.filterwarnings("ignore", module=rf"{host}\.")
        patch.setattr(StrategyResolver, "_search_object", StrategyResolver._search_object)
        patch.setattr(registry, "_OTHERS", set(registry._OTHERS))
        return carry_out(job, lambda _step, _done: None)


@pytest.fixture(scope="session")
def stage(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Where comparisons run."""
    with Sandbox() as sandbox:
        yield Stage(Desk(sandbox.port, shared_data, tmp_path_factory.mktemp("compared")))


Pair = Callable[[Shape], tuple[Run, Run]]


@pytest.fixture(scope="session")
def both(stage: Stage) -> Pair:
    """Without and with."""
    return lambda shape: (stage.run(shape, guarded=False), stage.run(shape, guarded=True))
