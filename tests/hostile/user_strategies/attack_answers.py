"""Answers that are no answers, one kind a strategy, in every hook."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import numpy as np
from greedy import Greedy


class _Says(Greedy):
    """Answers the same in every hook."""

    held_by = "L1: only a finite number, an exact yes, or None is an answer; L2 and L3 again"
    use_custom_stoploss = True
    use_custom_roi = True
    word: ClassVar[Any] = None

    def say(self) -> Any:
        self.strike()
        return self.word

    def leverage(self, *args: Any, **kwargs: Any) -> Any:
        return self.say()

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> Any:
        return self.say()

    def adjust_trade_position(self, *args: Any, **kwargs: Any) -> Any:
        return self.say()

    def custom_entry_price(self, *args: Any, **kwargs: Any) -> Any:
        return self.say()

    def custom_exit_price(self, *args: Any, **kwargs: Any) -> Any:
        return self.say()

    def adjust_order_price(self, *args: Any, **kwargs: Any) -> Any:
        return self.say()

    def confirm_trade_entry(self, *args: Any, **kwargs: Any) -> Any:
        return self.say()

    def confirm_trade_exit(self, *args: Any, **kwargs: Any) -> Any:
        return self.say()

    def custom_stoploss(self, *args: Any, **kwargs: Any) -> Any:
        return self.say()

    def custom_roi(self, *args: Any, **kwargs: Any) -> Any:
        return self.say()

    def custom_exit(self, *args: Any, **kwargs: Any) -> Any:
        return self.say()

    def check_entry_timeout(self, *args: Any, **kwargs: Any) -> Any:
        return self.say()

    def check_exit_timeout(self, *args: Any, **kwargs: Any) -> Any:
        return self.say()

    def order_filled(self, *args: Any, **kwargs: Any) -> Any:
        return self.say()

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> Any:
        return self.say()


class SaysNaN(_Says):
    """Answers NaN in every hook."""

    word = float("nan")
    markets = ("futures", "spot")


class SaysInfinity(_Says):
    """Answers infinity in every hook."""

    word = float("inf")
    markets = ("futures", "spot")


class SaysHuge(_Says):
    """Answers 1e300 in every hook."""

    word = 1e300


class SaysNothing(_Says):
    """Answers None in every hook."""

    word = None


class SaysText(_Says):
    """Answers a text with digits in every hook."""

    word = "1000000"


class SaysTuple(_Says):
    """Answers tuples, also of the wrong length, in every hook."""

    word = (1e9, "tag", 3)


class SaysDecimal(_Says):
    """Answers a Decimal in every hook."""

    word = Decimal("1e9")


class SaysNumpy(_Says):
    """Answers numpy's numbers and arrays in every hook."""

    def say(self) -> Any:
        self.strike()
        kinds = (np.float64(1e9), np.float64("nan"), np.array([1e9, 1]), np.int64(10**9))
        return kinds[len(self.blows) % len(kinds)]


class SaysBool(_Says):
    """Answers True in every hook."""

    word = True


class SaysMoreEachTime(_Says):
    """Answers an object that is asked again, and says more, at every use."""

    class _Grows:
        asked = 0

        def __float__(self) -> float:
            self.asked += 1
            return 1.0 if self.asked < 2 else 1e9

        __int__ = __index__ = lambda self: int(float(self))

        def __gt__(self, other: Any) -> bool:
            return True

        __ge__ = __lt__ = __le__ = __gt__

    def say(self) -> Any:
        self.strike()
        return self._Grows()


class _Liar(float):
    """A float that says yes to every comparison, and is a thousand times itself in products."""

    def __le__(self, other: Any) -> bool:
        return True

    __lt__ = __ge__ = __gt__ = __le__

    def __mul__(self, other: Any) -> float:
        return _Liar(float(self) * float(other) * 1000)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> float:
        return _Liar(float(self) / float(other) * 1000)


class SaysLyingFloat(_Says):
    """Answers floats whose comparisons and products lie."""

    held_by = "L1 hands on plain floats only; no answer is used in arithmetic"

    def leverage(self, *args: Any, **kwargs: Any) -> Any:
        self.strike()
        return _Liar(20.0)

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> Any:
        return _Liar(100.0)

    def adjust_trade_position(self, *args: Any, **kwargs: Any) -> Any:
        return _Liar(50.0)

    def custom_entry_price(self, *args: Any, proposed_rate: float, **kwargs: Any) -> Any:
        return _Liar(proposed_rate)

    def custom_exit_price(self, *args: Any, proposed_rate: float, **kwargs: Any) -> Any:
        return _Liar(proposed_rate)

    def adjust_order_price(self, *args: Any, current_order_rate: float, **kwargs: Any) -> Any:
        return _Liar(current_order_rate)

    def confirm_trade_entry(self, *args: Any, **kwargs: Any) -> Any:
        return True

    def confirm_trade_exit(self, *args: Any, **kwargs: Any) -> Any:
        return True


class LyingFloatOnly(Greedy):
    """Answers sizes whose comparisons and products lie, and only those."""

    held_by = "L1 hands on plain floats only; L3 looks at the order's figures again"

    def leverage(self, *args: Any, **kwargs: Any) -> Any:
        self.strike()
        return _Liar(20.0)

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> Any:
        return _Liar(100.0)


class LyingPriceOnly(Greedy):
    """Answers an entry price whose comparisons and products lie, and only that."""

    held_by = "L1 hands on plain floats only; L3 values the order at the market's price"

    def custom_entry_price(self, *args: Any, proposed_rate: float, **kwargs: Any) -> Any:
        self.strike()
        return _Liar(proposed_rate)
