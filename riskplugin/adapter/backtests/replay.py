"""One run of freqtrade's own Backtesting, with a witness and word of how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from freqtrade.exceptions import OperationalException
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.plugins.protectionmanager import ProtectionManager
from freqtrade.strategy.interface import IStrategy

from riskplugin.adapter.backtests.witness import Witness
from riskplugin.adapter.protections.registration import HOMES
from riskplugin.adapter.registry import session_of

Progress = Callable[[str, float], None]
#: The share of a run that is told at a time.
STEP = 0.01


class Replay(Backtesting):
    """As its base. ``witness`` is None for a run without the plugin."""

    def __init__(self, config: Any, witness: Witness | None, progress: Progress) -> None:
        self._witness, self._say = witness, progress
        self.span: tuple[datetime, datetime]  # known from the first candle on
        super().__init__(config)

    def run(self) -> IStrategy:
        """The whole backtest; the results stand in ``all_bt_content``. Answers the strategy."""
        self._say("candles", 0.0)
        data, timerange = self.load_bt_data()
        [strategy] = self.strategylist
        self._say("indicators", 0.0)
        self.backtest_one_strategy(strategy, data, timerange)
        if self._witness is not None:
            self._witness.close()
        return strategy

    def time_pair_generator(
        self, start_date: datetime, end_date: datetime, *rest: Any, **named: Any
    ) -> Iterator[Any]:
        """As its base, and says how far the time has come."""
        self.span = (start_date, end_date)
        length = max((end_date - start_date).total_seconds(), 1.0)
        told, latest = -1.0, None
        for step in super().time_pair_generator(start_date, end_date, *rest, **named):
            if step[0] is not latest:
                latest = step[0]
                done = (latest - start_date).total_seconds() / length
                if done - told >= STEP:
                    told = done
                    self._say("backtest", min(done, 1.0))
            yield step

    def _set_strategy(self, strategy: IStrategy) -> None:
        super()._set_strategy(strategy)
        if self._witness is None:
            return
        session = session_of(strategy)
        if session is None:
            raise OperationalException("riskplugin does not guard this strategy in a backtest")
        self._witness.attend(session)

    def _load_protections(self, strategy: IStrategy) -> None:
        """Without the plugin, the strategy's protections are those of freqtrade alone."""
        if self._witness is not None:
            super()._load_protections(strategy)
        elif self.config.get("enable_protections", False):
            others = [p for p in strategy.protections if p.get("method") not in HOMES]
            self.protections = ProtectionManager(self.config, others)
