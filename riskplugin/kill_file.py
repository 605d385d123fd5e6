"""The kill file: a person's last resort that needs no program, only a file. Read with care."""

from __future__ import annotations

from pathlib import Path


class KillFile:
    """Answers the reason to close everything while the file stands, None while it does not.

    Only "not found" means absent: a file that cannot be looked at counts as standing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self) -> str | None:
        try:
            self.path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            return f"the kill file cannot be looked at: {error.strerror}"
        return self._text() or "the kill file stands"

    def _text(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8", errors="replace").strip()[:200]
        except OSError:
            return ""
