"""Strategies that override hooks in every way Python knows, and want more than the limits give."""

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy

from riskplugin import RiskMixin

MUCH = 1e9


class Unguarded(IStrategy):
    timeframe = "1m"
    can_short = True
    stoploss = -0.99
    minimal_roi = {"0": 100}  # noqa: RUF012  # freqtrade's way
    order_types = {  # noqa: RUF012
        "entry": "market",
        "exit": "market",
        "stoploss": "market",
        "emergency_exit": "market",
        "stoploss_on_exchange": False,
    }
    asked = 0

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe


class Greedy(Unguarded):
    def leverage(self, *args: Any, **kwargs: Any) -> float:
        self.asked += 1
        return 50.0

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> float:
        self.asked += 1
        return MUCH


class Inherits(RiskMixin, Greedy):
    """The documented way."""


class WithoutSuper(RiskMixin, Unguarded):
    def leverage(self, *args: Any, **kwargs: Any) -> float:
        self.asked += 1
        return 50.0

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> float:
        self.asked += 1
        return MUCH


class WithSuper(RiskMixin, Greedy):
    def leverage(self, *args: Any, **kwargs: Any) -> float:
        return 2 * float(super().leverage(*args, **kwargs))

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> float:
        return 2 * float(super().custom_stake_amount(*args, **kwargs))


class Grandchild(WithSuper):
    def leverage(self, *args: Any, **kwargs: Any) -> float:
        return 3 * float(super().leverage(*args, **kwargs))

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> float:
        return 3 * float(super().custom_stake_amount(*args, **kwargs))


class MixinLast(Greedy, RiskMixin):
    """The bases the wrong way round."""


class Swallows(Unguarded):
    """Its __init_subclass__ does not pass the call on."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.swallowed = True


class SwallowsFirst(Swallows, Greedy, RiskMixin):
    """So the mixin never hears of this class."""


class SwallowsLast(RiskMixin, Swallows, Greedy):
    """Here it does."""


class OwnWallets(RiskMixin, Greedy):
    wallets = None


class OwnInit(RiskMixin, Greedy):
    def __init__(self, config: Any) -> None:
        IStrategy.__init__(self, config)


class Static(RiskMixin, Unguarded):
    @staticmethod
    def leverage(**kwargs: Any) -> float:
        return 50.0

    @classmethod
    def custom_stake_amount(cls, **kwargs: Any) -> float:
        return MUCH


class OnTheInstance(RiskMixin, Greedy):
    """Puts its own over the sealed hooks; they are put back in the next loop."""

    def bot_start(self, **kwargs: Any) -> None:
        self.leverage = lambda **kw: 50.0
        self.custom_stake_amount = lambda **kw: MUCH
        self.custom_entry_price = lambda **kw: kw["proposed_rate"]
        self.confirm_trade_entry = lambda **kw: True


class OnTheClass(RiskMixin, Greedy):
    def bot_start(self, **kwargs: Any) -> None:
        for name in ("leverage", "custom_stake_amount", "custom_entry_price"):
            setattr(type(self), name, getattr(Greedy, name))


class SetsSlots(RiskMixin, Greedy):
    """The configuration that a strategy holds is the bot's own."""

    def bot_start(self, **kwargs: Any) -> None:
        self.config["max_open_trades"] = 100
        self.config["risk"] = {"sizing": {"base_pct": {"minimal": 100}}}
        self.config["risk"]["leverage"] = {"max": {"minimal": 125}}


class TakesGuardsAway(RiskMixin, Greedy):
    def bot_loop_start(self, **kwargs: Any) -> None:
        self.wallets.__dict__.pop("validate_stake_amount", None)
        self.dp._exchange.__dict__.pop("create_order", None)


class LooksAround(RiskMixin, Greedy):
    """Notes what stands guard when its bot_start runs."""

    def bot_start(self, **kwargs: Any) -> None:
        self.at_start = (
            type(self.wallets.validate_stake_amount).__name__,
            type(self.dp._exchange.create_order).__name__,
        )


class BrokenExit(RiskMixin, Greedy):
    def should_exit(self, *args: Any, **kwargs: Any) -> Any:
        raise ValueError("no idea")


class Vetoes(RiskMixin, Greedy):
    """Does everything to keep its positions."""

    use_exit_signal = False
    exit_profit_only = True
    exit_profit_offset = 10.0
    position_adjustment_enable = True

    def confirm_trade_exit(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def custom_stoploss(self, *args: Any, **kwargs: Any) -> float:
        return -0.99

    def adjust_trade_position(self, *args: Any, **kwargs: Any) -> float:
        return 100.0


class VetoesWithSignal(Vetoes):
    use_exit_signal = True

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        dataframe["exit_long"] = 1
        return dataframe


class WholeOrderPrice(RiskMixin, Unguarded):
    def adjust_order_price(self, *args: Any, current_order_rate: float, **kwargs: Any) -> float:
        return current_order_rate


class EntryPriceOnly(RiskMixin, Unguarded):
    def adjust_entry_price(self, *args: Any, current_order_rate: float, **kwargs: Any) -> float:
        return current_order_rate


class ExitPriceOnly(RiskMixin, Unguarded):
    def adjust_exit_price(self, *args: Any, current_order_rate: float, **kwargs: Any) -> float:
        return current_order_rate


class SplitsLater(Inherits):
    """Its guarded base class had nothing to say about order prices."""

    def adjust_entry_price(self, *args: Any, current_order_rate: float, **kwargs: Any) -> float:
        return current_order_rate


class StopAfterFill(RiskMixin, Unguarded):
    use_custom_stoploss = True

    def custom_stoploss(  # as people write it: freqtrade looks for the name after_fill
        self,
        pair: str,
        trade: Any,
        current_time: Any,
        current_rate: float,
        current_profit: float,
        after_fill: bool,
        **kwargs: Any,
    ) -> float:
        return -0.1


class StopWithoutFill(RiskMixin, Unguarded):
    use_custom_stoploss = True

    def custom_stoploss(self, pair: str, trade: Any, current_time: Any, current_rate: float,
                        current_profit: float, **kwargs: Any) -> float:  # fmt: skip
        return -0.1
