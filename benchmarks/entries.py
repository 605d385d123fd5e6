"""B-2, second part: what writing to the ledger takes of one entry of a running bot.

A plain bot and a guarded one buy the same pair in turn, by the bot's own way, in dry-run, with an
exchange that answers from memory at once: a real one takes a hundred times as long, and the share
is smaller by as much. Wall time, because the ledger waits for the disk.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from freqtrade.freqtradebot import FreqtradeBot
from freqtrade.persistence import Trade

from benchmarks.bot import buy
from benchmarks.desk import Desk
from benchmarks.figures import Line, Target
from benchmarks.rounds import Samples, compared, measure, waited

_PAIRS = 10
_LIMITS = {"NORMAL": 0.01, "FULL": 0.05}


def lines(rounds: int) -> list[Line]:
    """The share of the ledger in an entry, NORMAL and FULL."""
    with tempfile.TemporaryDirectory(prefix="riskplugin-bench-") as name:
        desk = Desk(Path(name), _PAIRS)
        try:
            writes = _Stopwatch(desk.session.service._ledger)
            samples = measure(
                {
                    "plain": lambda: _bought(desk.plain),
                    "plain, again": lambda: _bought(desk.plain),
                    "NORMAL": lambda: _written(desk, writes, "NORMAL"),
                    "FULL": lambda: _written(desk, writes, "FULL"),
                },
                rounds,
            )
            desk.check()
        finally:
            desk.close()
    note = f"an entry takes {writes.commits} commits"
    return [*(_share(samples, level, note) for level in _LIMITS), _control(samples)]


class _Stopwatch:
    """Adds up the seconds that appends to a ledger take."""

    def __init__(self, ledger: Any) -> None:
        self.ledger = ledger
        self.spent, self.commits = 0.0, 0
        append: Callable[..., None] = ledger.append

        def timed(*arguments: Any, **named: Any) -> None:
            self.spent += waited(lambda: append(*arguments, **named))
            self.commits += 1

        ledger.append = timed


def _bought(bot: FreqtradeBot) -> float:
    """Seconds of one entry; the trade is taken away again."""
    pair = bot.active_pair_whitelist[0]
    begun = time.perf_counter()
    buy(bot, pair)
    took = time.perf_counter() - begun
    for trade in Trade.get_open_trades():
        trade.delete()
    bot.wallets.update()
    return took


def _written(desk: Desk, writes: _Stopwatch, level: str) -> float:
    """Seconds that the ledger takes of one guarded entry."""
    base = writes.ledger._database
    base.cursor().execute(f"PRAGMA synchronous = {level}")
    base._relaxes = level == "FULL"  # else the end of a relaxed commit would set FULL again
    writes.spent, writes.commits = 0.0, 0
    _bought(desk.guarded)
    if writes.spent == 0.0:
        raise RuntimeError("an entry was made that is not in the ledger")
    return writes.spent


def _share(samples: Samples, level: str, note: str) -> Line:
    return compared(
        samples,
        level,
        "plain",
        id="B-2",
        what=f"the ledger's part of a bot's entry, {level}",
        against="an entry without the plugin, exchange in memory",
        unit="ms",
        scale=1e3,
        target=Target(limit=_LIMITS[level]),
        note=note,
    )


def _control(samples: Samples) -> Line:
    return compared(
        samples,
        "plain, again",
        "plain",
        id="B-2",
        what="A/A control, entry",
        against="itself",
        unit="ms",
        scale=1e3,
    )
