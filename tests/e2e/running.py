"""A real freqtrade process against the paper exchange, and what its ledger says of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from riskplugin.ledger import open_reader
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ports import LedgerError
from riskplugin.sandbox import Sandbox, freqtrade_exchange_config

#: Long enough for a slow, busy machine; a test that passes never waits for it.
PATIENCE = 120.0

STRATEGY = '''
from freqtrade.strategy import IStrategy
from riskplugin import RiskMixin


class Eager(IStrategy):
    """Wants everything at once, with fifty times the leverage."""

    timeframe = "1m"
    stoploss = -0.99
    minimal_roi = {"0": 10}
    startup_candle_count = 30
    order_types = {
        "entry": "market",
        "exit": "market",
        "stoploss": "market",
        "emergency_exit": "market",
        "stoploss_on_exchange": False,
    }

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def leverage(self, **kwargs):
        return 50.0


class EagerGuarded(RiskMixin, Eager):
    pass
'''


@dataclass
class RunningBot:
    """One bot: its folder, its process, its ledger."""

    folder: Path
    name: str
    config: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None
    starts: int = field(default=0)

    def start(self) -> None:
        """Start the process; the first loop is waited for by the caller's condition."""
        self.starts += 1
        command = [sys.executable, "-m", "freqtrade", "trade", "--config", "config.json"]
        command += ["--strategy", "EagerGuarded", "--userdir", "user_data"]
        with (self.folder / f"bot-{self.starts}.log").open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT, env=_environment()
            )

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End the process by its id, and wait until it is gone."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=PATIENCE)

    def status(self) -> dict[str, Any] | None:
        """What the bot said of itself last, None before its first loop."""
        with self._reader() as reader:
            return None if reader is None else reader.status(self._bot)

    def sessions(self) -> int:
        """How often a session of the plugin began."""
        with self._reader() as reader:
            return 0 if reader is None else len(reader.events(self._bot, kinds=["SessionStarted"]))

    def wait(self, what: str, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first status for which ``condition`` holds; fails with the log's end otherwise."""
        end = time.monotonic() + PATIENCE
        told: dict[str, Any] | None = None
        while time.monotonic() < end:
            told = self.status()
            if told is not None and condition(told):
                return told
            time.sleep(0.2)
        raise AssertionError(f"never: {what}\nlast status: {told}\n{self.log()}")

    def wait_afresh(self, what: str) -> dict[str, Any]:
        """A status that was written after now."""
        before = datetime.now().astimezone()
        return self.wait(what, lambda told: datetime.fromisoformat(told["at"]) > before)

    def log(self, lines: int = 30) -> str:
        """The end of the newest log."""
        text = (self.folder / f"bot-{self.starts}.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    @property
    def _bot(self) -> str:
        return f"{self.name}.dry" if self.config["dry_run"] else self.name

    @contextmanager
    def _reader(self) -> Iterator[LedgerReader | None]:
        url = f"sqlite:///{self.folder / 'user_data' / 'risk.sqlite'}"
        try:
            reader = open_reader(url, base_dir=self.folder)
        except LedgerError:
            yield None
            return
        try:
            yield reader
        finally:
            reader.close()


@contextmanager
def running_bot(
    folder: Path, sandbox: Sandbox, *, name: str, risk: dict[str, Any], **config: Any
) -> Iterator[RunningBot]:
    """A started bot with its own account at the exchange; it is ended when the block is left."""
    (folder / "user_data" / "strategies").mkdir(parents=True)
    (folder / "user_data" / "strategies" / "eager.py").write_text(STRATEGY)
    settings = {
        **freqtrade_exchange_config(
            sandbox.port, trading_mode="futures", key=name, secret=name, name=name
        ),
        "stake_currency": "USDT",
        "stake_amount": "unlimited",
        "max_open_trades": 3,
        "timeframe": "1m",
        "dry_run": False,
        "bot_name": name,
        "initial_state": "running",
        "internals": {"process_throttle_secs": 1},
        "db_url": f"sqlite:///{folder / 'trades.sqlite'}",
        "risk": {"ledger": {"metrics_interval": "1s"}, **risk},
        **config,
    }
    (folder / "config.json").write_text(json.dumps(settings))
    bot = RunningBot(folder, name, settings)
    try:
        bot.start()
        yield bot
    finally:
        bot.stop()


def _environment() -> dict[str, str]:
    root = Path(__file__).resolve().parent.parent.parent
    return {**os.environ, "PYTHONPATH": str(root), "PYTHONUNBUFFERED": "1"}
