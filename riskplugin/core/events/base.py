"""An event: something that happened at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened ``at`` a moment: candle time in a backtest, wall time live."""

    at: datetime
