"""One account of the kill runs: generation after generation of bots on one ledger, each of them
disturbed and killed, and what may be asked of both afterwards.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from riskplugin.core.state import RiskState
from riskplugin.ledger import open_reader
from riskplugin.ledger.proof.checkpoints import read_copies
from riskplugin.ledger.proof.signing import PublicKey
from riskplugin.ports import LedgerError
from riskplugin.sandbox import ControlClient
from tests.faults.audit import Findings, Proof, audit
from tests.faults.lives import POINTS, Generation, checkpoints, fork, signing_key

LONGEST_S = 2.5
PATIENCE_S = 60.0
COMMANDS = ("trip", "close-all", "emergency-on")
#: What lets trading go on again, tried twice as often as what stops it.
REMEDIES = ("rearm", "emergency-off")
PERSON = "kills"


class Life:
    """One account, one ledger, and generation after generation of bots on them."""

    def __init__(self, number: int, port: int, folder: Path, dice: random.Random) -> None:
        self.dice, self.folder, self.port = dice, folder, port
        self.key = f"life{number}"
        self.futures = number % 3 != 2
        self.control = ControlClient(f"https://127.0.0.1:{port}")
        self.ledger = folder / "user_data" / "risk.sqlite"

    def kill_one(self) -> bool:
        """A generation begins, things happen, it is killed; True when at a chosen point."""
        mine = None
        if self.dice.random() < 0.5:
            mine = (self.dice.choice(POINTS), self.dice.randint(1, 5))
        generation = self._generation(mine)
        child = fork(generation)
        ended = False
        if self.dice.random() < 0.8:  # else the start itself is what is cut short
            ended = self._wait_for_a_loop(generation, child)
        now = time.monotonic()
        end = now + (LONGEST_S if mine else self.dice.uniform(0, LONGEST_S))
        disturbed = now + self.dice.uniform(0, LONGEST_S / 2)
        while not ended and time.monotonic() < end:
            if time.monotonic() >= disturbed:
                self._disturb()
                disturbed = end
            time.sleep(0.01)
            ended = _ended(child)
        if not ended:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        return bool(mine and ended)

    def _wait_for_a_loop(self, generation: Generation, child: int) -> bool:
        """Until it has looped once; True when it has ended before."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and not generation.looping.exists():
            if _ended(child):
                return True
            time.sleep(0.01)
        return False

    def come_back(self) -> bool:
        """A last generation loops and ends in order."""
        child = fork(self._generation(None, loops=3))
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status) == 0
            time.sleep(0.02)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return False

    def audit(self) -> Findings:
        """The ledger against the exchange."""
        time.sleep(0.05)  # a request that was on its way arrives
        account = self.control.accounts().get(self.key, {})
        held = account.get("futures", {}).get("positions", {})
        positions = {symbol: p for symbol, p in held.items() if float(p["quantity"])}
        if not self.ledger.exists():
            return Findings()
        told = self.folder / "acknowledged"
        lines = told.read_text().splitlines(keepends=True) if told.exists() else []
        whole = [tuple(json.loads(line)) for line in lines if line.endswith("\n")]
        try:
            return audit(
                f"sqlite:///{self.ledger}",
                self.key,
                self.control.orders(self.key),
                positions,
                acknowledged=whole,
                proof=self._proof(),
            )
        except LedgerError as error:
            if whole:
                raise
            return Findings() if "holds no risk ledger" in str(error) else _unreadable(error)

    def _proof(self) -> Proof:
        """The key that its bots sign with, and the copies of their checkpoints."""
        public = PublicKey.parse(Path(f"{signing_key(self.folder)}.pub").read_text())
        file = checkpoints(self.folder)
        return Proof((public,), tuple(read_copies(file)[0] if file.exists() else ()))

    def unexplained(self, found: Findings) -> list[str]:
        """What the exchange holds beyond the bot's trades while the bot would enter again.

        A person who re-arms over an order of unknown fate has taken that upon himself.
        """
        waived = [e for e in found.events if isinstance(e, ev.IntentResolved) and PERSON in e.how]
        if is_shut(found.state) or waived:
            return []
        account = self.control.accounts()[self.key]
        if self.futures:
            positions = account["futures"]["positions"].items()
            held = {symbol: abs(float(p["quantity"])) for symbol, p in positions}
        else:
            balances = account["spot"]["balances"].items()
            totals = {f"{a}USDT": float(b["free"]) + float(b["locked"]) for a, b in balances}
            held = {symbol: total for symbol, total in totals.items() if symbol != "USDTUSDT"}
        known = _booked(self.folder / "trades.sqlite")
        return [
            f"the exchange holds {amount} {symbol}, the bot's trades {known.get(symbol, 0.0)}"
            for symbol, amount in held.items()
            if amount - known.get(symbol, 0.0) > _dust(symbol)
        ]

    def _disturb(self) -> None:
        happening = self.dice.random()
        if happening < 0.15:
            self.control.price(None, 0.99)
        elif happening < 0.35:
            self.control.fault(
                self.dice.choice(("accepted_no_answer", "reject", "http_500")),
                key=self.key, method="POST", match="order", count=1,
            )  # fmt: skip
        elif happening < 0.5 and self.ledger.exists():
            self._order(self.dice.choice(COMMANDS))
        elif self.ledger.exists():
            self._order(*REMEDIES)

    def _order(self, *commands: str) -> None:
        """Leave commands for the bot; whoever re-arms has looked whether anything is in doubt."""
        try:
            reader = open_reader(f"sqlite:///{self.ledger}", base_dir=self.folder)
        except LedgerError:  # not made yet
            return
        try:
            state = reader.state(self.key)
            doubtful = state is None or state.unresolved or state.distrust is not None
            if not (doubtful and commands == REMEDIES):
                for command in commands:
                    reader.post_control(self.key, command, PERSON, "test")
        finally:
            reader.close()

    def _generation(self, mine: tuple[str, int] | None, loops: int | None = None) -> Generation:
        seed = self.dice.randrange(2**32)
        return Generation(self.port, self.folder, self.key, self.futures, seed, mine, loops)


def is_shut(state: RiskState) -> bool:
    """No entry passes: the breaker stands open, or an order's fate or the balance is in doubt."""
    shut = state.breaker in (BreakerState.OPEN, BreakerState.LATCHED)
    return shut or state.distrust is not None or bool(state.unresolved)


def _booked(file: Path) -> dict[str, float]:
    """Amounts of the bot's open trades by symbol."""
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("select pair, amount from trades where is_open = 1").fetchall()
    booked: dict[str, float] = {}
    for pair, amount in rows:
        symbol = pair.partition(":")[0].replace("/", "")
        booked[symbol] = booked.get(symbol, 0.0) + amount
    return booked


def _dust(symbol: str) -> float:
    """What rounding leaves of a spot sale: less than a step of the market for each."""
    return {"BTCUSDT": 1e-4, "ETHUSDT": 1e-3}.get(symbol, 5e-2)


def _unreadable(error: LedgerError) -> Findings:
    return Findings(records=[f"the ledger cannot be read: {error}"])


def _ended(child: int) -> bool:
    return bool(os.waitpid(child, os.WNOHANG)[0])
