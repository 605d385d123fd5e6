"""Backtests in processes of their own, several at a time, with a bar for each.

Whatever happens, none of them outlives the command.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

import riskplugin
from riskplugin.reports.compare.job import Job
from riskplugin.reports.compare.run import Run
from riskplugin.reports.compare.store import CannotRead, load

_STOP_S = 5.0
#: The share of the bar that each step takes, and where it begins.
_STEPS = {
    "candles": ("reading candles", 0.0, 0.05),
    "indicators": ("indicators", 0.05, 0.1),
    "backtest": ("backtest", 0.15, 0.8),
    "equity": ("equity", 0.95, 0.05),
}


class BacktestFailed(Exception):
    """A backtest did not come to its end. ``said`` are freqtrade's own last words."""

    def __init__(self, job: Job, said: str, kind: str, place: str, log: str) -> None:
        super().__init__(said)
        self.job, self.said, self.kind, self.place, self.log = job, said, kind, place, log


@dataclass
class _Child:
    job: Job
    process: subprocess.Popen[str]
    log: Path
    bar: Any
    failed: dict[str, str] | None = None
    finished: bool = False
    reader: threading.Thread = field(init=False)

    def told(self, queue: SimpleQueue[tuple[_Child, dict[str, Any] | None]]) -> None:
        """Hand on every line; None at the end."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = _understood(line)
            if said is not None:
                queue.put((self, said))
        queue.put((self, None))


class Children:
    """Runs jobs, ``at_once`` of them at a time; bars are drawn on ``console``."""

    def __init__(
        self,
        folder: Path,
        at_once: int,
        console: Console,
        *,
        module: str = "riskplugin.adapter.backtests",
    ) -> None:
        self._folder, self._at_once, self._console = folder, at_once, console
        self._module = module
        self._running: list[_Child] = []
        self._queue: SimpleQueue[tuple[_Child, dict[str, Any] | None]] = SimpleQueue()
        self._number = 0

    def run(self, jobs: Sequence[Job]) -> dict[str, Run]:
        """All runs by their names. Raises BacktestFailed at the first that fails."""
        waiting, done = deque(jobs), dict[str, Run]()
        columns = (
            TextColumn("[progress.description]{task.description}", table_column=None),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[step]}"),
        )
        with Progress(*columns, console=self._console, transient=True) as bars:
            many = len(jobs) > self._at_once
            whole = bars.add_task("all", total=len(jobs), step="", visible=many)
            try:
                while waiting or self._running:
                    while waiting and len(self._running) < self._at_once:
                        self._start(waiting.popleft(), bars)
                    ended = self._listen(bars)
                    if ended is not None:
                        done[ended.job.name] = self._finished(ended)
                        bars.update(whole, advance=1, step=f"{len(done)} of {len(jobs)}")
                        bars.update(ended.bar, visible=not many)
            finally:
                self.stop()
        return {job.name: done[job.name] for job in jobs}

    def stop(self) -> None:
        """End what runs, first politely."""
        for child in self._running:
            child.process.terminate()
        for child in self._running:
            try:
                child.process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            _close(child)
        self._running.clear()

    # --- inside --------------------------------------------------------------------------------

    def _start(self, job: Job, bars: Progress) -> None:
        self._number += 1
        file, log = (self._folder / f"job{self._number}.{end}" for end in ("json", "log"))
        file.write_text(job.text(), encoding="utf-8")
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603  # our own interpreter
                [sys.executable, "-P", "-m", self._module, str(file)],  # no modules of this folder
                stdin=subprocess.PIPE,  # it ends when this does
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
                encoding="utf-8",
                errors="replace",
                env=_environment(),
                start_new_session=True,  # Ctrl-C comes to us alone, who end them
            )
        name = escape(job.name if len(job.name) <= 30 else f"{job.name[:29]}…")
        child = _Child(job, process, log, bars.add_task(name, total=1.0, step="starting"))
        self._running.append(child)
        child.reader = threading.Thread(target=child.told, args=(self._queue,), daemon=True)
        child.reader.start()

    def _listen(self, bars: Progress) -> _Child | None:
        """One line of one child; the child when it was its last."""
        try:
            child, said = self._queue.get(timeout=1.0)  # so that Ctrl-C is heard on any system
        except Empty:  # whoever it left behind may hold its pipe open
            return next((c for c in self._running if c.process.poll() is not None), None)
        if said is None:
            return child if child in self._running else None
        if "failed" in said:
            child.failed = {key: str(said.get(key, "")) for key in ("failed", "kind", "place")}
        elif said.get("finished"):
            child.finished = True
            bars.update(child.bar, completed=1.0, step="done")
        elif isinstance(done := said.get("done"), int | float):
            words, begin, share = _STEPS.get(str(said.get("step")), ("", 0.0, 0.0))
            bars.update(child.bar, completed=begin + share * done, step=words)
        return None

    def _finished(self, child: _Child) -> Run:
        status = child.process.wait()
        self._running.remove(child)
        _close(child)
        log = child.log.read_text(encoding="utf-8", errors="replace")
        if child.failed is not None:
            told = child.failed
            raise BacktestFailed(child.job, told["failed"], told["kind"], told["place"], log)
        if status == 0 and child.finished:
            try:
                return load(Path(child.job.folder))
            except CannotRead as error:
                raise BacktestFailed(child.job, str(error), "", "", log) from error
        how = f"its process ended with status {status}"
        if status == 0:
            how = "its process ended before the backtest did (status 0)"
        if status < 0:
            how = f"its process was killed (signal {-status}); too little memory does that, too"
        raise BacktestFailed(child.job, how, "", "", log)


def _understood(line: str) -> dict[str, Any] | None:
    """What a backtest says of itself; None for what others wrote into our pipe by its number."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _close(child: _Child) -> None:
    """Its process has ended: so does whatever it left behind in its session."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)
    child.reader.join(_STOP_S)
    pipes = [child.process.stdin]
    if not child.reader.is_alive():  # else somebody fled the session: the reader closes it
        pipes.append(child.process.stdout)
    for pipe in filter(None, pipes):
        pipe.close()


def _environment() -> dict[str, str]:
    """Ours, with this riskplugin first; nothing is written beside a strategy."""
    home = str(Path(riskplugin.__file__).parent.parent)
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONDONTWRITEBYTECODE": "1",
        "COLUMNS": "200",
    }
