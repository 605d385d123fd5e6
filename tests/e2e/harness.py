"""A paper exchange and real bots as processes. Every wait is for a condition, every end by pid."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from riskplugin.core.events import Event
from riskplugin.ledger import open_reader
from riskplugin.ports import LedgerError
from riskplugin.sandbox import ControlClient, freqtrade_exchange_config

ROOT = Path(__file__).resolve().parents[2]
STRATEGIES = Path(__file__).parent / "user_strategies"
PAIRS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")
PATIENCE_S = 90.0
T = TypeVar("T")


def wait_for(
    what: str,
    condition: Callable[[], T | None],
    *,
    log: Path | None = None,
    alive: Callable[[], bool] = lambda: True,
) -> T:
    """The first true answer of ``condition``; fails the test with the end of ``log`` otherwise."""
    end = time.monotonic() + PATIENCE_S
    trouble: Exception | None = None
    while time.monotonic() < end and alive():
        try:
            answer = condition()
        except (OSError, sqlite3.Error, LedgerError, KeyError, ValueError) as error:
            trouble = error
        else:
            if answer:
                return answer
        time.sleep(0.1)
    told = "" if log is None else _end_of(log)
    pytest.fail(f"waited in vain for: {what}; last trouble: {trouble!r}\n{told}")


def _end_of(log: Path) -> str:
    lines = [
        line
        for line in log.read_text().splitlines()
        if "ccxt" not in line and "rpc_manager" not in line
    ]
    return "\n".join(lines[-60:])


class Exchange:
    """A sandbox in a process of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"https://127.0.0.1:{port}"
        self.control = ControlClient(self.url)

    def entries(self, key: str) -> list[dict[str, Any]]:
        """Orders of ``key`` that opened or enlarged a position."""
        orders = self.control.orders(key)
        return [
            o
            for o in orders
            if not o["reduce_only"] and (o["market"] != "spot" or o["side"] == "BUY")
        ]

    def positions(self, key: str) -> dict[str, Any]:
        """What the account of ``key`` holds in futures."""
        held: dict[str, Any] = self.control.accounts()[key]["futures"]["positions"]
        return {symbol: p for symbol, p in held.items() if float(p["quantity"])}

    def assert_within_limits(self, key: str, *, equity: float = 10_000) -> None:
        """The default limits, as far as an exchange can see them."""
        for order in self.entries(key):
            margin = float(order["notional"]) / float(order["leverage"] or 1)
            assert margin <= equity * 0.02 * 1.01, order
            assert (order["leverage"] or 1) <= 20, order
        held = self.positions(key).values()
        assert sum(abs(float(p["notional"])) for p in held) <= equity * 0.45 * 1.01


