"""Who this process is, and whether one that said so still lives: number, machine, time of start.

A number alone says little: the system gives it to another process later.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _self(number: int) -> dict[str, Any]:
    return {"pid": number, "machine": machine(), "started": _started(number)}


def this_process() -> dict[str, Any]:
    """This process as :func:`lives` knows it again."""
    return _self(os.getpid())


@cache
def machine() -> str:
    """This machine since it was switched on, and no container beside this one."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        space = Path("/proc/self/ns/pid").readlink()
    except OSError:
        return socket.gethostname()
    return f"{socket.gethostname()} {boot} {space}"


def lives(told: Mapping[str, Any] | None) -> bool | None:
    """Whether the process ``told`` still lives; None where that cannot be known from here."""
    number = None if told is None else told.get("pid")
    if told is None or type(number) is not int or number <= 0 or told.get("machine") != machine():
        return None
    started = _started(number)
    if started is None:
        return _answers(number)
    return started == told.get("started")


def _answers(number: int) -> bool:
    """Where there is no /proc, or the process is gone."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _started(number: int) -> int | None:
    """In ticks since the machine was switched on; None for a process that is gone, or a zombie."""
    try:
        text = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # its name may hold blanks and brackets
    return None if fields[0] in "ZX" else int(fields[19])
