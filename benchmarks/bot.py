"""A real FreqtradeBot in dry-run with real trades in SQLite, cut off from its exchange after start.

Imports nothing of riskplugin: whether it is there is the strategy's matter, and B-6 weighs that.
"""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path
from typing import Any

from freqtrade.configuration import Configuration
from freqtrade.enums import RunMode
from freqtrade.freqtradebot import FreqtradeBot
from freqtrade.persistence import Trade

#: The amount that is on offer at the one price.
_DEPTH = 1e9


def start(given: dict[str, Any], mode: RunMode = RunMode.DRY_RUN) -> FreqtradeBot:
    """Build the bot as the worker does; its exchange must answer while this runs."""
    logging.disable(logging.CRITICAL)
    config = Configuration(given, mode).get_config()
    bot = FreqtradeBot(config)
    bot.startup()
    bot.process()
    return bot


def cut_off(bot: FreqtradeBot) -> Counter[str]:
    """Answer the bot's questions from memory from now on; counts them by name."""
    asked: Counter[str] = Counter()
    prices = {pair: _last_close(bot, pair) for pair in bot.active_pair_whitelist}

    def order_book(symbol: str, *_: Any, **__: Any) -> dict[str, Any]:
        asked["order book"] += 1
        level = [prices[symbol], _DEPTH]
        return {"symbol": symbol, "bids": [level], "asks": [level]}

    def refuse(url: str, *_: Any, **__: Any) -> Any:
        asked[url] += 1
        raise RuntimeError(f"a benchmark asked for {url}")

    api = bot.exchange._api
    api.fetch_l2_order_book = order_book
    api.fetch = refuse
    bot.exchange._api_async.fetch = refuse
    return asked


def open_trades(bot: FreqtradeBot, count: int) -> None:
    """Have the bot itself buy until ``count`` trades are open; RuntimeError if it does not."""
    whitelist = bot.active_pair_whitelist
    for pair in whitelist[Trade.get_open_trade_count() : count]:
        buy(bot, pair)
    bot.process()
    if Trade.get_open_trade_count() != count:
        raise RuntimeError(f"{Trade.get_open_trade_count()} trades are open, not {count}")


def buy(bot: FreqtradeBot, pair: str) -> None:
    """A market entry by the bot's own way. Raises RuntimeError if the bot does not make it."""
    if not bot.execute_entry(pair, bot.config["stake_amount"]):
        raise RuntimeError(f"the bot did not buy {pair}")


def _last_close(bot: FreqtradeBot, pair: str) -> float:
    return float(bot.dataprovider.ohlcv(pair, bot.strategy.timeframe)["close"].iat[-1])


def private_memory(kind: str = "Private_") -> float:
    """Megabytes that belong to this process alone (Linux: smaps_rollup).

    Of the ``kind`` "Private_Dirty" only what it has written: a library's code belongs to a process
    alone as soon as the other one that had it mapped has ended.
    """
    rows = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    kilobytes = [int(row.split()[1]) for row in rows if row.startswith(kind)]
    return sum(kilobytes) / 1024
