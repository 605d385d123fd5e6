"""One real bot in live mode at the paper exchange: loops, buys and sells when asked to.

Started as ``python -m benchmarks.live_worker ARGUMENTS HELD``. Answers to ``loop`` with the seconds
that passed, to ``buy PAIR`` with the clock's nanoseconds when the entry was begun.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime

from freqtrade.enums import ExitCheckTuple, ExitType, RunMode
from freqtrade.freqtradebot import FreqtradeBot
from freqtrade.persistence import Trade

from benchmarks.asked import serve
from benchmarks.bot import buy, open_trades, start


def main() -> None:
    """Start the bot, have it hold what it should, and do as asked."""
    bot = start(json.loads(sys.argv[1]), RunMode.LIVE)
    open_trades(bot, int(sys.argv[2]))
    try:
        serve(
            {
                "loop": lambda: _loop(bot),
                "buy": lambda pair: _buy(bot, pair),
                "sell": lambda pair: _sell(bot, pair),
                "sound": lambda: _sound(bot),
            }
        )
    finally:
        bot.cleanup()


def _loop(bot: FreqtradeBot) -> float:
    begun = time.perf_counter()
    bot.process()
    return time.perf_counter() - begun


def _buy(bot: FreqtradeBot, pair: str) -> int:
    """As a signal does it. The clock is the machine's: the exchange's process reads the same."""
    begun = time.perf_counter_ns()
    buy(bot, pair)
    return begun


def _sell(bot: FreqtradeBot, pair: str) -> int:
    """Close what was bought; the loop after it lets everybody see that."""
    for trade in Trade.get_trades([Trade.is_open.is_(True), Trade.pair == pair]).all():
        how = ExitCheckTuple(exit_type=ExitType.FORCE_EXIT)
        bot.execute_trade_exit(trade, trade.open_rate, how, ordertype="market")
        if trade.is_open:
            raise RuntimeError(f"{pair} was not sold")
    bot.process()
    return 0


def _sound(bot: FreqtradeBot) -> str:
    """Why the guarded bot went another way than it should have, or nothing."""
    bot.strategy.bot_loop_start(current_time=datetime.now(UTC))
    if "riskplugin" not in sys.modules:
        return ""
    from riskplugin.adapter.registry import session_of

    session = session_of(bot.strategy)
    if session is None:
        return "not guarded"
    state = session.service.state
    return f"{state.last_fault or ''}{'halted' if session.halted else ''}"


if __name__ == "__main__":
    main()
