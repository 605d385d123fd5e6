"""Where a page is followed: a folder of its own, an environment of its own, nothing of ours."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from riskplugin.sandbox.freqtrade_config import ccxt_urls

ROOT = Path(__file__).resolve().parents[2]
#: As a terminal that nobody has widened.
COLUMNS = 80
#: Where things listen by default; here each place has ports of its own.
API, DASHBOARD, METRICS = "8080", "8087", "9847"


def make_commands(folder: Path, warm: str = "") -> Path:
    """`riskplugin`, `freqtrade` and `python` as commands: this interpreter's.

    ``warm`` is the address of a process that has read the libraries already.
    """
    folder.mkdir()
    caller = Path(__file__).with_name("caller.py")
    for name in ("riskplugin", "freqtrade"):
        rest = f'-I -S "{caller}" "{warm}" {name}' if warm else f"-m {name}"
        _write(folder / name, rest)
    for name in ("python", "python3"):
        _write(folder / name, "")
    return folder


def _write(command: Path, rest: str) -> None:
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" {rest} "$@"\n')
    command.chmod(0o755)


@contextmanager
def warm_process(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """The process that commands are forked from, and its address."""
    address, program = str(folder / "warm"), str(Path(__file__).with_name("warm.py"))
    with subprocess.Popen(
        [sys.executable, program, address],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield address
        process.terminate()


def free_port() -> int:
    """A port on the loopback device that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class Place:
    """A copy of the user's folder, and the environment in which a page is followed there."""

    folder: Path
    commands: Path
    exchange_port: int
    ports: dict[str, int] = field(
        default_factory=lambda: {each: free_port() for each in (API, DASHBOARD, METRICS)}
    )

    @property
    def hidden(self) -> Path:
        """Beside the folder: what the page does not see."""
        return self.folder.with_name(f"{self.folder.name}.told")

    def prepare(self, user: Path) -> None:
        """Copy what the user has."""
        shutil.copytree(user, self.folder)
        (self.hidden / "home").mkdir(parents=True)

    def environment(self) -> dict[str, str]:
        """Nothing of this machine's but where programs lie."""
        home = {"HOME": str(self.hidden / "home")}
        return plain_environment(self.commands) | home | self._at_the_sandbox()

    def as_here(self, text: str) -> str:
        """``text`` of a page with the ports at which things listen here."""
        for port, ours in self.ports.items():
            text = re.sub(rf"\b(127\.0\.0\.1|localhost):{port}\b", rf"\1:{ours}", text)
        for command, port in (("dashboard", DASHBOARD), ("metrics", METRICS)):
            plain = rf"^(riskplugin {command}\b)(?!.*--port)(?!.*--once)"
            text = re.sub(plain, rf"\1 --port {self.ports[port]}", text, flags=re.MULTILINE)
        return text

    def _at_the_sandbox(self) -> dict[str, str]:
        """freqtrade's own overrides: no command of a page has to know of the paper exchange."""
        ccxt = "EXCHANGE__CCXT_CONFIG__"
        settings = {
            "API_SERVER__LISTEN_PORT": str(self.ports[API]),
            "EXCHANGE__ENABLE_WS": "false",
            "EXCHANGE__ONLY_FROM_CCXT": "true",
            "INTERNALS__PROCESS_THROTTLE_SECS": "1",
            f"{ccxt}enableRateLimit": "false",
            f"{ccxt}OPTIONS__fetchMarkets": '["spot", "linear"]',
            f"{ccxt}OPTIONS__fetchCurrencies": "false",
            f"{ccxt}OPTIONS__fetchMargins": "false",
        }
        for api, url in ccxt_urls(self.exchange_port, name=self.folder.name).items():
            settings[f"{ccxt}URLS__API__{api}"] = url
        return {f"FREQTRADE__{name}": value for name, value in settings.items()}


def plain_environment(commands: Path) -> dict[str, str]:
    """What every page finds."""
    path = os.pathsep.join([str(commands), "/usr/local/bin", "/usr/bin", "/bin"])
    return {
        "PATH": path,
        "USER": "trader",
        "LOGNAME": "trader",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "dumb",
        "COLUMNS": str(COLUMNS),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
        "NO_PROXY": "127.0.0.1,localhost",
    }
