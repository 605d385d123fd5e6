"""Paths by which freqtrade enlarges a position, or moves an order that works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from freqtrade.enums import State
from freqtrade.persistence import PairLocks

from tests.matrix import wishes
from tests.matrix.paths import Path
from tests.matrix.stage import Stage


class ForceEntryOpenTrade(Path):
    name = "force entry, open trade"
    enlarges = True

    def arrange(self, stage: Stage) -> None:
        stage.hold("BTC")

    def go(self, stage: Stage) -> None:
        stage.force_entry(stake_amount=stage.much)


class Increase(Path):
    name = "DCA"
    enlarges = True

    def arrange(self, stage: Stage) -> None:
        stage.hold("BTC")

    def go(self, stage: Stage) -> None:
        self._ask(stage, stage.much)

    def _ask(self, stage: Stage, stake: float) -> None:
        """First as the loop does it, but before it looks at the account; then in a loop."""
        stage.answers["increase"] = {stage.pair(): stake}
        freqtrade = stage.bot.freqtrade
        with freqtrade._exit_lock:
            freqtrade.process_open_trade_positions()
        stage.loop()


class IncreaseInfinite(Increase):
    name = "DCA, infinite"

    def go(self, stage: Stage) -> None:
        self._ask(stage, 1e18)
        self._ask(stage, float("inf"))


class IncreaseUnfilled(Increase):
    name = "DCA, unfilled trade"

    def arrange(self, stage: Stage) -> None:
        stage.orders_are("limit")
        trade = stage.hold("BTC")
        assert trade.has_open_orders


class Replacement(Path):
    """The replacement asks for the same stake at a price far too low: the amount grows with it."""

    name = "replacement"
    enlarges = True

    def arrange(self, stage: Stage) -> None:
        stage.orders_are("limit")
        trade = stage.hold("BTC", 100.0, short=self.short)
        assert trade.has_open_orders

    def go(self, stage: Stage) -> None:
        stage.answers["replace"] = 1 / wishes.FAR[stage.market]
        with _next_candle():
            stage.loop()


@contextmanager
def _next_candle() -> Iterator[None]:
    """An order is replaced once per candle: let one have passed since it was made."""
    later = datetime.now(UTC) + timedelta(minutes=1)
    with patch("freqtrade.freqtradebot.timeframe_to_next_date", lambda *_: later):
        yield


class ReplacementPaused(Replacement):
    name = "replacement, paused"

    def go(self, stage: Stage) -> None:
        stage.bot.freqtrade.state = State.PAUSED
        super().go(stage)


class ReplacementLocked(Replacement):
    name = "replacement, locked"

    def go(self, stage: Stage) -> None:
        PairLocks.lock_pair("*", datetime.now(UTC) + timedelta(hours=1), "a test", side="*")
        super().go(stage)


class ReplacementShort(Replacement):
    name = "replacement, short"
    short = True
    leaves = True  # filled far from the market in dry-run: the loss of that changes the wallet


class Restart(IncreaseUnfilled):
    name = "restart, open order"

    def go(self, stage: Stage) -> None:
        stage.restart()
        self._ask(stage, stage.much)
