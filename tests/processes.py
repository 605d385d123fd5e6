"""Which processes are about a folder: whoever starts some has to end them all."""

from __future__ import annotations

import os
from pathlib import Path


def processes_about(folder: Path) -> list[str]:
    """Command lines of running processes that name this folder, or work in it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            inside = str(folder) in words or str(folder) in str((entry / "cwd").readlink())
        except OSError:
            continue  # it has ended, or is not ours
        if inside and int(entry.name) != os.getpid():
            found.append(words)
    return found
