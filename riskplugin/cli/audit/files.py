"""A file that is there whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from riskplugin.cli.console import UsageError


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """Write ``path``: beside it first, moved into its place once it is complete and on disk.

    After an error nothing new is there, and what was there before still is. A pipe or a device
    is written to as it stands: in its place there would be a file for everybody else.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name a file in it")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}")
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


@contextmanager
def target(out: str) -> Iterator[BinaryIO]:
    """The file ``out``, or standard output for "-"."""
    if out == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with whole(Path(out)) as file:
        yield file
