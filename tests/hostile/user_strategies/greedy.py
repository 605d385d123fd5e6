"""What every hostile strategy here derives from: it asks for everything, in every loop."""

from __future__ import annotations

from typing import Any, ClassVar

from freqtrade.strategy import IStrategy

MUCH = 1e9


class Greedy(IStrategy):
    """Enters whatever the market, adds to whatever it has, with all the money and 50x."""

    timeframe = "1m"
    stoploss = -0.99
    minimal_roi: ClassVar = {"0": 100}
    position_adjustment_enable = True
    process_only_new_candles = False
    startup_candle_count = 30
    order_types: ClassVar = {
        "entry": "market",
        "exit": "market",
        "stoploss": "market",
        "emergency_exit": "market",
        "stoploss_on_exchange": False,
    }
    #: What an attack notes when it really struck. Of the class: copies and proxies share it.
    blows: ClassVar[list[str]] = []

    def strike(self, blow: str = "struck") -> None:
        Greedy.blows.append(blow)

    @property
    def exchange(self) -> Any:
        """The bot's exchange, as any strategy can reach it."""
        return self.dp._exchange

    @property
    def rpc(self) -> Any:
        """The bot's remote control, as any strategy can reach it."""
        return self.dp._DataProvider__rpc._rpc

    @property
    def bot(self) -> Any:
        """The bot itself."""
        return self.rpc._freqtrade

    def order(self, create: Any = None, *, pair: str | None = None, **how: Any) -> Any:
        """A large order, past everything that freqtrade would ask before."""
        create = create or self.exchange.create_order
        sound = {
            "pair": pair or self.dp.current_whitelist()[1],
            "ordertype": "market",
            "side": "buy",
            "amount": 1.0,
            "rate": 3_200.0,
            "leverage": 20.0,
            "reduceOnly": False,
            "time_in_force": "GTC",
        }
        self.strike("ordered")
        try:
            return create(**{**sound, **how})
        except Exception as refusal:  # noqa: BLE001
            return refusal

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> Any:
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe

    def leverage(self, *args: Any, **kwargs: Any) -> Any:
        return 50.0

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> Any:
        return MUCH

    def adjust_trade_position(self, *args: Any, **kwargs: Any) -> Any:
        return MUCH


class Tame(Greedy):
    """Holds one small position and wants no more: what a hostile strategy finds."""

    position_adjustment_enable = False

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> Any:
        if metadata["pair"].startswith("BTC"):
            dataframe["enter_long"] = 1
        return dataframe

    def leverage(self, *args: Any, **kwargs: Any) -> float:
        return 3.0

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> float:
        return 30.0
