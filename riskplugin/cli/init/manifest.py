"""What init wrote, and what was there before: user_data/.riskplugin-init.json.

An entry is there before its file is: whatever a crash leaves, ``init --undo`` can take back.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from riskplugin.cli.console import UsageError
from riskplugin.cli.init.files import current, write

NAME = ".riskplugin-init.json"


@dataclass(frozen=True, slots=True)
class Written:
    """A file: the digests of what init wrote there, and the text that was there before, or None.

    ``path`` is relative to user_data, so that the folder can be moved.
    """

    path: str
    wrote: tuple[str, ...]
    before: str | None

    def is_ours(self, text: str | None) -> bool:
        """``text`` is what init wrote."""
        return text is not None and digest(text) in self.wrote


class Manifest:
    """The entries of one user_data folder, newest last."""

    def __init__(self, userdir: Path) -> None:
        self.userdir, self.file = userdir, userdir / NAME
        self.strategy: str | None = None
        self.preset: str | None = None
        self.entries: dict[str, Written] = {}
        text = current(self.file)
        if text is not None:
            self._read(text)

    def __iter__(self) -> Iterator[Written]:
        return iter(tuple(self.entries.values()))

    def wrote(self, path: Path, text: str | None) -> bool:
        """``text``, which stands in ``path``, is what init wrote there."""
        entry = self.entries.get(self._key(path))
        return entry is not None and entry.is_ours(text)

    def _key(self, path: Path) -> str:
        return Path(os.path.relpath(path, self.userdir)).as_posix()

    def place(self, entry: Written) -> Path:
        """Where the file of ``entry`` lies."""
        return Path(os.path.normpath(self.userdir / entry.path))

    def add(self, path: Path, text: str) -> None:
        """``path`` is about to be written with ``text``."""
        key = self._key(path)
        there, old = current(path), self.entries.pop(key, None)
        if old is not None and (old.is_ours(there) or there == old.before):
            entry = Written(key, (*old.wrote, digest(text)), old.before)
        else:  # never written by init, or edited since: then that is what was there before
            entry = Written(key, (digest(text),), there)
        self.entries[key] = entry
        self.save()

    def drop(self, entry: Written) -> None:
        """``entry`` is taken back; without entries there is no manifest."""
        self.entries.pop(entry.path, None)
        self.save()

    def save(self) -> None:
        """Write the entries; it may hold what a configuration holds, so only the owner reads it."""
        if not self.entries:
            self.file.unlink(missing_ok=True)
            return
        told = {
            "what": "what riskplugin init wrote; riskplugin init --undo takes it back",
            "strategy": self.strategy,
            "preset": self.preset,
            "files": [asdict(entry) for entry in self],
        }
        write(self.file, json.dumps(told, indent=2) + "\n", mode=0o600)

    def _read(self, text: str) -> None:
        try:
            told: Any = json.loads(text)
            self.strategy, self.preset = told.get("strategy"), told.get("preset")
            entries = [_entry(each) for each in told["files"]]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{self.file} is damaged, so init does not know any more what it wrote: delete it, "
                "and take back by hand what you do not want"
            ) from error
        self.entries = {entry.path: entry for entry in entries}


def _entry(told: Any) -> Written:
    path, before = told["path"], told["before"]
    if not (isinstance(path, str) and isinstance(before, str | None)):
        raise TypeError(path)
    return Written(path, tuple(map(str, told["wrote"])), before)


def digest(text: str) -> str:
    """SHA-256 of ``text``, in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
