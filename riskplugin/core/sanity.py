"""Which requests can be computed with at all (CF-4). Knows what a figure may be, and no limit.

A request comes from a strategy, a person or an exchange: any field may hold anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from riskplugin.core.levels import EntryKind, Side
from riskplugin.core.snapshot import EntryRequest
from riskplugin.core.units import is_number

#: No amount and no price is smaller or larger; what is, comes from a mistake and may overflow.
LEAST, MOST = 1e-18, 1e18
HIGHEST_LEVERAGE = 10_000.0
SMALLEST_STOP = 1e-9


@dataclass(frozen=True, slots=True)
class Fault:
    """A field that cannot be used: its value (0 when that is no number), a bound, a sentence."""

    field: str
    measured: float
    limit: float
    text: str


@dataclass(frozen=True, slots=True)
class Range:
    """The values that a field may take, both ends inclusive; ``optional`` admits None."""

    field: str
    low: float
    high: float
    optional: bool = False

    def fault(self, request: EntryRequest) -> Fault | None:
        value = getattr(request, self.field)
        if value is None and self.optional:
            return None
        if not is_number(value):
            text = f"{self.field} must be a number, not {_shown(value)}"
            return Fault(self.field, 0.0, self.low, text)
        if self.low <= value <= self.high:
            return None
        text = f"{self.field} must be from {self.low:g} to {self.high:g}, not {value:g}"
        return Fault(self.field, value, self.low if value < self.low else self.high, text)


LEVERAGE_RANGES = (
    Range("leverage", 1.0, HIGHEST_LEVERAGE),
    Range("exchange_max_leverage", 1.0, HIGHEST_LEVERAGE, optional=True),
    Range("maintenance_ratio", 0.0, 1.0),
    Range("stoploss", SMALLEST_STOP, MOST, optional=True),
)
RANGES = (
    Range("stake", LEAST, MOST),
    Range("price", LEAST, MOST),
    Range("market_price", LEAST, MOST),
    Range("fee", -1.0, 1.0),
    Range("min_stake", 0.0, MOST, optional=True),
    Range("max_stake", 0.0, MOST, optional=True),
    Range("volatility", 0.0, MOST, optional=True),
    *LEVERAGE_RANGES,
)


def leverage_fault(request: EntryRequest) -> Fault | None:
    """The first fault among the figures that a leverage cap needs; None when they are usable."""
    faults = (allowed.fault(request) for allowed in LEVERAGE_RANGES)
    if fault := next(filter(None, faults), None):
        return fault
    return _of_type(request, "can_liquidate", bool)


def request_fault(request: EntryRequest) -> Fault | None:
    """The first field that cannot be used, None when all can. Never raises."""
    faults = (allowed.fault(request) for allowed in RANGES)
    if fault := next(filter(None, faults), None):
        return fault
    return (
        _of_type(request, "can_liquidate", bool)
        or _of_type(request, "side", Side)
        or _of_type(request, "kind", EntryKind)
        or _pair_fault(request)
        or _time_fault(request)
        or (None if request.stale is None else _of_type(request, "stale", str))
        or _notional_fault(request)
    )


def is_plain(request: EntryRequest) -> bool:
    """True only if :func:`request_fault` finds nothing; a fast answer for the usual request.

    False says nothing: numbers of unusual types are left to the thorough look.
    """
    r: Any = request  # whatever its annotations promise
    plain = _PLAIN
    stake, leverage, price, market = r.stake, r.leverage, r.price, r.market_price
    least, most, volatility = r.min_stake, r.max_stake, r.volatility
    stop, top, at = r.stoploss, r.exchange_max_leverage, r.at
    return (
        type(stake) in plain
        and type(leverage) in plain
        and type(price) in plain
        and type(market) in plain
        and LEAST <= stake <= MOST
        and 1.0 <= leverage <= HIGHEST_LEVERAGE
        and LEAST <= price <= MOST
        and LEAST <= market <= MOST
        and stake * leverage <= MOST
        and (market <= price or stake * leverage * (market / price) <= MOST)
        and type(r.maintenance_ratio) in plain
        and 0.0 <= r.maintenance_ratio <= 1.0
        and type(r.fee) in plain
        and -1.0 <= r.fee <= 1.0
        and (least is None or (type(least) in plain and 0.0 <= least <= MOST))
        and (most is None or (type(most) in plain and 0.0 <= most <= MOST))
        and (volatility is None or (type(volatility) in plain and 0.0 <= volatility <= MOST))
        and (stop is None or (type(stop) in plain and SMALLEST_STOP <= stop <= MOST))
        and (top is None or (type(top) in plain and 1.0 <= top <= HIGHEST_LEVERAGE))
        and type(r.can_liquidate) is bool
        and type(r.side) is Side
        and type(r.kind) is EntryKind
        and type(r.pair) is str
        and r.pair != ""
        and isinstance(at, datetime)
        and at.tzinfo is not None
        and (r.stale is None or type(r.stale) is str)
    )


_PLAIN = frozenset({float, int})


def _of_type(request: EntryRequest, field: str, kind: type) -> Fault | None:
    value = getattr(request, field)
    if type(value) is kind:
        return None
    return Fault(field, 0.0, 0.0, f"{field} must be a {kind.__name__}, not {_shown(value)}")


def _pair_fault(request: EntryRequest) -> Fault | None:
    pair: object = request.pair
    if isinstance(pair, str) and pair:
        return None
    return Fault("pair", 0.0, 0.0, f"pair must be a name, not {_shown(pair)}")


def _time_fault(request: EntryRequest) -> Fault | None:
    at: object = request.at
    if isinstance(at, datetime) and at.tzinfo is not None:
        return None
    return Fault("at", 0.0, 0.0, f"at must be a time with a time zone, not {_shown(at)}")


def _notional_fault(request: EntryRequest) -> Fault | None:
    """Asked last: each factor is in its range already, their product may not be."""
    notional = float(request.notional)
    if notional <= MOST:
        return None
    text = f"the notional must be at most {MOST:g}, not {notional:g}"
    return Fault("notional", MOST, MOST, text)


def _shown(value: object) -> str:
    """What a useless value is: short, and without trusting its own idea of itself."""
    if value is None or type(value) in (bool, float):
        return str(value)
    if type(value) is str:
        return repr(value[:40])
    return f"a {type(value).__name__}"
