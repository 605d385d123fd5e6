"""A file that is there whole or not at all, and never in the place of another unless wanted."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


class CannotWrite(Exception):
    """The file cannot be written there; the message says why and what would work."""


@contextmanager
def whole(path: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """Write ``path``: beside it first, moved into its place once it is complete and on disk.

    Raises CannotWrite where a file lies already, unless ``force``; after any error nothing new is
    there, and what was there before still is.
    """
    possible(path, force=force)
    beside = path.with_name(f".{path.name[:40]}.{_token()}.part")
    file = beside.open("xb")  # never through a link that others laid there
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _move(beside, path, force=force)
    finally:
        beside.unlink(missing_ok=True)


def _token() -> str:
    """What nobody can guess who lays links into a folder that all may write."""
    return secrets.token_hex(8)


def possible(path: Path, *, force: bool = False) -> None:
    """Raises CannotWrite where ``path`` cannot be written; asked before long work."""
    if path.is_dir():
        raise CannotWrite(f"{path} is a folder: name a file in it")
    if not path.parent.is_dir():
        raise CannotWrite(f"there is no folder {path.parent}")
    if path.exists() and not path.is_file():
        raise CannotWrite(f"{path} is no file that could be replaced: name another one")
    if not force and os.path.lexists(path):
        raise CannotWrite(f"{path} exists: name another file, or give --force")


def _move(beside: Path, path: Path, *, force: bool) -> None:
    """A file that appeared meanwhile stays: a hard link, unlike a rename, replaces none."""
    if force:
        beside.replace(path)
        return
    try:
        os.link(beside, path)
    except FileExistsError:
        raise CannotWrite(f"{path} exists: name another file, or give --force") from None
    except OSError:  # a file system without hard links
        possible(path)
        beside.replace(path)
