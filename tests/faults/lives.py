"""One generation of a bot that trades wildly until it is killed, in a process of its own.

A child of a fork server: freqtrade is imported already, so a start costs what the bot costs.
"""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from freqtrade.exceptions import FreqtradeException
from freqtrade.rpc.rpc import RPCException

from riskplugin.adapter.guards import OrderGuard
from riskplugin.ledger.proof.signing import generate
from riskplugin.ledger.sql import SqlLedger
from riskplugin.ledger.store.held import Held
from riskplugin.sandbox import ControlClient, Sandbox
from riskplugin.service import RiskService
from tests.adapter.bots import BTC, ETH, SOL, Bot, running

logger = logging.getLogger(__name__)

#: Short cooldown: OPEN, half-open and closed all occur within a life.
SECTION = {
    "breaker": {
        "cooldown": "2s",
        "losing_streak": {"warn": 500, "trip": 1000},
        "system": {"max_consecutive_errors": 50},
        "half_open": {"wins": 1, "max_loss_pct": 5},
    },
    "ledger": {
        "metrics_interval": "1s",
        "checkpoints": {
            "every_records": 5,
            "every": "1s",
            "copy_to": "user_data/checkpoints.jsonl",
        },
    },
}
#: Where a mine may lie: the process ends at its n-th passage, with no chance to tidy up.
POINTS = ("sent", "accepted", "answered", "written", "committed", "settling")


@dataclass(frozen=True)
class Generation:
    """What one child runs on. ``mine`` is a point of :data:`POINTS` and a number, or None."""

    port: int
    folder: Path
    key: str
    futures: bool
    seed: int
    mine: tuple[str, int] | None = None
    #: Stop in order after this many loops; None: trade on until killed.
    loops: int | None = None

    @property
    def acknowledged(self) -> Path:
        """Kind and time of each event whose append has returned, one a line."""
        return self.folder / "acknowledged"

    @property
    def looping(self) -> Path:
        """A file that is there once the bot has looped."""
        return self.folder / f"looping{self.seed}"


def signing_key(folder: Path) -> Path:
    """What the bots of a life sign their records with."""
    return folder / "user_data" / "risk_signing.key"


def checkpoints(folder: Path) -> Path:
    """The copies of what they signed."""
    return folder / "user_data" / "checkpoints.jsonl"


def fork(generation: Generation) -> int:
    """Run a generation in a child; its process id."""
    key = signing_key(generation.folder)
    if not key.exists():
        key.parent.mkdir(exist_ok=True)
        generate(key)
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        _quiet(generation.folder / "log")
        _live(generation)
        code = 0
    except BaseException:  # noqa: BLE001  # a child must never return into the fork server's loop
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _quiet(log: Path) -> None:
    """Output goes to a file; the parent's is its own."""
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(target, 1)
    os.dup2(target, 2)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, force=True)


def _live(generation: Generation) -> None:
    venue = SimpleNamespace(
        port=generation.port,
        settings=SimpleNamespace(tls=True),
        control=ControlClient(f"https://127.0.0.1:{generation.port}"),
    )
    dice = random.Random(generation.seed)
    _acknowledge(generation.acknowledged)
    if generation.mine is not None:
        lay(*generation.mine)
    with running(
        cast(Sandbox, venue),
        generation.folder,
        "Puppet" if generation.futures else "PuppetSpot",
        futures=generation.futures,
        key=generation.key,
        section=SECTION,
    ) as bot:
        pairs = (BTC, ETH, SOL) if generation.futures else ("BTC/USDT", "ETH/USDT", "SOL/USDT")
        turns = 0
        while generation.loops is None or turns < generation.loops:
            turns += 1
            _loop(bot)
            generation.looping.touch()
            if generation.loops is None:
                _act(bot, dice, pairs)


def _loop(bot: Bot) -> None:
    """As freqtrade's worker: what the exchange does wrong is tried again, the rest ends the bot."""
    try:
        bot.loop()
    except FreqtradeException as error:
        logger.warning("loop: %s", error)


def _act(bot: Bot, dice: random.Random, pairs: tuple[str, ...]) -> None:
    """What a restless person does over REST: enter, enlarge, leave."""
    rpc = bot.freqtrade.rpc._rpc
    for _ in range(dice.randint(1, 3)):
        try:
            if dice.random() < 0.6:
                rpc._rpc_force_entry(
                    dice.choice(pairs),
                    None,
                    order_type="market",
                    stake_amount=dice.choice((20.0, 90.0, 9_000.0)),
                    leverage=dice.choice((None, 3.0, 40.0)) if ":" in pairs[0] else None,
                )
            elif bot.trades:
                rpc._rpc_force_exit(str(dice.choice(bot.trades).id), "market")
        except (RPCException, FreqtradeException) as error:
            logger.warning("act: %s", error)


def _acknowledge(file: Path) -> None:
    """Note each event in ``file`` once the ledger says that it is on disk."""
    target = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    append = SqlLedger.append

    def noted(self: SqlLedger, events: Any, state: Any, *, relaxed: bool = False) -> None:
        append(self, events, state, relaxed=relaxed)
        lines = [json.dumps([type(e).__name__, e.at.isoformat()]) + "\n" for e in events]
        os.write(target, "".join(lines).encode())

    SqlLedger.append = noted  # type: ignore[method-assign]


def lay(point: str, passage: int) -> None:
    """End this process with kill -9 when it passes ``point`` for the ``passage``-th time."""
    left = [passage]

    def tread() -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    _MINES[point](tread)


def _around(owner: Any, name: str, tread: Callable[[], None], *, before: bool = False) -> None:
    inner = getattr(owner, name)

    def mined(*args: Any, **kwargs: Any) -> Any:
        if before:
            tread()
        answer = inner(*args, **kwargs)
        if not before:
            tread()
        return answer

    setattr(owner, name, mined)


def _accepted(tread: Callable[[], None]) -> None:
    """The exchange has taken the order, and nobody has written that down."""
    from freqtrade.exchange import Exchange

    _around(Exchange, "create_order", tread)


def _written(tread: Callable[[], None]) -> None:
    """Inside a transaction: its statements have run, its commit has not."""
    write = Held.write

    class Cursor:
        def __init__(self, inner: Any) -> None:
            self._inner = inner

        def execute(self, text: str, *parameters: Any) -> Any:
            if text == "COMMIT":
                tread()
            return self._inner.execute(text, *parameters)

    def mined(self: Held, statements: Any, *, relaxed: bool = False) -> None:
        cursor = self.cursor()
        self._cursor = Cursor(cursor)
        try:
            write(self, statements, relaxed=relaxed)
        finally:
            if self._cursor is not None:
                self._cursor = cursor

    Held.write = mined  # type: ignore[method-assign]


_MINES: dict[str, Callable[[Callable[[], None]], None]] = {
    "sent": lambda tread: _around(RiskService, "order_sent", tread),
    "accepted": _accepted,
    "answered": lambda tread: _around(OrderGuard, "_send", tread),
    "written": _written,
    "committed": lambda tread: _around(Held, "write", tread),
    "settling": lambda tread: _around(SqlLedger, "settle", tread, before=True),
}
