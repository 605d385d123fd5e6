"""Exceptions of every kind, out of every hook."""

from __future__ import annotations

from typing import Any

from freqtrade.exceptions import OperationalException, StrategyError
from greedy import Greedy


class _Raises(Greedy):
    """Raises the same in every hook, once it has entered nothing."""

    held_by = "one boundary around every hook: entries answer no, exits pass"
    use_custom_stoploss = True
    use_custom_roi = True
    kind: type[BaseException] = Exception

    def fail(self, *args: Any, **kwargs: Any) -> Any:
        self.strike()
        raise self.kind("hostile")

    leverage = custom_stake_amount = adjust_trade_position = custom_entry_price = fail
    custom_exit_price = adjust_order_price = confirm_trade_entry = confirm_trade_exit = fail
    custom_stoploss = custom_roi = custom_exit = check_entry_timeout = fail
    check_exit_timeout = order_filled = bot_loop_start = fail


class RaisesException(_Raises):
    """Raises Exception in every hook."""

    markets = ("futures", "spot")


class RaisesStrategyError(_Raises):
    """Raises freqtrade's StrategyError in every hook."""

    kind = StrategyError


class RaisesOperational(_Raises):
    """Raises freqtrade's OperationalException, which stops a bot, in every hook."""

    kind = OperationalException


class RaisesSystemExit(_Raises):
    """Raises SystemExit in every hook, so that the process ends before it can exit."""

    held_by = "the boundary takes SystemExit of a hook for what it is: a fault of the strategy"
    kind = SystemExit


class RaisesGeneratorExit(_Raises):
    """Raises GeneratorExit, which is no Exception, in every hook."""

    held_by = "the boundary takes every BaseException but KeyboardInterrupt for a fault"
    kind = GeneratorExit


class _Own(BaseException):
    """An exception that is no Exception."""


class RaisesBaseException(_Raises):
    """Raises an own BaseException in every hook."""

    held_by = "the boundary takes every BaseException but KeyboardInterrupt for a fault"
    kind = _Own


class RaisesKeyboardInterrupt(_Raises):
    """Raises KeyboardInterrupt, as a person's Ctrl-C, in every hook."""

    held_by = "nothing: a person's Ctrl-C looks the same; the bot ends, a restart goes on"
    outcome = "ends"
    kind = KeyboardInterrupt


class RaisesWhileRaising(_Raises):
    """Raises exceptions whose text cannot be made."""

    held_by = "what an exception says is only read where that may fail"

    class _Mute(Exception):
        def __str__(self) -> str:
            raise ValueError("no text")

        __repr__ = __str__

    kind = _Mute


class RaisesInExits(Greedy):
    """Raises in everything that has to do with exits, and enters as it likes."""

    held_by = "L1: a broken exit hook gives way to freqtrade's own; close-all asks no hook"

    def fail(self, *args: Any, **kwargs: Any) -> Any:
        self.strike()
        raise ValueError("hostile")

    should_exit = custom_exit = confirm_trade_exit = custom_exit_price = custom_stoploss = fail
    check_exit_timeout = min_roi_reached = ft_stoploss_reached = fail


class RaisesInSignals(Greedy):
    """Raises where freqtrade asks for signals and has no wrapper around the call."""

    held_by = "sealed as every hook: no signal is the answer"

    def fail(self, *args: Any, **kwargs: Any) -> Any:
        self.strike()
        raise ValueError("hostile")

    get_exit_signal = get_entry_signal = is_pair_locked = fail


class RaisesInInformativePairs(Greedy):
    """Raises in informative_pairs, which freqtrade asks before the loop looks at any position."""

    held_by = "sealed as every hook: no further pairs is the answer"
    raising = False

    def informative_pairs(self) -> Any:
        self.strike()
        raise ValueError("hostile")


class RaisesInFrames(Greedy):
    """Raises in populate_*, so that no candle is ever analysed."""

    held_by = "freqtrade goes on with the exits; the position's price comes from the order book"

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        self.strike()
        raise SystemError("hostile")

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        raise ValueError("hostile")
