"""Keeps a strategy that is tried out from the network, from files and from other programs.

By Python's audit events: it holds off what is done by accident or habit. It is no prison; code
that means harm finds a way, and would find it in the bot as well.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

_NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")
_PROCESSES = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork")
_CHANGES = (
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.truncate",
    "os.link",
    "os.symlink",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_NOT_THEIRS = (sys.prefix, sys.base_prefix, "<", str(Path(__file__).parents[2]))
Tell = Callable[[str, str], None]


def shut(scratch: Path, tell: Tell) -> None:
    """From here on this process reaches nothing outside ``scratch``; ``tell`` hears what it tried.

    It cannot be undone.
    """
    inside = str(scratch.resolve())
    busy: list[bool] = []

    def watch(event: str, args: tuple[Any, ...]) -> None:
        what = _asks_for(event, args, inside)
        if what is None or busy:
            return
        busy.append(True)
        try:
            if _by_their_code(sys._getframe(1)):
                tell(*what)
        finally:
            busy.pop()
        raise PermissionError(errno.EACCES, "riskplugin check lets nothing out", what[1])

    sys.addaudithook(watch)


def _asks_for(event: str, args: tuple[Any, ...], inside: str) -> tuple[str, str] | None:
    """What an event is about, None when it may be."""
    if event in _NETWORK:
        return "network", _address(args)
    if event in _PROCESSES:
        return "process", str(args[0] if args else event)
    if event == "open":
        path, mode, flags = args
        writes = any(c in mode for c in "wax+") if mode else bool(flags and flags & _WRITING)
        return ("file", str(path)) if writes and not _may_write(path, inside) else None
    if event == "sqlite3.connect":
        path = args[0]
        return None if ":memory:" in str(path) or _may_write(path, inside) else ("file", str(path))
    if event in _CHANGES:
        return None if _may_write(args[0], inside) else ("file", str(args[0]))
    return None


def _address(args: tuple[Any, ...]) -> str:
    """Host and port of what was asked for."""
    last = next((each for each in args if isinstance(each, tuple)), None)
    if last is not None:
        return ":".join(str(part) for part in last[:2])
    return ":".join(str(each) for each in args[:2] if isinstance(each, str | int))


def _may_write(path: object, inside: str) -> bool:
    if isinstance(path, int):
        return True
    name = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else str(path)
    whole = os.path.abspath(name)  # noqa: PTH100  # Path.resolve asks the system, which is audited
    return whole in (os.devnull, inside) or whole.startswith(inside + os.sep)


def _by_their_code(frame: FrameType | None) -> bool:
    """The strategy's own code asked, not a library that somebody imports for the first time."""
    while frame is not None:
        code = frame.f_code
        if code.co_name == "_find_and_load":
            return False
        if not code.co_filename.startswith(_NOT_THEIRS):
            return True
        frame = frame.f_back
    return False
