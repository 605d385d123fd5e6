"""Hypothesis strategies that build valid sections "risk", with any keys left out."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

Draw = st.DrawFn


@cache
def _figure(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, allow_infinity=False)


@cache
def _falling(low: float, high: float) -> st.SearchStrategy[list[float]]:
    return st.lists(_figure(low, high), min_size=5, max_size=5).map(
        lambda values: sorted(values, reverse=True)
    )


@cache
@st.composite
def _pair(
    draw: Draw, high: float, names: tuple[str, str], *, below: bool, whole: bool
) -> dict[str, Any]:
    figure: st.SearchStrategy[Any] = st.integers(1, 50) if whole else _figure(0.01, high)
    first, second = sorted((draw(figure), draw(figure)), reverse=below)
    pair: dict[str, Any] = dict(zip(names, (first, second), strict=True))
    for name in draw(st.sets(st.sampled_from(names))):
        pair[name] = None
    return pair


@cache
def _percents(high: float = 100, *, below: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    return _pair(high, ("warn_pct", "trip_pct"), below=below, whole=False)


_durations = st.builds(
    lambda number, unit: f"{number}{unit}", st.integers(1, 300), st.sampled_from("dhms")
)
_levels = ("minimal", "low", "medium", "high", "critical")


@st.composite
def sections(draw: Draw) -> dict[str, Any]:
    """A valid section."""
    base, caps = draw(_falling(0.01, 100)), draw(_falling(1, 125))
    medium, high = sorted((draw(_figure(0.1, 1000)), draw(_figure(0.1, 1000))))
    steps = draw(st.lists(st.integers(1, 99), min_size=4, max_size=4, unique=True).map(sorted))
    breaker = {
        "drawdown": draw(_percents()),
        "daily_loss": {**draw(_percents()), "hold_until_next_day": draw(st.booleans())},
        "weekly_loss": draw(_percents()),
        "exposure": draw(_percents(10_000)),
        "score": draw(_pair(100, ("warn", "trip"), below=False, whole=False)),
        "losing_streak": draw(_pair(50, ("warn", "trip"), below=False, whole=True)),
        "volatility": draw(_percents(1000)),
        "rejected_orders": draw(_percents()),
        "liquidation_room": draw(_percents(below=True)),
        "system": {"max_consecutive_errors": draw(st.integers(1, 99)), "max_price_age": "90s"},
        "cooldown": f"{draw(st.integers(1, 60))}m",
        "max_cooldown": f"{draw(st.integers(1, 366))}d",
        "on_trip": draw(st.sampled_from(["halt", "emergency", "flatten"])),
        "half_open": {"size_factor": draw(_figure(0.01, 1)), "wins": draw(st.integers(1, 9))},
    }
    section: dict[str, Any] = {
        "sizing": {
            "base_pct": dict(zip(_levels, base, strict=True)),
            "volatility": {
                "estimator": draw(st.sampled_from(["ewma", "atr"])),
                "curve": draw(st.sampled_from(["linear", "stepped"])),
                "medium_pct": medium,
                "high_pct": high,
            },
            "max_risk_per_trade_pct": draw(st.none() | _figure(0.01, 100)),
        },
        "leverage": {"max": dict(zip(_levels, caps, strict=True))},
        "stop": {"normal_pct": draw(_figure(0.01, 99))},
        "positions": {"max": draw(st.none() | st.integers(3, 99))},
        "levels": dict(zip(_levels[1:], steps, strict=True)),
        "breaker": breaker,
        "emergency": {
            "max_leverage": draw(st.floats(1, caps[0])),
            "max_position_pct": draw(st.floats(0.005, base[0])),
            "max_positions": draw(st.integers(0, 3)),
        },
        "trust": {"confirm_after": draw(_durations)},
        "day": {"timezone": draw(st.sampled_from(["UTC", "Europe/Berlin", "Asia/Tokyo"]))},
        "ledger": {"url": draw(st.sampled_from(["sqlite://", "postgresql://bot:secret@db/risk"]))},
        "modes": draw(
            st.dictionaries(
                st.sampled_from(["stop", "size", "drawdown", "score"]),
                st.sampled_from(["observe", "enforce"]),
            )
        ),
    }
    return {name: section[name] for name in draw(st.sets(st.sampled_from(sorted(section))))} | {
        # These three are checked against each other, so they are written together.
        name: section[name]
        for name in ("sizing", "leverage", "emergency")
    }
