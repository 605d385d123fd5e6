"""A bot is killed with positions open: the watchdog tells, and closes its book at the exchange."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from riskplugin.core import events as ev
from riskplugin.ledger import open_reader
from riskplugin.watchdog import chain_of
from tests.e2e.harness import ROOT, Bot, Exchange, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.spec("EM-3", "AL-3", "RE-1")]

SETTINGS: dict[str, Any] = {
    "interval": "1s",
    "silent_after": "4s",
    "act_after": "6s",
    "action": "exchange",
    "exchange": {"key": "env:WATCH_KEY", "secret": "env:WATCH_SECRET"},
}


class Dog:
    """``riskplugin watchdog`` as a process."""

    def __init__(self, bot: Bot) -> None:
        self.bot, self.log = bot, bot.folder / "watchdog.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *more: str) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(*more),
                stdout=log,
                stderr=log,
                cwd=self.bot.folder,
                env=self.environment(),
            )

    def command(self, *more: str) -> list[str]:
        where = ["-c", str(self.bot.config), "--userdir", str(self.bot.userdir)]
        return [sys.executable, "-m", "riskplugin", "watchdog", *more, *where]

    def environment(self) -> dict[str, str]:
        keys = {"WATCH_KEY": self.bot.name, "WATCH_SECRET": self.bot.name}
        return {**os.environ, **keys, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}

    def run(self, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*more),
            capture_output=True,
            text=True,
            check=False,
            cwd=self.bot.folder,
            env=self.environment(),
        )

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def events(self, *kinds: type[ev.Event]) -> list[Any]:
        reader = open_reader(f"sqlite:///{self.bot.userdir}/risk.sqlite", base_dir=self.bot.userdir)
        try:
            return reader.events(chain_of(self.bot.ledger_name), kinds=kinds or None)
        finally:
            reader.close()

    def acted(self) -> list[str]:
        return [each.step for each in self.events(ev.WatchActed)]

    def raised(self) -> list[str]:
        return [each.name for each in self.events(ev.AlertRaised)]

    def wait(self, what: str, condition: Any) -> Any:
        return wait_for(what, condition, log=self.log)


@contextmanager
def watched(bot: Bot) -> Iterator[Dog]:
    dog = Dog(bot)
    dog.start()
    try:
        dog.wait("its first look", lambda: dog.run("status", "--json").returncode in (0, 1))
        yield dog
    finally:
        dog.stop()


def held(exchange: Exchange, bot: Bot, mode: str) -> dict[str, float]:
    if mode == "futures":
        found = exchange.positions(bot.name)
        return {symbol: float(p["quantity"]) for symbol, p in found.items()}
    balances = exchange.control.accounts()[bot.name]["spot"]["balances"]
    return {
        coin: float(b["free"]) + float(b["locked"])
        for coin, b in balances.items()
        if coin in ("BTC", "ETH", "SOL")
    }


@pytest.mark.parametrize("mode", ["futures", pytest.param("spot", marks=pytest.mark.exhaustive)])
def test_a_killed_bot_is_noticed_and_its_book_closed_at_the_exchange(
    exchange: Exchange, tmp_path: Path, mode: str
) -> None:
    strategy = "EagerGuarded" if mode == "futures" else "EagerSpot"
    name = f"dead{mode}"
    bot = Bot(exchange, tmp_path, strategy, name=name, mode=mode, section={"watchdog": SETTINGS})
    with bot, watched(bot) as dog:
        bot.told("positions", lambda s: len(s.get("positions", ())) >= 2)
        bot.next_loops(4)
        before = held(exchange, bot, mode)
        assert any(before.values())
        assert not dog.acted()
        killed = time.monotonic()
        bot.stop(signal.SIGKILL)
        dog.wait("an alert", lambda: "bot_exposed" in dog.raised())
        noticed = time.monotonic() - killed
        dog.wait("the end", lambda: "end" in dog.acted())
        closed = time.monotonic() - killed
        sys.stdout.write(f"{mode}: noticed after {noticed:.1f} s, closed after {closed:.1f} s\n")
        left = held(exchange, bot, mode)
        worth = max((abs(v) / abs(before[k]) for k, v in left.items() if before.get(k)), default=0)
        assert worth < 0.02, (before, left)
        orders = [e for e in dog.events(ev.WatchActed) if e.step == "close"]
        assert len(orders) >= 2
        assert all(e.order_id for e in orders)
        time.sleep(4)
        assert dog.acted().count("end") == 1
        bot.restart(signal.SIGKILL)
        told = bot.told("latch", lambda s: s["breaker"]["state"] == "latched")
        assert told["breaker"]["latched_by"] == "watchdog"
        assert "silent" in json.dumps(told["breaker"]["reasons"])
        assert not any(
            abs(v) > abs(before[k]) * 0.02
            for k, v in held(exchange, bot, mode).items()
            if before.get(k)
        )
        bot.stop(signal.SIGINT)
        assert len(bot.events(ev.SessionEnded)) == 1, "Ctrl-C is a stop in order, kill -9 is none"
