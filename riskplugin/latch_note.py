"""A note on disk that the breaker is latched, for as long as the ledger cannot say so itself.

A latch that no ledger took would be forgotten with the process. The note lies beside the kill file.
"""

from __future__ import annotations

import os
from pathlib import Path

from riskplugin.calm import calm_logger

logger = calm_logger(__name__)


class LatchNote:
    """One small file; standing or not, like the kill file: what cannot be looked at stands."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def leave(self, reason: str) -> None:
        """Write ``reason`` down, on disk when this returns; a disk that refuses is only logged."""
        try:
            with self.path.open("w", encoding="utf-8") as file:
                file.write(reason)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            logger.critical("riskplugin: not even a note of the latch can be kept: %s", error)

    def read(self) -> str | None:
        """The reason while the note stands, else None."""
        try:
            return self.path.read_text(encoding="utf-8", errors="replace") or "no reason was kept"
        except FileNotFoundError:
            return None
        except OSError as error:
            return f"the note cannot be read: {error.strerror}"

    def remove(self) -> None:
        """Take it away: the ledger knows by now."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            logger.warning("riskplugin: %s cannot be removed: %s", self.path, error)
