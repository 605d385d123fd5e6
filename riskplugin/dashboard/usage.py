"""How much of each limit is used, for bars on a screen. Pure: status and section in, bars out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from riskplugin.dashboard.answers import Gauge

#: Name, where the value stands in the status, where its limits stand in the section, the unit.
_FALLS = (
    ("day", "daily_pnl_pct", "daily_loss", -1),
    ("drawdown", "drawdown_pct", "drawdown", 1),
    ("exposure", "exposure_pct", "exposure", 1),
)


def gauges(status: Mapping[str, Any], section: Mapping[str, Any]) -> list[Gauge]:
    """The bars of the page: loss of the day, drawdown, exposure, score, positions."""
    breaker = _group(section, "breaker")
    found = [
        _percent(name, status.get(key), _group(breaker, limits), sign)
        for name, key, limits, sign in _FALLS
    ]
    found.append(_score(status.get("risk_score"), _group(breaker, "score")))
    found.append(_positions(status, section))
    return found


def _percent(name: str, value: Any, limits: Mapping[str, Any], sign: int) -> Gauge:
    known = _number(value)
    used = None if known is None else max(0.0, sign * known)
    warn, trip = _number(limits.get("warn_pct")), _number(limits.get("trip_pct"))
    shown = "?" if known is None else f"{known:.2f}".replace("-0.00", "0.00")
    gained = sign < 0 and known is not None and known > 0
    text = f"{'+' * gained}{shown} %" if trip is None or gained else f"{shown} % of {trip:g} %"
    return Gauge(name=name, value=used, warn=warn, trip=trip, unit="%", text=text)


def _score(value: Any, limits: Mapping[str, Any]) -> Gauge:
    known = _number(value)
    warn, trip = _number(limits.get("warn")), _number(limits.get("trip"))
    shown = "?" if known is None else f"{known:.0f}"
    text = f"{shown} of 100" if trip is None else f"{shown} of {trip:g}"
    return Gauge(name="score", value=known, warn=warn, trip=trip, unit="", text=text)


def _positions(status: Mapping[str, Any], section: Mapping[str, Any]) -> Gauge:
    held = float(len(status.get("positions") or ()))
    most = _number(_group(section, "positions").get("max"))
    if _group(status, "emergency").get("active"):
        emergency = _number(_group(section, "emergency").get("max_positions"))
        most = emergency if most is None or emergency is None else min(most, emergency)
    text = f"{held:.0f}" if most is None else f"{held:.0f} of {most:.0f}"
    return Gauge(name="positions", value=held, warn=None, trip=most, unit="", text=text)


def _group(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = of.get(name)
    return found if isinstance(found, Mapping) else {}


def _number(value: Any) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if usable else None