@contextmanager
def exchange() -> Iterator[Exchange]:
    """A sandbox whose prices stand still until a test moves them."""
    command = [sys.executable, "-m", "riskplugin.sandbox", "--tls"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        running = Exchange(json.loads(process.stdout.readline())["port"])
        running.control.hold()
        yield running
    finally:
        _end(process, signal.SIGTERM)
        if process.stdout is not None:
            process.stdout.close()


class Bot:
    """``freqtrade trade`` as a process, with its ledger, REST interface and command line."""

    def __init__(
        self, exchange: Exchange, folder: Path, strategy: str, *, name: str, mode: str = "futures",
        dry_run: bool = False, section: dict[str, Any] | None = None, **changes: Any,
    ) -> None:  # fmt: skip
        self.exchange, self.name, self.strategy = exchange, name, strategy
        self.ledger_name = f"{name}.dry" if dry_run else name
        self.folder = folder / name
        self.userdir = self.folder / "user_data"
        self.userdir.mkdir(parents=True, exist_ok=True)
        self.log, self.config = self.folder / "log", self.folder / "config.json"
        self.database = self.folder / "trades.sqlite"
        self.kill_file = self.userdir / "RISK_KILL"
        self._port, self._futures = _free_port(), mode == "futures"
        config = freqtrade_exchange_config(
            exchange.port,
            trading_mode=mode,
            tls=True,
            pairs=PAIRS,
            key=name,
            secret=name,
            name=name,
        )
        config |= {
            "bot_name": name,
            "dry_run": dry_run,
            "dry_run_wallet": 10_000,
            "stake_amount": "unlimited",
            "max_open_trades": 3,
            "force_entry_enable": True,
            "db_url": f"sqlite:///{self.database}",
            "internals": {"process_throttle_secs": 1},
            "requests_url": f"{exchange.url}/control/requests",
            "api_server": self._api_server(),
            "risk": _merged({"ledger": {"metrics_interval": "1s"}}, section or {}),
            **changes,
        }
        self.config.write_text(json.dumps(config))
        self._process: subprocess.Popen[bytes] | None = None

    def change(self, **changes: Any) -> None:
        """Lay keys over the configuration file."""
        config = json.loads(self.config.read_text())
        self.config.write_text(json.dumps(_merged(config, changes)))

    # --- process -------------------------------------------------------------------------------

    def __enter__(self) -> Bot:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin; returns at once."""
        command = [
            *(sys.executable, "-W", "ignore", "-m", "freqtrade", "trade", "-c", str(self.config)),
            *(
                "--userdir",
                str(self.userdir),
                "--strategy-path",
                str(STRATEGIES),
                "-s",
                self.strategy,
            ),
        ]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.folder, env=_environment()
            )

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End by ``how``; a bot that does not obey is killed."""
        if self._process is not None:
            _end(self._process, how)
            self._process = None

    def restart(self, how: signal.Signals) -> None:
        """End and begin again; returns when it loops."""
        self.stop(how)
        before = self.loops
        self.userdir.joinpath("loops").unlink(missing_ok=True)
        self.start()
        self.wait(f"a loop after {before}", lambda: self.loops >= 2)

    # --- what it says --------------------------------------------------------------------------

    @property
    def loops(self) -> int:
        try:
            return int(self.userdir.joinpath("loops").read_text() or 0)
        except FileNotFoundError:
            return 0

    def next_loops(self, count: int = 3) -> None:
        """Wait for some more loops."""
        until = self.loops + count
        self.wait(f"loop {until}", lambda: self.loops >= until)

    def wait(self, what: str, condition: Callable[[], T | None]) -> T:
        return wait_for(what, condition, log=self.log, alive=self.is_alive)

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self._process is not None
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def status(self) -> dict[str, Any]:
        """What the bot last wrote for other processes to read."""
        reader = open_reader(f"sqlite:///{self.userdir}/risk.sqlite", base_dir=self.userdir)
        try:
            told = reader.status(self.ledger_name)
        finally:
            reader.close()
        return told or {}

    def events(self, kind: type[Event]) -> list[Any]:
        """What its ledger holds of a kind, in order."""
        reader = open_reader(f"sqlite:///{self.userdir}/risk.sqlite", base_dir=self.userdir)
        try:
            return reader.events(self.ledger_name, kinds=[kind])
        finally:
            reader.close()

    def told(self, what: str, condition: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The first status that ``condition`` is true of."""

        def found() -> dict[str, Any]:
            status = self.status()
            return status if condition(status) else {}

        return self.wait(what, found)

    def state(self) -> str:
        return str(self.status()["breaker"]["state"])

    def trades(self, *, is_open: bool = True) -> list[dict[str, Any]]:
        """The bot's own records."""
        with closing(sqlite3.connect(self.database)) as connection:
            connection.row_factory = sqlite3.Row
            rows = connection.execute("select * from trades where is_open = ?", (int(is_open),))
            return [dict(row) for row in rows]

    def pair(self, name: str) -> str:
        """``BTC/USDT`` as this bot's market spells it."""
        return f"{name}:USDT" if self._futures else name

    # --- people --------------------------------------------------------------------------------

    def risk(self, *arguments: str, wait: float = 60) -> subprocess.CompletedProcess[str]:
        """The command line, in a second process."""
        command = [
            *(sys.executable, "-m", "riskplugin", *arguments, "-c", str(self.config)),
            *("--userdir", str(self.userdir), "--by", "alice", "--reason", "test", "--yes"),
            *("--wait", str(wait)),
        ]
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env=_environment(),
        )

    def tell(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command that only reads."""
        command = [*(sys.executable, "-m", "riskplugin", *arguments, "-c", str(self.config))]
        return subprocess.run(
            [*command, "--userdir", str(self.userdir)],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env=_environment(),
        )

    @property
    def rest_port(self) -> int:
        """Where its REST interface listens."""
        return self._port

    @property
    def rest(self) -> str:
        """Where its REST interface begins."""
        return f"http://127.0.0.1:{self._port}/api/v1"

    def post(self, path: str, **body: Any) -> tuple[int, Any]:
        """Ask the bot's REST interface; status and answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/api/v1/{path}",
            data=json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": "Basic " + base64.b64encode(b"tester:secret").decode(),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read() or b"{}")

    def _api_server(self) -> dict[str, Any]:
        return {
            "enabled": True,
            "listen_ip_address": "127.0.0.1",
            "listen_port": self._port,
            "username": "tester",
            "password": "secret",
            "jwt_secret_key": "not a secret, and long enough to be taken for one",
            "ws_token": "neither",
        }


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}


def _end(process: subprocess.Popen[Any], how: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        known = merged.get(key)
        merged[key] = _merged(known, value) if isinstance(known, dict) else value
    return merged
