"""When funding is due and at what rate."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Funding:
    """A constant rate, due at whole multiples of the interval since the epoch (UTC)."""

    rate: Decimal = Decimal("0.0001")
    interval_ms: int = 8 * 3_600_000

    def __post_init__(self) -> None:
        if not self.interval_ms > 0:
            raise ValueError("the funding interval must be positive")

    def due(self, after_ms: int, until_ms: int) -> list[int]:
        """Funding times in (after, until]."""
        first = (after_ms // self.interval_ms + 1) * self.interval_ms
        return list(range(first, until_ms + 1, self.interval_ms))

    def next_after(self, now_ms: int) -> int:
        """The next funding time."""
        return (now_ms // self.interval_ms + 1) * self.interval_ms
