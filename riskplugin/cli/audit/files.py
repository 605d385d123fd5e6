"""Where an export goes: a file that is there whole or not at all, a pipe, or the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from riskplugin.cli.console import UsageError
from riskplugin.reports import files


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """Write ``path`` whole or not at all, over what was there.

    A pipe or a device is written to as it stands: in its place there would be a file for
    everybody else. Raises UsageError.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        with path.open("wb") as file:
            yield file
        return
    try:
        with files.whole(path, force=True) as file:
            yield file
    except files.CannotWrite as error:
        raise UsageError(str(error)) from error


@contextmanager
def target(out: str) -> Iterator[BinaryIO]:
    """The file ``out``, or standard output for "-"."""
    if out == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with whole(Path(out)) as file:
        yield file
