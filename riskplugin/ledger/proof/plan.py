"""When a bot signs its records, with which key, and where copies of the signatures go."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from riskplugin.config import RiskConfig
from riskplugin.config.places import resolve


@dataclass(frozen=True, slots=True)
class CheckpointPlan:
    """A checkpoint is due after ``every_records`` records, or when ``every`` has passed and
    anything was recorded. ``copy_to`` is a file, or the address of an http(s) server, or None.
    """

    key_file: Path
    every_records: int = 1000
    every: timedelta = timedelta(minutes=15)
    copy_to: Path | str | None = field(default=None, repr=False)  # may hold a password


def checkpoint_plan(config: RiskConfig, user_data: Path) -> CheckpointPlan:
    """When the records are signed, with paths as they lie on this machine."""
    keys = config.ledger.checkpoints
    to = keys.copy_to
    return CheckpointPlan(
        key_file=resolve(Path(keys.key_file), user_data),
        every_records=keys.every_records,
        every=keys.every,
        copy_to=to if to is None or "://" in to else resolve(Path(to), user_data),
    )
