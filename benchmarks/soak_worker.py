"""One bot of the soak: a day of loops, five seconds apart by its own clock, in dry-run.

Started as ``python -m benchmarks.soak_worker ARGUMENTS HOURS``; prints for every hour the memory
that it has written and the sizes of the files, as JSON. The exchange answers from memory.
"""

from __future__ import annotations

import gc
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from freqtrade.freqtradebot import FreqtradeBot
from freqtrade.persistence import Trade

from benchmarks import walk
from benchmarks.bot import private_memory, start
from benchmarks.clock import Clock

STEP = timedelta(seconds=5)
_DEPTH = 1e9


def main() -> None:
    """Loop for as long as asked."""
    given, hours = json.loads(sys.argv[1]), float(sys.argv[2])
    clock = Clock()
    bot = start(given)
    clock.rule()
    _answer(bot, clock)
    every = max(1, round(min(hours, 1.0) * 3600 / STEP.total_seconds()))
    seen: list[dict[str, Any]] = []
    known = _packages()
    for loop in range(round(hours * 3600 / STEP.total_seconds())):
        clock.passed += STEP
        bot.process()
        if loop == 10:
            clock.rule()  # what was imported since
        if (loop + 1) % every == 0:
            seen.append(_weighed(Path(given["user_data_dir"])))
            seen[-1]["imported"] = sorted(_packages() - known)
            known |= _packages()
    sys.stdout.write(json.dumps({"hours": seen, "trades": _trades()}) + "\n")
    bot.cleanup()


def _answer(bot: FreqtradeBot, clock: Clock) -> None:
    """Candles and order books by the bot's own clock."""
    bases = _bases(bot)

    def now_ms() -> int:
        return int(clock.now().timestamp() * 1000)

    def order_book(symbol: str, *_: Any, **__: Any) -> dict[str, Any]:
        level = [round(walk.price(*bases[symbol], now_ms()), 4), _DEPTH]
        return {"symbol": symbol, "bids": [level], "asks": [level]}

    async def fetch_ohlcv(symbol: str, *_: Any, limit: int = 100, **__: Any) -> Any:
        return walk.candles(*bases[symbol], now_ms(), 5, min(limit, 200))

    def refuse(url: str, *_: Any, **__: Any) -> Any:
        raise RuntimeError(f"the soak asked for {url}")

    bot.exchange._api.fetch_l2_order_book = order_book
    bot.exchange._api.fetch = refuse
    bot.exchange._api_async.fetch_ohlcv = fetch_ohlcv
    bot.exchange._api_async.fetch = refuse


def _bases(bot: FreqtradeBot) -> dict[str, tuple[float, int]]:
    """Of each pair the last price that the paper exchange told, and its number."""
    frames = {pair: bot.dataprovider.ohlcv(pair, "5m") for pair in bot.active_pair_whitelist}
    bot.exchange._klines.clear()
    bot.exchange._pairs_last_refresh_time.clear()
    return {
        pair: (float(frame["close"].iat[-1]), number)
        for number, (pair, frame) in enumerate(frames.items())
    }


def _packages() -> set[str]:
    """What is imported: a jump of the memory is often a library that came in."""
    return {name.partition(".")[0] for name in sys.modules}


def _weighed(folder: Path) -> dict[str, Any]:
    gc.collect()
    # Python's own blocks tell a leak from what the C library makes of the same heap.
    files = [file for file in folder.rglob("*") if file.is_file() and "risk" in file.name]
    return {
        "memory_mb": private_memory("Private_Dirty"),
        "blocks": sys.getallocatedblocks(),
        "ledger_mb": sum(file.stat().st_size for file in files) / 1e6,
    }


def _trades() -> int:
    return len(Trade.get_trades([Trade.is_open.is_(False)]).all())


if __name__ == "__main__":
    main()
