"""The size formula: equity x base(level) x volatility factor x balance factor (SZ-1 to SZ-4).

Knows neither requests nor what is held already; a size is the margin of a whole, fresh position.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from types import MappingProxyType

from riskplugin.core.levels import RiskLevel
from riskplugin.core.policy import Policy, SizingPolicy
from riskplugin.core.units import Quote, Ratio

#: The factor above the high threshold, and the answer to "not enough data".
CAREFUL_FACTOR = 0.3

Curve = Callable[[float, SizingPolicy], float]
"""A factor in (0, 1] for a volatility per day in [0, high]; never rises with the volatility."""


def linear(volatility: float, policy: SizingPolicy) -> float:
    """Falls in a straight line from 1 at rest to 0.5 at the high threshold (inclusive)."""
    return 1.0 - volatility / policy.high_volatility * 0.5


def stepped(volatility: float, policy: SizingPolicy) -> float:
    """1 below the medium threshold, 0.75 from it (inclusive) to the high one (inclusive)."""
    return 1.0 if volatility < policy.medium_volatility else 0.75


#: Every curve by its name in the configuration. A new curve is a function and a line here.
CURVES: Mapping[str, Curve] = MappingProxyType({"linear": linear, "stepped": stepped})


def curve_named(name: str) -> Curve:
    """The curve called ``name``; raises ValueError, naming those that exist, when there is none."""
    try:
        return CURVES[name]
    except KeyError:
        raise ValueError(f"no volatility curve {name!r}; there are {', '.join(CURVES)}") from None


def volatility_factor(volatility: Ratio | None, policy: SizingPolicy) -> Ratio:
    """The share of the base size that this volatility per day leaves, in [0.3, 1] (SZ-3).

    Above the high threshold, for None (not enough data) and for what is no volatility at all
    (negative, NaN) it is 0.3; otherwise the policy's curve says. Raises ValueError for a curve
    that does not exist.
    """
    return Ratio(_volatility(volatility, policy))


def balance_factor(equity: Quote, policy: SizingPolicy) -> Ratio:
    """min(equity / full_size_equity, 1) in [0, 1]; 0 without a positive, finite equity (SZ-4)."""
    return Ratio(_balance(equity, policy))


def position_size(
    equity: Quote,
    level: RiskLevel,
    volatility: Ratio | None,
    policy: Policy,
    emergency: bool,  # noqa: FBT001 -- an argument of the formula like the others
) -> Quote:
    """Margin (stake currency, >= 0) of a whole fresh position (SZ-1); 0 when equity <= 0.

    In an emergency at most equity x emergency.max_position (EM-1). ``volatility`` is a ratio per
    day, None when there is not enough data. Raises ValueError for an unknown curve.
    """
    sizing = policy.sizing
    balance = _balance(equity, sizing)
    if not balance > 0:
        return Quote(0.0)
    size = equity * sizing.base[level] * _volatility(volatility, sizing) * balance
    return Quote(min(size, equity * policy.emergency.max_position) if emergency else size)


def _volatility(volatility: float | None, policy: SizingPolicy) -> float:
    curve = CURVES.get(policy.curve) or curve_named(policy.curve)
    if volatility is None or not 0 <= volatility <= policy.high_volatility:
        return CAREFUL_FACTOR
    return curve(volatility, policy)


def _balance(equity: float, policy: SizingPolicy) -> float:
    if not 0 < equity < inf:
        return 0.0
    full = policy.full_size_equity
    return 1.0 if equity >= full else equity / full
