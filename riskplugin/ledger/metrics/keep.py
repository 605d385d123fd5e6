"""How long the metrics stay as fine as they were taken. Imports no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How long rows stay raw, and how long minutes stay minutes, both counted from now."""

    raw: timedelta
    minutes: timedelta
