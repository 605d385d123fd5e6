"""What the bots of the end-to-end tests run. Each notes its loops, and two wait for the test."""

from __future__ import annotations

import json
import ssl
import time
import urllib.request
from pathlib import Path
from typing import Any

from freqtrade.strategy import IStrategy

from riskplugin import RiskMixin


class Manual(IStrategy):
    """Enters on request only; counts its loops in a file."""

    timeframe = "1m"
    can_short = True
    stoploss = -0.99
    minimal_roi = {"0": 100}  # noqa: RUF012  # freqtrade's way
    process_only_new_candles = False
    startup_candle_count = 30
    order_types = {  # noqa: RUF012
        "entry": "market",
        "exit": "market",
        "stoploss": "market",
        "emergency_exit": "market",
        "stoploss_on_exchange": False,
    }
    enters = False
    loops = 0

    def bot_loop_start(self, current_time: Any, **kwargs: Any) -> None:
        self.loops += 1
        self.folder.joinpath("loops").write_text(str(self.loops))

    @property
    def folder(self) -> Path:
        return Path(self.config["user_data_dir"])

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> Any:
        if self.enters:
            side = metadata["pair"].startswith("ETH") and self.can_short
            dataframe["enter_short" if side else "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe

    def leverage(self, *args: Any, **kwargs: Any) -> float:
        return 50.0


class ManualGuarded(RiskMixin, Manual):
    position_adjustment_enable = True


class ManualSpot(ManualGuarded):
    can_short = False


class EagerGuarded(RiskMixin, Manual):
    """Enters wherever it may, and asks for 50 times its margin."""

    enters = True


class EagerSpot(EagerGuarded):
    can_short = False


class Modest(Manual):
    """Asks for so little that the limits change nothing; says what its loops cost."""

    enters = True
    _first, _last = 6, 18

    def leverage(self, *args: Any, **kwargs: Any) -> float:
        return 1.0

    def bot_loop_start(self, current_time: Any, **kwargs: Any) -> None:
        super().bot_loop_start(current_time, **kwargs)
        if self.loops in (self._first, self._last):
            unverified = ssl._create_unverified_context()  # the sandbox signs for itself
            with urllib.request.urlopen(self.config["requests_url"], context=unverified) as answer:
                counted = json.loads(answer.read())["by_name"][self.config["bot_name"]]
            self.folder.joinpath(f"requests{self.loops}.json").write_text(json.dumps(counted))


class ModestGuarded(RiskMixin, Modest):
    pass


class Stubborn(EagerGuarded):
    """Does all it can to keep its positions."""

    use_exit_signal = False
    exit_profit_only = True
    exit_profit_offset = 10.0

    def confirm_trade_exit(self, *args: Any, **kwargs: Any) -> bool:
        return False


class StubbornSpot(Stubborn):
    """Here freqtrade sees an exit signal soon, which exit_profit_only then holds back."""

    can_short = False
    use_exit_signal = True

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        if self.loops > 5:
            dataframe["exit_long"] = 1
        return dataframe


class SlowStart(ManualGuarded):
    """Its bot_start takes until the test says so."""

    def bot_start(self, **kwargs: Any) -> None:
        self.folder.joinpath("starting").touch()
        while not self.folder.joinpath("go").exists():
            time.sleep(0.05)
