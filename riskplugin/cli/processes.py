"""Processes of a demo or a drill, exchange and bots: each started, watched and ended by its id."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType

import riskplugin

_START_S = 30.0
_STOP_S = 15.0
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ProcessError(RuntimeError):
    """It cannot go on; the message says why, ``log`` is where more stands."""

    def __init__(self, message: str, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log


@dataclass
class Running:
    """A process and where its output goes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None


class Processes:
    """All that was started; leaving the context ends it, the latest started first."""

    def __init__(self) -> None:
        self.running: list[Running] = []

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with _undisturbed():  # an impatient second Ctrl-C leaves nothing behind, either
            self.stop(self.running)

    def start(self, name: str, module: str, arguments: Sequence[str], log: Path) -> Running:
        """Run ``python -m module`` in the folder of ``log``."""
        with log.open("ab") as output, _undisturbed():  # what runs is in the list
            process = subprocess.Popen(  # noqa: S603  # our own interpreter, arguments from here
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=log.parent,
                env=_environment(),
                start_new_session=True,  # Ctrl-C comes to us alone, who end them in order
            )
            started = Running(name, process, log)
            self.running.append(started)
        return started

    def check(self) -> None:
        """Raises ProcessError when one has ended that should run."""
        for one in self.running:
            if not one.alive:
                status = one.process.returncode
                raise ProcessError(f"{one.name} ended by itself (status {status})", one.log)

    def stop(self, which: Sequence[Running]) -> None:
        """Ask these to end, then insist. Harmless for what has ended."""
        for one in reversed(which):
            if one.alive:
                one.process.terminate()  # a job in the background may ignore SIGINT for ever
        end = time.monotonic() + _STOP_S
        for one in reversed(which):
            try:
                one.process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                one.process.kill()
                one.process.wait()
        self.running = [one for one in self.running if one not in which]


def start_exchange(processes: Processes, folder: Path, *, seed: int, balance: int) -> int:
    """A paper exchange on a free port of the loopback device; answers the port."""
    log = folder / "exchange.log"
    arguments = ["--port", "0", "--seed", str(seed), "--balance", str(balance)]
    processes.start("the paper exchange", "riskplugin.sandbox", arguments, log)
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        processes.check()
        first, newline, _ = log.read_text(encoding="utf-8").partition("\n")
        if newline:
            return _port(first, log)
        time.sleep(0.05)
    raise ProcessError("the paper exchange did not start", log)


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Whoever terminates us ends what we started, too."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {n: signal.signal(n, interrupt) for n in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Signals that come in between count afterwards."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {n: signal.signal(n, lambda number, _: came.append(number)) for n in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


def tail(log: Path, lines: int = 15) -> str:
    """The end of a log."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return f"({log}: {error.strerror})"
    return "\n".join(text.splitlines()[-lines:])


def _port(line: str, log: Path) -> int:
    try:
        return int(json.loads(line)["port"])
    except (ValueError, KeyError, TypeError):
        raise ProcessError("the paper exchange did not say its port", log) from None


def _environment() -> dict[str, str]:
    """Ours, without what would override the bots' configuration, with this riskplugin first."""
    kept = {k: v for k, v in os.environ.items() if not k.upper().startswith("FREQTRADE__")}
    home = str(Path(riskplugin.__file__).parent.parent)
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    return kept | {
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": "127.0.0.1,localhost",
        "COLUMNS": "100",
    }
