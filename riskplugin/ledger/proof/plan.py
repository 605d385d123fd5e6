"""When a bot signs its records, with which key, and where copies of the signatures go."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CheckpointPlan:
    """A checkpoint is due after ``every_records`` records, or when ``every`` has passed and
    anything was recorded. ``copy_to`` is a file, or the address of an http(s) server, or None.
    """

    key_file: Path
    every_records: int = 1000
    every: timedelta = timedelta(minutes=15)
    copy_to: Path | str | None = field(default=None, repr=False)  # may hold a password
