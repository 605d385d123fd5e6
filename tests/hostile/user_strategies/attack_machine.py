"""The machine under the bot: threads, stack, clocks, logs, signals of the interpreter."""

from __future__ import annotations

import datetime as dt
import logging
import sys
import threading
from typing import Any

import freqtrade.freqtradebot as bot_module
from freqtrade.persistence import Trade
from greedy import MUCH, Greedy

ROOM = "look and record are one step: two threads never share one room"


class _TenThreads(Greedy):
    """Does the same in ten threads at once."""

    held_by = ROOM

    def _one(self, number: int) -> None:
        raise NotImplementedError

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        begin = threading.Barrier(10)

        def run(number: int) -> None:
            begin.wait(5)
            self.strike()
            try:
                self._one(number)
            except Exception as refusal:  # noqa: BLE001
                self.strike(type(refusal).__name__)
            finally:
                Trade.session.remove()  # or freqtrade's pool of connections is empty at last

        threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)


class ThreadsOrder(_TenThreads):
    """Calls create_order from ten threads at once."""

    markets = ("futures", "spot")

    def _one(self, number: int) -> None:
        pairs = self.dp.current_whitelist()
        self.order(pair=pairs[number % len(pairs)], amount=0.05, rate=3_200.0)
        self.order(pair=pairs[2], amount=1.2, rate=150.0)


class ThreadsEnter(_TenThreads):
    """Calls execute_entry from ten threads at once."""

    def _one(self, number: int) -> None:
        pairs = self.dp.current_whitelist()
        self.bot.execute_entry(pairs[number % len(pairs)], 9_000.0)


class OrdersAgainAndAgain(Greedy):
    """Calls create_order ten times in a row, each within the limits."""

    held_by = "what the exchange took counts before the bot has booked it"
    markets = ("futures", "spot")

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        for _ in range(10):
            self.order(amount=0.05, rate=3_200.0, leverage=1.0)


class DeepRecursion(Greedy):
    """Recurses without end in every hook."""

    held_by = "RecursionError is an error like others: entries answer no, exits pass"

    def dig(self, *args: Any, **kwargs: Any) -> Any:
        return self.dig()

    def leverage(self, *args: Any, **kwargs: Any) -> Any:
        self.strike()
        return self.dig()

    custom_stake_amount = confirm_trade_entry = confirm_trade_exit = custom_exit = dig
    should_exit = bot_loop_start = order_filled = adjust_trade_position = dig


class ShallowStack(Greedy):
    """Lets the interpreter have no stack to speak of, within its hooks."""

    held_by = "the recursion limit of the start is put back before freqtrade goes on"

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self.strike()
        depth, frame = 0, sys._getframe()
        while frame is not None:
            depth, frame = depth + 1, frame.f_back
        sys.setrecursionlimit(depth + 15)


class _FakeClock(dt.datetime):
    """Ten days later at each look."""

    ahead = 0

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        _FakeClock.ahead += 10
        return dt.datetime.now(tz) + dt.timedelta(days=_FakeClock.ahead)


class TravelsAhead(Greedy):
    """Gives the bot a clock that runs ahead ten days at each look."""

    held_by = "live, the limits read their own clock and not the time that freqtrade names"

    def bot_start(self, **kwargs: Any) -> None:
        self.strike()
        bot_module.datetime = _FakeClock


class _OldClock(dt.datetime):
    """The year 2000."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return dt.datetime(2000, 1, 1, tzinfo=tz)


class TravelsBack(Greedy):
    """Gives the bot a clock of the year 2000."""

    held_by = "live, the limits read their own clock and not the time that freqtrade names"

    def bot_start(self, **kwargs: Any) -> None:
        self.strike()
        bot_module.datetime = _OldClock


class HugeLogs(Greedy):
    """Logs a megabyte in every callback."""

    held_by = "nothing to hold: refusals are in the ledger, not only in the log"

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self.strike()
        logging.getLogger("hostile").warning("x" * 1_000_000)


class NoLogs(Greedy):
    """Switches all logging off and throws the handlers away."""

    held_by = "refusals are in the ledger, not only in the log"

    def bot_start(self, **kwargs: Any) -> None:
        self.strike()
        logging.disable(logging.CRITICAL)
        for handler in list(logging.root.handlers):
            logging.root.removeHandler(handler)


class LogsThatRaise(Greedy):
    """Lets riskplugin's loggers raise, and gives them something to log in every hook."""

    held_by = "a line that cannot be logged is no reason to do anything else"

    def bot_start(self, **kwargs: Any) -> None:
        self.strike()

        def raises(record: Any) -> bool:
            raise ValueError("hostile")

        for name in list(logging.root.manager.loggerDict):
            if name.startswith("riskplugin"):
                logging.getLogger(name).addFilter(raises)

    def fail(self, *args: Any, **kwargs: Any) -> Any:
        raise ValueError("hostile")

    custom_stake_amount = should_exit = bot_loop_start = adjust_trade_position = fail
    confirm_trade_entry = check_entry_timeout = fail


class ThreadLater(Greedy):
    """Leaves a thread behind that orders while the bot is between two loops."""

    held_by = ROOM

    def bot_start(self, **kwargs: Any) -> None:
        def work() -> None:
            for _ in range(50):
                self.order(amount=0.05, rate=3_200.0, leverage=1.0)
                stop.wait(0.02)

        stop = threading.Event()
        threading.Thread(target=work, daemon=True).start()

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> float:
        return MUCH
