"""The core's three questions as plain functions, for scripts, notebooks and tests of strategies.

Figures are percent where the name says so, as in the configuration. Nothing here records, enforces
or knows freqtrade.
"""

from __future__ import annotations

from riskplugin.config import RiskLimits
from riskplugin.core.levels import RiskLevel
from riskplugin.core.policy import Policy
from riskplugin.core.score import RiskScore, risk_score
from riskplugin.core.sizing.position import position_size
from riskplugin.core.snapshot import AccountSnapshot
from riskplugin.core.triggers import Trigger, tripped
from riskplugin.core.units import Quote, Ratio, is_number

_DEFAULTS = Policy()


def calculate_position_size(
    equity: float,
    *,
    level: RiskLevel,
    volatility_pct: float,
    emergency: bool = False,
    limits: RiskLimits | None = None,
) -> float:
    """Margin of a fresh position in stake currency, >= 0 (SZ-1 to SZ-4, EM-1).

    ``equity`` (stake currency, >= 0) x base of ``level`` x volatility factor x balance factor; in
    an emergency at most ``limits.max_position_size_pct_conservative``. ``volatility_pct`` is
    percent per day, >= 0. The minimum position (SZ-5) is the gate's business: a size below it is
    returned as it is, and an entry of that size is refused.

    >>> calculate_position_size(2000, level=RiskLevel.LOW, volatility_pct=7.5)
    15.0

    Raises ValueError when equity or volatility is negative or not finite.
    """
    _not_negative("equity", equity)
    _not_negative("volatility_pct", volatility_pct)
    volatility = Ratio(volatility_pct / 100)
    return position_size(Quote(equity), RiskLevel(level), volatility, _policy(limits), emergency)


def calculate_risk_score(account: AccountSnapshot, limits: RiskLimits | None = None) -> RiskScore:
    """How risky ``account`` is: total and parts, 0 to 100, and the level that follows (MO-2)."""
    return risk_score(account, _policy(limits))


def check_circuit_breaker_conditions(
    account: AccountSnapshot, limits: RiskLimits | None = None
) -> list[Trigger]:
    """The limits that ``account`` has reached and that trip the breaker; empty when none (CB-2).

    Each names its limit, the measured value and the limit's value. Limits that only observe, and
    warnings, are not among them.
    """
    return tripped(account, _policy(limits))


def _policy(limits: RiskLimits | None) -> Policy:
    return _DEFAULTS if limits is None else limits.policy


def _not_negative(name: str, value: float) -> None:
    if not (is_number(value) and value >= 0):
        raise ValueError(f"{name} must be a finite number >= 0, not {value!r}")
