"""Paths on which exchange and bot come to disagree about what is held."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from freqtrade.exceptions import TemporaryError

from tests.matrix.paths import Path
from tests.matrix.stage import Stage


class OrderFound(Path):
    name = "order found"
    detected = True
    leaves = True
    not_in_dry_run = "a dry-run has no exchange on which somebody else could trade"

    def arrange(self, stage: Stage) -> None:
        stage.hold("BTC")

    def go(self, stage: Stage) -> None:
        amount = stage.much * stage.leverage / stage.price()
        stage.stranger().create_order(stage.pair(), "market", "buy", amount)
        stage.bot.freqtrade.rpc._rpc._rpc_reload_trade_from_exchange(stage.trade().id)


class DeletedTrade(Path):
    name = "deleted trade"
    enlarges = True
    shut = True
    leaves = True
    not_in_dry_run = "a trade that is deleted in dry-run leaves no position behind"

    def arrange(self, stage: Stage) -> None:
        stage.hold("BTC")

    def go(self, stage: Stage) -> None:
        stage.bot.freqtrade.rpc._rpc._rpc_delete(stage.trade().id)
        stage.force_entry(stake_amount=stage.much)
        stage.signal()
        stage.loop()


class LostOrder(Path):
    """The answer to the first order is lost; the signal stays."""

    name = "lost order"
    leaves = True
    not_in_dry_run = "a dry-run has no exchange whose answer could be lost"

    def go(self, stage: Stage) -> None:
        stage.bot.control.fault("accepted_no_answer", key=stage.key, count=1)
        try:
            stage.signal()
            for _ in range(3):
                stage.loop()
        finally:
            stage.bot.control.clear_faults()


class OrphanOrder(Path):
    """What freqtrade asks between an order and its record fails; the signal stays."""

    name = "orphan order"
    leaves = True
    not_in_dry_run = "an order that a dry-run does not book exists nowhere"

    def go(self, stage: Stage) -> None:
        stage.signal()
        with _no_fees(stage):
            for _ in range(3):
                stage.loop()


@contextmanager
def _no_fees(stage: Stage) -> Iterator[None]:
    def fail(*args: object, **kwargs: object) -> float:
        raise TemporaryError("the exchange does not answer")

    stage.exchange.get_fee = fail
    try:
        yield
    finally:
        del stage.exchange.get_fee
