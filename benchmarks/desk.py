"""Two bots in this process over one database with the same trades, one of them behind riskplugin.

The exchange answers both from memory at once, so that nothing but work is measured, and its
questions are counted. riskplugin writes its metrics in every loop, as it would at freqtrade's usual
pace of one loop in five seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from freqtrade.freqtradebot import FreqtradeBot

from benchmarks.bot import cut_off, open_trades, start
from benchmarks.decision import ALLOWED
from benchmarks.host import arguments, pairs, sandbox, write_config
from benchmarks.rounds import collected
from benchmarks.samples import request
from riskplugin.adapter.registry import session_of
from riskplugin.adapter.session import RiskSession
from riskplugin.core.breaker import BreakerState


class Desk:
    """The two bots."""

    def __init__(self, folder: Path, watched: int) -> None:
        with sandbox(watched) as exchange:
            file = write_config(
                folder,
                exchange.port,
                pairs(watched),
                max_open_trades=watched,
                timeframe="1d",
                db_url=f"sqlite:///{folder / 'trades.sqlite'}",
            )
            self.starts: dict[str, float] = {}
            self.plain = self._started(arguments(file, "Hold"), "plain")
            self.guarded = self._started(arguments(file, "HoldGuarded"), "guarded")
        self._asked = {
            id(self.plain): cut_off(self.plain),
            id(self.guarded): cut_off(self.guarded),
        }
        session = session_of(self.guarded.strategy)
        if session is None:
            raise RuntimeError("the strategy is not guarded")
        self.session: RiskSession = session
        session.service.samples.interval = timedelta(0)

    def hold(self, count: int) -> None:
        """Have the plain bot buy until ``count`` trades are open; the guarded one sees them too."""
        open_trades(self.plain, count)
        self.guarded.wallets.update()
        self.guarded.process()
        self.check()

    def check(self) -> None:
        """Raise RuntimeError when the guarded loop went another way than it should."""
        state = self.session.service.state
        if self.session.halted or state.breaker is not BreakerState.CLOSED:
            raise RuntimeError(f"the breaker is not closed: {state}")
        if state.consecutive_errors:
            raise RuntimeError(f"faults: {state.last_fault}")

    def tick(self) -> None:
        """The plugin's own look at the account: all that it does before the loop itself begins."""
        self.guarded.strategy.bot_loop_start(current_time=datetime.now(UTC))

    def decide(self) -> None:
        """A question as an entry asks it: a look at the book, then the decision."""
        at = datetime.now(UTC)
        pair = self.plain.active_pair_whitelist[0]
        question = replace(request(ALLOWED), at=at, pair=pair, leverage=1.0, can_liquidate=False)
        self.session.service.decide(question, self.session.look(at), "stake", final=False)

    def _started(self, given: dict[str, Any], arm: str) -> FreqtradeBot:
        """A bot that has looped once; what that took is kept: CPU of this thread alone."""
        with collected():
            begun = time.thread_time()  # the paper exchange works in another one
            bot = start(given)
            self.starts[arm] = time.thread_time() - begun
        return bot

    def calls(self, bot: FreqtradeBot, work: Callable[[], object]) -> int:
        """How often ``bot`` asks its exchange while ``work`` is done."""
        asked = self._asked[id(bot)]
        asked.clear()
        work()
        return asked.total()

    def close(self) -> None:
        """Release exchange and database."""
        for bot in (self.guarded, self.plain):
            bot.cleanup()
        self.session.service.close()
