"""Runs a strategy's callbacks in a child process with a time limit, and collects what is seen."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from typing import Any

import riskplugin
from riskplugin.cli.console import UsageError
from riskplugin.cli.findings.conduct import LOADING
from riskplugin.cli.heard import Heard, Rehearsed

#: Loading freqtrade takes this long at most (seconds), on a busy machine.
_START_S = 120.0
#: All calls together may take this many times what one may.
_WHOLE = 6
#: Loading, with all that the strategy imports, this many times.
_LOADING = 3
_STOP_S = 5.0


class _Noise:
    """How much was printed, and the end of it."""

    def __init__(self) -> None:
        self.size, self._end = 0, b""

    def take(self, part: bytes) -> None:
        self.size += len(part)
        self._end = (self._end + part)[-2000:]

    def last(self) -> str:
        """The last line."""
        lines = self._end.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


class Rehearsal:
    """The child process: made early, since it takes seconds to import freqtrade."""

    def __init__(self) -> None:
        self._scratch = TemporaryDirectory(prefix="riskplugin-check-")
        self._child = _start(self._scratch.name)

    def __enter__(self) -> Rehearsal:
        return self

    def __exit__(self, *_: object) -> None:
        _end(self._child)
        self._scratch.cleanup()

    def play(self, settings: Mapping[str, Any], limit: float) -> Rehearsed:
        """Try the strategy that ``settings`` name; each call may take ``limit`` seconds."""
        return _listen(self._child, {"settings": settings, "scratch": self._scratch.name}, limit)


def _start(scratch: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # our own interpreter
        [sys.executable, "-P", "-m", "riskplugin.adapter.rehearsal"],
        stdin=subprocess.PIPE,  # it ends when this does
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(scratch),
        start_new_session=True,  # Ctrl-C comes to us alone, who end it
    )


def _listen(child: subprocess.Popen[bytes], job: dict[str, Any], limit: float) -> Rehearsed:
    lines: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
    noise = _Noise()
    readers = [
        threading.Thread(target=_read, args=(child, lines), daemon=True),
        threading.Thread(target=_drain, args=(child, noise), daemon=True),
    ]
    for reader in readers:
        reader.start()
    _tell(child, job)
    heard, stuck = Heard(), ""
    whole = time.monotonic() + _START_S + _WHOLE * limit
    patience = time.monotonic() + _START_S
    while not heard.finished:
        try:
            said = lines.get(timeout=max(0.0, min(patience, whole) - time.monotonic()))
        except Empty:
            stuck = heard.at
            break
        if said is None:
            break
        heard.take(said)
        patience = time.monotonic() + _patience(heard, limit)
    died = "" if heard.finished or stuck else _how(child)
    _end(child)
    readers[1].join(_STOP_S)
    if not heard.ready:
        raise UsageError(f"the trial of the strategy did not start (--no-run): {noise.last()}")
    return heard.rehearsed(stuck, died, limit, noise.size)


def _patience(heard: Heard, limit: float) -> float:
    """Seconds until the next line; what a strategy imports takes its time."""
    if not heard.ready:
        return _START_S
    return limit * (_LOADING if heard.at == LOADING else 1)


def _tell(child: subprocess.Popen[bytes], job: dict[str, Any]) -> None:
    assert child.stdin is not None
    with suppress(BrokenPipeError):
        child.stdin.write(json.dumps(job, default=str).encode() + b"\n")
        child.stdin.flush()


def _how(child: subprocess.Popen[bytes]) -> str:
    """How it ended by itself."""
    try:
        status = child.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        return "It closed the line to its caller"
    if status < 0:
        return f"Its process was killed by {signal.Signals(-status).name}"
    return f"It ended its process (status {status})"


def _read(child: subprocess.Popen[bytes], lines: SimpleQueue[dict[str, Any] | None]) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        with suppress(ValueError, RecursionError):  # what others wrote into our pipe
            said = json.loads(line)
            if isinstance(said, dict):
                lines.put(said)
    lines.put(None)
    child.stdout.close()


def _drain(child: subprocess.Popen[bytes], noise: _Noise) -> None:
    assert child.stderr is not None
    while part := os.read(child.stderr.fileno(), 65536):
        noise.take(part)
    child.stderr.close()


def _end(child: subprocess.Popen[bytes]) -> None:
    """Its session ends with it, whatever it has started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    child.wait()
    if child.stdin is not None:
        with suppress(OSError):
            child.stdin.close()  # its readers close the others when they reach the end


def _environment(scratch: str) -> dict[str, str]:
    """Ours without the bot's overrides (they are in the settings); caches go into ``scratch``."""
    kept = {k: v for k, v in os.environ.items() if not k.upper().startswith("FREQTRADE__")}
    home = str(Path(riskplugin.__file__).parent.parent)
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": scratch,
        "NUMBA_CACHE_DIR": scratch,
        "MPLCONFIGDIR": scratch,
    }
