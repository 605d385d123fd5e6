"""The kill file: a person's last resort that needs no program, only a file. Read with care."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path
from queue import Empty, SimpleQueue
from weakref import finalize

from riskplugin.calm import calm_logger

logger = calm_logger(__name__)

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
        self._eye = _Eye(path)

    def __call__(self) -> str | None:
        if self._eye.hangs:  # the bot waits for it once
            return self._no_answer()
        try:
            return self._eye.look(self.patience)
        except Empty:
            return self._no_answer()

    def _no_answer(self) -> str:
        return f"the kill file cannot be looked at: no answer within {self.patience:g} s"


class _Eye:
    """Looks in a thread of its own: a file system that hangs must not hang the bot. The thread
    stays, for a bot asks in every loop; it ends when nobody can ask any more.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread: threading.Thread | None = None
        self._asked: SimpleQueue[Path | None] = SimpleQueue()
        self._answers: SimpleQueue[str | None] = SimpleQueue()
        self._owed = 0

    @property
    def hangs(self) -> bool:
        """An earlier look has not come back yet. What it found then, if it did now, is old."""
        while self._owed and not self._answers.empty():
            self._answers.get_nowait()
            self._owed -= 1
        return self._owed > 0 and self._alive

    def look(self, patience: float) -> str | None:
        """The reason in the file, None where there is none. Raises queue.Empty without an answer
        within ``patience`` seconds.
        """
        if not self._alive:
            self._open()
        self._asked.put(self._path)
        self._owed += 1
        found = self._answers.get(timeout=patience)
        self._owed -= 1
        return found

    @property
    def _alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _open(self) -> None:
        """Start the thread: for the first look, and in a process that was forked off."""
        self._asked, self._answers, self._owed = SimpleQueue(), SimpleQueue(), 0
        queues = (self._asked, self._answers)
        self._thread = threading.Thread(
            target=_stare, args=queues, name="riskplugin-kill-file", daemon=True
        )
        self._thread.start()
        finalize(self, self._asked.put, None)


def _stare(asked: SimpleQueue[Path | None], answers: SimpleQueue[str | None]) -> None:
    """Answer until None is asked."""
    while (path := asked.get()) is not None:
        try:
            answers.put(_reason(path))
        except BaseException:
            logger.exception("riskplugin: the look at the kill file failed")
            answers.put("the kill file cannot be looked at: the look failed")


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
