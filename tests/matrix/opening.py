"""Paths by which freqtrade opens a position."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any

from freqtrade.enums import SignalDirection, State
from freqtrade.rpc.rpc import RPCException

from tests.matrix import wishes
from tests.matrix.paths import Path
from tests.matrix.stage import Stage


class SignalEntry(Path):
    name = "signal entry"

    def go(self, stage: Stage) -> None:
        stage.signal()
        stage.loop()


class StaleDataframe(Path):
    name = "stale dataframe"

    def arrange(self, stage: Stage) -> None:
        stage.signal()
        stage.answers["not yet"] = True
        stage.loop()

    def go(self, stage: Stage) -> None:
        del stage.answers["not yet"]
        stage.answers["analysis fails"] = True
        stage.loop()


class ForceEntry(Path):
    name = "force entry"

    def go(self, stage: Stage) -> None:
        stage.force_entry(stake_amount=stage.much)


class ForceEntryLeverage(Path):
    name = "force entry, leverage"

    def go(self, stage: Stage) -> None:
        stake = 250.0 if stage.futures else stage.much
        stage.force_entry(stake_amount=stake, leverage=math.inf)
        stage.force_entry(stake_amount=stake, leverage=40.0)


class ForceEntryPrice(Path):
    name = "force entry, price"
    leaves = True  # a simulated order fills at its own price: the profit of that changes the wallet

    def go(self, stage: Stage) -> None:
        price = stage.price() / wishes.FAR[stage.market]
        stage.force_entry(stake_amount=100.0, price=price, order_type="market")


class ForceEntryShort(Path):
    name = "force entry, short"
    short = True
    leaves = True

    def go(self, stage: Stage) -> None:
        price = stage.price() / wishes.FAR[stage.market]
        side = SignalDirection.SHORT
        stage.force_entry(stake_amount=100.0, price=price, order_type="market", order_side=side)


class Paused(Path):
    name = "paused"
    why = "freqtrade opens nothing while it is paused; running, the same walk does"

    def go(self, stage: Stage) -> None:
        stage.bot.freqtrade.state = State.PAUSED
        self.go_free(stage)

    def go_free(self, stage: Stage) -> None:
        stage.signal()
        stage.loop()
        stage.force_entry(stake_amount=stage.much)


class Stopped(Paused):
    name = "stopped"
    why = "freqtrade opens nothing while it is stopped; running, the same walk does"

    def go(self, stage: Stage) -> None:
        stage.bot.freqtrade.state = State.STOPPED
        self.go_free(stage)


class BeforeStart(Path):
    """The API answers from the moment the bot says RUNNING, before bot_start was called."""

    name = "before start"

    def go(self, stage: Stage) -> None:
        def at_once(strategy: Any) -> None:
            rpc = strategy.dp._DataProvider__rpc._rpc
            with suppress(RPCException):
                rpc._rpc_force_entry(stage.pair(), None, stake_amount=stage.much)

        wishes.when_started(at_once)
        stage.restart()
