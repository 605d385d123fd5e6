"""More, larger and other entries than were approved, by freqtrade's own ways."""

from __future__ import annotations

from typing import Any, ClassVar

from greedy import MUCH, Greedy

LATER = "L2 judges what freqtrade is about to stake, L3 what it is about to send"


class Ladder(Greedy):
    """Adds to its position at every chance, without end."""

    held_by = "a position has one size, however many entries made it"
    markets = ("futures", "spot")
    max_entry_position_adjustment = -1
    rungs = (20.0, MUCH, float("inf"), -1.0, (MUCH, "rung"), 5.0)

    def adjust_trade_position(self, *args: Any, **kwargs: Any) -> Any:
        self.strike()
        return self.rungs[len(self.blows) % len(self.rungs)]

    def order_filled(self, *args: Any, **kwargs: Any) -> None:
        self.bot.process_open_trade_positions()


class PartialExitsAndBack(Greedy):
    """Sells twice what it has and buys back more, in turn."""

    held_by = "a decrease never sells more than everything; an increase is an entry"

    def adjust_trade_position(self, trade: Any, *args: Any, **kwargs: Any) -> Any:
        self.strike()
        return -2 * trade.stake_amount if len(self.blows) % 2 else MUCH


class InternalAdjustment(Greedy):
    """Overrides freqtrade's own frame around adjust_trade_position."""

    held_by = LATER

    def _adjust_trade_position_internal(self, *args: Any, **kwargs: Any) -> Any:
        self.strike()
        return MUCH, "hostile"


class _Priced(Greedy):
    """Enters at its own price."""

    held_by = "an order is valued at the higher of its own price and the market's"
    order_types: ClassVar = {**Greedy.order_types, "entry": "limit"}
    factor = 1.0

    def bot_start(self, **kwargs: Any) -> None:
        self.config["custom_price_max_distance_ratio"] = 99.0

    def custom_entry_price(self, *args: Any, proposed_rate: float, **kwargs: Any) -> float:
        self.strike()
        return proposed_rate * self.factor

    def adjust_entry_price(self, *args: Any, current_order_rate: float, **kwargs: Any) -> float:
        return current_order_rate * self.factor


class EntersFarBelow(_Priced):
    """Enters at a hundredth of the market, which buys a hundred times as much."""

    factor = 0.01
    markets = ("futures", "spot")


class EntersFarAbove(_Priced):
    """Enters at a hundred times the market."""

    factor = 100.0


class ChangesTheOrderType(Greedy):
    """Prices as a limit order far below, then makes it a market order."""

    held_by = "an order is valued at the higher of its own price and the market's"
    order_types: ClassVar = {**Greedy.order_types, "entry": "limit"}

    def custom_entry_price(self, *args: Any, proposed_rate: float, **kwargs: Any) -> float:
        return proposed_rate * 0.01

    def confirm_trade_entry(self, *args: Any, **kwargs: Any) -> bool:
        self.strike()
        self.order_types = {**self.order_types, "entry": "market"}
        return True


class EntersInBotStart(Greedy):
    """Enters before the first loop, with freqtrade's own execute_entry."""

    held_by = "the guards stand before bot_start runs"
    markets = ("futures", "spot")

    def bot_start(self, **kwargs: Any) -> None:
        for pair in self.dp.current_whitelist():
            self.strike()
            try:
                self.bot.execute_entry(pair, 9_000.0, leverage_=20.0)
            except Exception:  # noqa: BLE001
                self.strike("refused")


class EntersInOtherHooks(Greedy):
    """Enters within its other callbacks, again and again."""

    held_by = "one room for all entries, whoever makes them"

    def _enter(self) -> None:
        for pair in self.dp.current_whitelist():
            self.strike()
            try:
                self.bot.execute_entry(pair, 9_000.0)
            except Exception:  # noqa: BLE001
                self.strike("refused")

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self._enter()

    def custom_exit(self, *args: Any, **kwargs: Any) -> None:
        self._enter()

    def check_exit_timeout(self, *args: Any, **kwargs: Any) -> bool:
        self._enter()
        return False


class EntersWithinAnEntry(Greedy):
    """Begins another entry between the approval and the order of the first."""

    held_by = "an approval is good for one order of its pair"
    inside = False

    def confirm_trade_entry(self, *args: Any, **kwargs: Any) -> bool:
        self.strike()
        if not self.inside:
            self.inside = True
            try:
                for pair in self.dp.current_whitelist():
                    self.bot.execute_entry(pair, 9_000.0)
            except Exception:  # noqa: BLE001
                self.strike("refused")
            finally:
                self.inside = False
        return True


class DeletesLocks(Greedy):
    """Deletes and unlocks all locks, and says that no pair is locked."""

    held_by = "locks only tell; what refuses entries is the breaker itself"

    def is_pair_locked(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        from freqtrade.persistence import PairLocks

        self.strike()
        for pair in self.dp.current_whitelist():
            self.unlock_pair(pair)
            self.rpc._rpc_delete_lock(pair=pair)
        for lock in PairLocks.get_all_locks():
            lock.active = False
        self.rpc._rpc_delete_lock(pair="*")


class Overslept(Greedy):
    """Sleeps in its callbacks for longer than a price is good for."""

    held_by = "what was approved is looked at again when the order leaves"

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> float:
        self._sleep()
        return MUCH

    def confirm_trade_entry(self, *args: Any, **kwargs: Any) -> bool:
        self._sleep()
        return True

    def _sleep(self) -> None:
        import time

        self.strike()
        time.sleep(0.2)
