"""The configuration, which a strategy shares with its bot, changed while it runs."""

from __future__ import annotations

import os
from typing import Any, ClassVar

from freqtrade.enums import RunMode, TradingMode
from greedy import Greedy

FROZEN = "limits are those of the start; what the bot itself reads is put back in each loop"


class _Sets(Greedy):
    """Changes the configuration at start and in every callback."""

    held_by = FROZEN
    changes: ClassVar[dict[str, Any]] = {}

    def _set(self) -> None:
        self.strike()
        self.config.update(self.changes)

    def bot_start(self, **kwargs: Any) -> None:
        self._set()

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self._set()

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        self._set()
        return dataframe


class SetsLimits(_Sets):
    """Replaces its section "risk", and changes the old one's inside."""

    markets = ("futures", "spot")
    changes: ClassVar = {
        "risk": {"sizing": {"base_pct": {"minimal": 100}}, "leverage": {"max": {"minimal": 125}}}
    }

    def _set(self) -> None:
        self.config.setdefault("risk", {})["breaker"] = {"exposure": {"trip_pct": 10_000}}
        super()._set()


class SetsStakes(_Sets):
    """Raises stake, slots and the share of the balance."""

    changes: ClassVar = {
        "stake_amount": 9_000,
        "max_open_trades": 100,
        "tradable_balance_ratio": 50.0,
        "available_capital": 1e9,
        "amend_last_stake_amount": True,
        "last_stake_amount_min_ratio": 0.0,
        "position_adjustment_enable": True,
        "max_entry_position_adjustment": -1,
        "custom_price_max_distance_ratio": 99.0,
        "entry_pricing": {"price_side": "same", "use_order_book": False},
    }


class SetsDryRun(_Sets):
    """Turns the live bot into a dry run, whose exits reach no exchange."""

    markets = ("futures", "spot")
    changes: ClassVar = {"dry_run": True}


class SetsRunMode(_Sets):
    """Says that this is a backtest."""

    changes: ClassVar = {"runmode": RunMode.BACKTEST}


class SetsRunModeOther(_Sets):
    """Says that this is a tool that nobody guards."""

    changes: ClassVar = {"runmode": RunMode.UTIL_NO_EXCHANGE}


class SetsTradingMode(_Sets):
    """Says that this is a spot bot."""

    changes: ClassVar = {"trading_mode": TradingMode.SPOT, "margin_mode": ""}


class SetsObjectsModes(Greedy):
    """Says to the bot's objects that this is a spot bot and a dry run."""

    held_by = FROZEN

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self.strike()
        self.exchange._config = {**self.exchange._config, "dry_run": True}
        self.wallets._config = {**self.wallets._config, "dry_run": True}


class ClearsConfig(Greedy):
    """Empties the section "risk" and takes the plugin's own keys out."""

    held_by = FROZEN

    def bot_start(self, **kwargs: Any) -> None:
        self.strike()
        for key in ("risk", "riskplugin", "bot_name", "user_data_dir"):
            self.config.pop(key, None)


class SetsEnvironment(Greedy):
    """Sets freqtrade's environment overrides for the section "risk" while it runs."""

    held_by = "limits are those of the start; the environment is read at the next start only"

    def bot_start(self, **kwargs: Any) -> None:
        self.strike()
        os.environ["FREQTRADE__RISK__LEVERAGE__MAX__MINIMAL"] = "125"
        os.environ["FREQTRADE__RISK__SIZING__BASE_PCT__MINIMAL"] = "100"
        os.environ["FREQTRADE__DRY_RUN"] = "true"


class SetsMaxEntries(Greedy):
    """Changes its own settings: stops, slots, order types' neighbours."""

    held_by = "slots and stop are those of the start"

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self.strike()
        self.max_open_trades = 1_000
        self.stoploss = -0.000001
        self.max_entry_position_adjustment = -1
        self.ignore_buying_expired_candle_after = 10**9
        self.can_short = True
