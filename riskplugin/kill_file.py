"""The kill file: a person's last resort that needs no program, only a file. Read with care."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

#: The longest reason that is taken from the file, in characters.
LONGEST = 200
#: What is no ordinary file is not opened: a pipe would never answer, a device never end.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


class KillFile:
    """Answers the reason to close everything while the file stands, None while it does not.

    Only "not found" means absent: whatever has the name stands, also a folder, a pipe or a link to
    nowhere, and so does what cannot be looked at, or not within ``patience`` seconds.
    """

    def __init__(self, path: Path, *, patience: float = 5.0) -> None:
        self.path = path
        self.patience = patience
        self._look: _Look | None = None

    def __call__(self) -> str | None:
        hangs = self._look is not None and not self._look.done
        if self._look is None or not hangs:
            self._look = _Look(self.path)
        if not self._look.wait(0.0 if hangs else self.patience):  # the bot waits for it once
            return f"the kill file cannot be looked at: no answer within {self.patience:g} s"
        return self._look.found


class _Look:
    """One look in a thread of its own: a file system that hangs must not hang the bot."""

    def __init__(self, path: Path) -> None:
        self.found: str | None = "the kill file cannot be looked at: the look failed"
        self._path = path
        self._thread = threading.Thread(target=self._run, name="riskplugin-kill-file", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        return not self._thread.is_alive()

    def wait(self, seconds: float) -> bool:
        self._thread.join(seconds)
        return self.done

    def _run(self) -> None:
        self.found = _reason(self._path)


def _reason(path: Path) -> str | None:
    try:
        os.lstat(path)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        return f"the kill file cannot be looked at: {why}"
    return _text(path) or "the kill file stands"


def _text(path: Path) -> str:
    """What is written in it; empty where that cannot be told."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError:
        return ""
    try:
        ordinary = stat.S_ISREG(os.fstat(handle).st_mode)
        written = os.read(handle, 4 * LONGEST) if ordinary else b""
    except OSError:
        return ""
    finally:
        os.close(handle)
    return written.decode("utf-8", "replace").strip()[:LONGEST]
