"""The columns: how each limit is put in force, and what an account beyond it looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.matrix.stage import Stage
from tests.matrix.table import Limit as Name
from tests.matrix.witness import View

#: Rounding to the exchange's steps, and fees that the equity has paid since.
TOLERANCE = 1.01

#: Everything that a column may switch on; the machinery against faults is on in all.
_ALL = (
    "breaker", "drawdown", "daily_loss", "weekly_loss", "emergency", "leverage", "liquidation",
    "exposure", "size", "positions", "loss_at_stop", "score", "losing_streak", "volatility",
    "rejected_orders", "liquidation_room",
)  # fmt: skip


def section(*enforced: str, **settings: Any) -> dict[str, Any]:
    """The section "risk" in which only ``enforced`` counts."""
    modes = {name: "observe" for name in _ALL if name not in enforced}
    return {"modes": modes, **settings}


#: No limit counts.
WIDE = section()


@dataclass(frozen=True, slots=True)
class Limit:
    """``beyond`` says what of a view is beyond the limit, nothing when all is inside."""

    name: Name
    section: Mapping[str, Any]
    beyond: Callable[[View], list[str]]
    strike: Callable[[Stage], None] | None = None

    def impose(self, stage: Stage) -> None:
        """Put the limit in force on a bot that runs."""
        stage.tighten(self.section)
        if self.strike is not None:
            self.strike(stage)


def _size(view: View) -> list[str]:
    most = view.equity * 0.02 * TOLERANCE
    return [f"{s} binds {m:.2f} of {most:.2f}" for s, m in view.margin.items() if m > most]


def _leverage(view: View) -> list[str]:
    return [f"{e.symbol} came with {e.leverage:g}x of 3x" for e in view.entries if e.leverage > 3]


def _exposure(view: View) -> list[str]:
    exposed, most = sum(view.notional.values()), view.equity * 0.45 * TOLERANCE
    return [f"exposure is {exposed:.2f} of {most:.2f}"] if exposed > most else []


def _positions(view: View) -> list[str]:
    return [f"{len(view.notional)} pairs of 1"] if len(view.notional) > 1 else []


def _halted(view: View) -> list[str]:
    came = [f"an entry of {e.notional:.2f} on {e.symbol} came" for e in view.entries]
    return came + [f"an entry on {symbol} still works" for symbol in view.working]


def _emergency(view: View) -> list[str]:
    most = view.equity * 0.005 * TOLERANCE
    large = [s for s in {e.symbol for e in view.entries} if view.margin.get(s, 0.0) > most]
    fast = [e for e in view.entries if e.leverage > 5]
    return [f"{s} binds {view.margin[s]:.2f} of {most:.2f}" for s in large] + [
        f"{e.symbol} came with {e.leverage:g}x of 5x" for e in fast
    ]


_LEVELS = ("minimal", "low", "medium", "high", "critical")
_THREE = {"leverage": {"max": dict.fromkeys(_LEVELS, 3)}, "emergency": {"max_leverage": 3}}
_ONE = {"positions": {"max": 1}, "emergency": {"max_positions": 1}}
_TRIPS = {"on_trip": "halt", "volatility": {"warn_pct": 0.0001, "trip_pct": 0.0002}}

LIMITS: dict[Name, Limit] = {
    limit.name: limit
    for limit in (
        Limit("size", section("size"), _size),
        Limit("leverage", section("leverage", **_THREE), _leverage),
        Limit("exposure", section("exposure"), _exposure),
        Limit("positions", section("positions", **_ONE), _positions),
        Limit("open", section("breaker", "volatility", breaker=_TRIPS), _halted, Stage.trips),
        Limit("latched", section("breaker"), _halted, lambda stage: stage.order("trip")),
        Limit(
            "emergency", section("emergency"), _emergency, lambda stage: stage.order("emergency-on")
        ),
    )
}
