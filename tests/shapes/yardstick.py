"""Tight limits under which every one binds in a short backtest, and how much of each was used.

Reckoned from fills and candles. 1 is the limit itself, more is beyond it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from tests.shapes.reckoning import Entry, entries, equity_curve

SIZE, LEVERAGE, POSITIONS = 0.02, 3, 2
SMALL_SIZE, SMALL_LEVERAGE, SMALL_POSITIONS = 0.005, 2, 1
EXPOSURE = {False: 0.03, True: 0.09}
DRAWDOWN = 0.002
REST = pd.Timedelta("1D")
#: Tick and step rounding, and what the bot grants an order between approval and dispatch.
TOLERANCE = 1.006
_LEVELS = ("minimal", "low", "medium", "high", "critical")


def section(*, futures: bool, on_trip: str = "emergency", slots: int | None = POSITIONS) -> Any:
    """Limits that a greedy strategy meets at once, and a drawdown that it reaches in days.

    After the trip the breaker rests for a day, then stays half-open: emergency limits to the end.
    """
    exposed = EXPOSURE[futures] * 100
    return {
        "sizing": {"base_pct": dict.fromkeys(_LEVELS, SIZE * 100)},
        "leverage": {"max": dict.fromkeys(_LEVELS, LEVERAGE)},
        "stop": {"normal_pct": 25 if on_trip == "halt" else 5},  # halted, something is still held
        "positions": {"max": slots},
        "breaker": {
            "cooldown": "24h",
            "max_cooldown": "24h",
            "on_trip": on_trip,
            "exposure": {"warn_pct": exposed, "trip_pct": 4 * exposed},
            "drawdown": {"warn_pct": DRAWDOWN * 50, "trip_pct": DRAWDOWN * 100},
            "half_open": {
                "max_positions": POSITIONS,
                "size_factor": 1,
                "wins": 1000,
                "max_loss_pct": 50,
            },
        },
        "emergency": {
            "max_position_pct": SMALL_SIZE * 100,
            "max_leverage": SMALL_LEVERAGE,
            "max_positions": SMALL_POSITIONS,
        },
        "modes": dict.fromkeys(
            ("daily_loss", "score", "losing_streak", "volatility", "liquidation_room"), "observe"
        ),
    }


@dataclass
class Yardstick:
    """Measures one run's trades. ``prices`` are closes of the timeframe that the strategy has."""

    prices: pd.DataFrame
    futures: bool
    _known: dict[int, tuple[pd.DataFrame, list[Entry]]] = field(default_factory=dict)

    def entries(self, trades: pd.DataFrame) -> list[Entry]:
        """Every entry, reckoned once."""
        if id(trades) not in self._known:
            self._known[id(trades)] = (trades, entries(trades, self.prices))
        return self._known[id(trades)][1]

    def trip(self, trades: pd.DataFrame) -> pd.Timestamp:
        """When the drawdown reached its limit, from the equity curve."""
        equity = equity_curve(trades, self.prices)
        peak = equity.cummax()
        over = equity.index[(peak - equity) / peak >= DRAWDOWN]
        assert len(over), "the drawdown never reached its limit: nothing tripped"
        first: pd.Timestamp = over[0]
        return first

    def used(self, limit: str, trades: pd.DataFrame, trip: pd.Timestamp) -> float:
        """The largest share of ``limit`` that a fill came to; of "open": how many fills."""
        found = self.entries(trades)
        assert found, "nothing was entered"
        if limit == "open":
            return float(sum(trip <= entry.at < trip + REST for entry in found))
        if limit == "emergency":
            found = [entry for entry in found if entry.at >= trip + REST]
            assert found, "nothing was entered after the rest"
        return max(self._share(limit, entry) for entry in found)

    def _share(self, limit: str, entry: Entry) -> float:
        match limit:
            case "size":
                return entry.margin / (SIZE * entry.equity * TOLERANCE)
            case "leverage":
                return entry.leverage / LEVERAGE
            case "exposure":
                return entry.exposure / (EXPOSURE[self.futures] * entry.equity * TOLERANCE)
            case "positions":
                return entry.positions / POSITIONS
        return max(
            entry.margin / (SMALL_SIZE * entry.equity * TOLERANCE),
            entry.leverage / SMALL_LEVERAGE,
            entry.positions / SMALL_POSITIONS,
        )
