"""The risk score: how much of its limits the account uses, 0 to 100, and the level that follows.

Reads a snapshot and the policy; knows no trigger, no rule and no history.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from riskplugin.core.levels import RiskLevel
from riskplugin.core.policy import Policy
from riskplugin.core.units import Ratio
from riskplugin.core.wording import figure, percent

#: What a part is measured against where the policy has no limit of its own.
DEFAULT_EXPOSURE, DEFAULT_DRAWDOWN, DEFAULT_DAILY_LOSS, DEFAULT_POSITIONS = 0.50, 0.15, 0.02, 10

_MINIMAL = RiskLevel.MINIMAL
_HIGHEST_FIRST = tuple(reversed(RiskLevel))


class RiskScore(NamedTuple):
    """The score and its parts, each from 0 (nothing used) to 100 (its limit reached or passed).

    ``basis`` holds the figures behind the parts, measured and reference in turn: exposure ratio,
    drawdown, daily loss (ratios), highest leverage in use, number of pairs held. A named tuple, as
    one is built for every candle of a backtest and a frozen dataclass costs three times as much.
    """

    total: float
    exposure: float
    loss: float
    leverage: float
    positions: float
    level: RiskLevel
    basis: tuple[float, ...]

    def explain(self) -> dict[str, str]:
        """One sentence per part, by the part's name, with the measured figure and its reference."""
        exposure, exposed_at, fall, fall_at, day, day_at, leverage, top, count, most = self.basis
        return {
            "exposure": f"exposure is {percent(exposure)} of equity, "
            f"100 points at {percent(exposed_at)}",
            "loss": f"the drawdown is {percent(fall)}, 100 points at {percent(fall_at)}; "
            f"the loss of the day is {percent(day)}, 100 points at {percent(day_at)}; "
            "the larger share counts",
            "leverage": f"the highest leverage in use is {figure(leverage)}x, "
            f"100 points at {figure(top)}x",
            "positions": f"{figure(count)} pairs are held, 100 points at {figure(most)}",
        }


class Scored(Protocol):
    """What of an account the score rests on."""

    @property
    def exposure_ratio(self) -> Ratio: ...
    @property
    def drawdown(self) -> Ratio: ...
    @property
    def daily_loss(self) -> Ratio: ...
    @property
    def max_leverage(self) -> float: ...
    @property
    def open_count(self) -> int: ...


def risk_score(account: Scored, policy: Policy) -> RiskScore:
    """0.3 exposure + 0.25 loss + 0.25 leverage + 0.2 positions (MO-2), each part 0 to 100.

    exposure: gross exposure / equity against the exposure trip. loss: the larger of drawdown and
    daily loss, each against its trip. leverage: the highest in use against the cap of the level
    MINIMAL. positions: pairs held against max_positions. Where the policy has no such limit,
    50 %, 15 %, 2 % and 10 stand in. A figure that cannot be judged counts 100.
    """
    exposed_at, fall_at, day_at, top, most = _references(policy)
    exposure, fall, day = account.exposure_ratio, account.drawdown, account.daily_loss
    leverage, count = account.max_leverage, account.open_count
    first = _points(exposure, exposed_at)
    fallen, lost = _points(fall, fall_at), _points(day, day_at)
    second = max(fallen, lost)
    third = _points(leverage, top)
    fourth = _points(count, most)
    total = (30 * first + 25 * second + 25 * third + 20 * fourth) / 100
    basis = (exposure, exposed_at, fall, fall_at, day, day_at, leverage, top, count, most)
    level = level_of(total, policy.levels)
    return RiskScore(total, first, second, third, fourth, level, basis)


def level_of(total: float, begins: Mapping[RiskLevel, float]) -> RiskLevel:
    """The highest level whose beginning ``total`` has reached: a level begins AT its score."""
    for level in _HIGHEST_FIRST:
        if not total < begins[level]:
            return level
    return _MINIMAL


def _references(policy: Policy) -> tuple[float, float, float, float, float]:
    limits, most = policy.breaker, policy.max_positions
    exposure, fall, day = limits.exposure.trip, limits.drawdown.trip, limits.daily_loss.trip
    return (
        DEFAULT_EXPOSURE if exposure is None else exposure,
        DEFAULT_DRAWDOWN if fall is None else fall,
        DEFAULT_DAILY_LOSS if day is None else day,
        policy.leverage.max[_MINIMAL],
        DEFAULT_POSITIONS if most is None else most,
    )


def _points(measured: float, reference: float) -> float:
    """The share of its reference in percent, from 0 to 100; NaN and a reference of 0 give 100."""
    if 0 < measured < reference:
        return 100.0 * measured / reference
    return 0.0 if measured <= 0 else 100.0
