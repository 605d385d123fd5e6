"""Talks to the world from inside its callbacks, and brings freqtrade's protections along."""

import subprocess
import urllib.request
from contextlib import suppress
from pathlib import Path

from freqtrade.strategy import IStrategy

from riskplugin import RiskMixin


class Talks(RiskMixin, IStrategy):
    timeframe = "5m"
    stoploss = -0.05

    @property
    def protections(self):
        return [
            {"method": "MaxDrawdown", "max_allowed_drawdown": 0.2, "lookback_period": 60},
            {"method": "StoplossGuard", "trade_limit": 4, "lookback_period": 60},
        ]

    def bot_loop_start(self, **kwargs):
        with suppress(OSError):
            urllib.request.urlopen("http://fear-and-greed.example/index", timeout=5)

    def populate_indicators(self, dataframe, metadata):
        with suppress(OSError):
            Path("indicators.csv").write_text(dataframe.to_csv())
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        self.dp.send_msg(f"looking at {metadata['pair']}")
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def order_filled(self, pair, **kwargs):
        with suppress(OSError):
            subprocess.run(["notify-send", pair], check=False)
