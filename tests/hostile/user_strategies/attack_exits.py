"""Everything against exits: vetoes, limits that never fill, order types, stops."""

from __future__ import annotations

from typing import Any, ClassVar

from greedy import Greedy

SEALED = "close-all comes out of the sealed should_exit as an emergency exit and asks no hook"


class VetoesForEver(Greedy):
    """Confirms no exit, ever."""

    held_by = SEALED
    markets = ("futures", "spot")

    def custom_exit(self, *args: Any, **kwargs: Any) -> str:
        return "to be vetoed"

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self.strike()

    def confirm_trade_exit(self, *args: Any, **kwargs: Any) -> bool:
        return False


class OnlyWithProfit(Greedy):
    """Exits with a profit of 1000 % only, and its exit signal is always set."""

    held_by = SEALED
    exit_profit_only = True
    exit_profit_offset = 10.0
    ignore_roi_if_entry_signal = True

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        self.strike()
        dataframe["exit_long"] = 1
        return dataframe

    def confirm_trade_exit(self, *args: Any, **kwargs: Any) -> bool:
        return False


class UsesNoExitSignal(VetoesForEver):
    """Uses no exit signal at all, and vetoes the rest."""

    use_exit_signal = False
    markets = ("futures",)


class AnswersNoExit(Greedy):
    """Overrides should_exit: there is never one."""

    held_by = SEALED

    def should_exit(self, *args: Any, **kwargs: Any) -> Any:
        self.strike()
        return []


class ExitsFarAway(Greedy):
    """Exits at ten times the market, with limit orders."""

    held_by = "an emergency exit is a market order and has no price"
    order_types: ClassVar = {**Greedy.order_types, "exit": "limit"}

    def custom_exit_price(self, *args: Any, proposed_rate: float, **kwargs: Any) -> float:
        return 10 * proposed_rate

    def custom_exit(self, *args: Any, **kwargs: Any) -> str:
        self.strike()
        return "far away"

    def adjust_exit_price(self, *args: Any, current_order_rate: float, **kwargs: Any) -> float:
        return 10 * current_order_rate

    def adjust_entry_price(self, *args: Any, current_order_rate: float, **kwargs: Any) -> float:
        return current_order_rate


class EmergencyAtLimit(Greedy):
    """Makes emergency exits limit orders, far from the market, in every callback."""

    held_by = "L3 sends every order of a close-all as a market order"

    def _far(self) -> None:
        self.strike()
        self.order_types = {**self.order_types, "emergency_exit": "limit", "exit": "limit"}

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self._far()

    def check_exit_timeout(self, *args: Any, **kwargs: Any) -> bool:
        self._far()
        return False

    def custom_exit_price(self, *args: Any, proposed_rate: float, **kwargs: Any) -> float:
        return 10 * proposed_rate


class _Forgetful(dict):
    """Says "market" to who asks first and "limit" to who asks next."""

    asked = 0

    def get(self, name: str, otherwise: Any = None) -> Any:
        if name != "emergency_exit":
            return super().get(name, otherwise)
        self.asked += 1
        return "market" if self.asked % 2 else "limit"

    def __setitem__(self, name: str, value: Any) -> None:
        return


class OrderTypesThatLie(Greedy):
    """Has order types that tell us "market" and freqtrade "limit", far from the market."""

    held_by = "L3 sends every order of a close-all as a market order"

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self.strike()
        self.order_types = _Forgetful(self.order_types)

    def custom_exit_price(self, *args: Any, proposed_rate: float, **kwargs: Any) -> float:
        return 10 * proposed_rate


class OrderTypesGone(Greedy):
    """Takes its order types away while it runs."""

    held_by = "what freqtrade needs of the order types is put back before it is needed"

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self.strike()
        self.order_types = None
        self.order_time_in_force = None


class PostOnlyExits(Greedy):
    """Wants its exits filled whole and at once, or not at all."""

    held_by = "an emergency exit is a market order, which has no time in force"

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self.strike()
        self.order_time_in_force = {"entry": "PO", "exit": "PO"}


class StopOnExchangeLater(Greedy):
    """Switches the stop on the exchange on while it runs."""

    held_by = "the stop is cancelled before the exit goes out; it only ever reduces"

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self.strike()
        self.order_types = {**self.order_types, "stoploss_on_exchange": True}


class StopFarAway(Greedy):
    """Moves its stop away to the liquidation price and beyond, in every way there is."""

    held_by = "the tighter of the strategy's stop and the limits' is held in every loop"
    use_custom_stoploss = True
    trailing_stop = True

    def custom_stoploss(self, *args: Any, **kwargs: Any) -> float:
        self.strike()
        return -0.99

    def ft_stoploss_adjust(self, *args: Any, **kwargs: Any) -> None:
        self.strike()


class NeverTimesOut(Greedy):
    """Keeps working orders for ever, with limit entries that do not fill."""

    held_by = "working entries are cancelled as soon as no entry may pass"
    markets = ("futures", "spot")
    order_types: ClassVar = {**Greedy.order_types, "entry": "limit", "exit": "limit"}

    def custom_entry_price(self, *args: Any, proposed_rate: float, **kwargs: Any) -> float:
        self.strike()
        return proposed_rate * 0.985

    def check_entry_timeout(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def check_exit_timeout(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def ft_check_timed_out(self, *args: Any, **kwargs: Any) -> bool:
        return False
