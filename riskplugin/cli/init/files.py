"""Files of people: read and written whole, never through a link, never half."""

from __future__ import annotations

import difflib
import os
import stat
from contextlib import suppress
from pathlib import Path

from rich.syntax import Syntax

from riskplugin.cli.console import UsageError, out
from riskplugin.redaction import Redactor


def current(path: Path) -> str | None:
    """The text of ``path``, its line ends as they are; None when there is nothing.

    Raises UsageError for what is no text file of its own.
    """
    if path.is_symlink():
        raise UsageError(
            f"{path} is a link to {path.readlink()}: init writes through none; remove the link, "
            "or name another --userdir"
        )
    if not path.exists():
        return None
    if not path.is_file():
        raise UsageError(f"{path} is no file, and stands where init would write one: move it away")
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text in UTF-8: move it away") from error


def write(path: Path, text: str, *, mode: int) -> None:
    """Put ``text`` into ``path``, at once and whole. Raises UsageError when that may not be."""
    beside = _beside(path)
    try:
        forget_half(path)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)  # whatever the umask is
        beside.replace(path)
    except PermissionError as error:
        raise UsageError(_may_not(path)) from error
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


def forget_half(path: Path) -> None:
    """Remove what a crash in the middle of writing ``path`` has left beside it."""
    with suppress(FileNotFoundError):
        _beside(path).unlink()


def remove(path: Path) -> None:
    """Remove a file. Raises UsageError when that may not be."""
    try:
        path.unlink()
    except PermissionError as error:
        raise UsageError(_may_not(path)) from error


def mode_of(path: Path, usual: int = 0o644) -> int:
    """Who may read and write ``path``: a copy of it is no more open."""
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else usual


def show_difference(
    old: str | None, new: str | None, names: tuple[str, str], redactor: Redactor
) -> None:
    """Print what changes from ``old`` to ``new``, without the secrets of the configuration."""
    lines = difflib.unified_diff(
        (old or "").splitlines(), (new or "").splitlines(), *names, lineterm=""
    )
    text = "\n".join(map(redactor.clean, lines))
    out().print(Syntax(text, "diff", theme="ansi_dark", word_wrap=True))


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name.lstrip('.')}.riskplugin-new")


def _may_not(path: Path) -> str:
    return (
        f"{path.parent} may not be written by you: run this as its owner, or give yourself the "
        f"right (chmod u+w {path.parent})"
    )
