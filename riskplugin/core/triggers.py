"""The breaker's triggers: which thresholds the account has reached, as warnings or trips (CB-2).

Judges one snapshot; what follows from a trip, and when, is the monitor's matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from operator import gt, le, lt
from typing import Protocol

from riskplugin.core.breaker import BreakerState
from riskplugin.core.policy import BreakerPolicy, Policy, Threshold
from riskplugin.core.score import RiskScore, Scored, risk_score
from riskplugin.core.units import Ratio
from riskplugin.core.wording import figure, percent, points


class Severity(StrEnum):
    """A warning is told; a trip opens the breaker."""

    WARNING = "warning"
    TRIP = "trip"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A threshold that has fired.

    ``name`` is its key in the configuration and in ``modes``. ``measured`` and ``limit`` are in
    the threshold's unit: ratios, points (score), counts, seconds (age of prices). ``text`` is a
    sentence with both. ``observed`` is True when the trigger only records.
    """

    name: str
    severity: Severity
    measured: float
    limit: float
    text: str
    observed: bool


@dataclass(frozen=True, slots=True)
class _Kind:
    """When a figure is still inside its limit, and how to say that it is not."""

    label: str
    inside: Callable[[float, float], bool]
    verb: str
    show: Callable[[float], str]


#: Compared as "is it still inside?": NaN is inside of nothing, so it fires.
_KINDS: Mapping[str, _Kind] = {
    "drawdown": _Kind("drawdown", lt, "has reached", percent),
    "daily_loss": _Kind("daily loss", lt, "has reached", percent),
    "weekly_loss": _Kind("weekly loss", lt, "has reached", percent),
    "exposure": _Kind("exposure", le, "is above", percent),
    "score": _Kind("risk score", lt, "has reached", points),
    "losing_streak": _Kind("losing streak", lt, "has reached", figure),
    "volatility": _Kind("volatility per day", lt, "has reached", percent),
    "rejected_orders": _Kind("share of rejected orders", lt, "has reached", percent),
    "liquidation_room": _Kind("room to liquidation", gt, "has fallen to", percent),
}
_LIMIT_WORDS = {Severity.WARNING: "warning value", Severity.TRIP: "limit"}
_WARNING, _TRIP, _HALF_OPEN = Severity.WARNING, Severity.TRIP, BreakerState.HALF_OPEN


class Judged(Scored, Protocol):
    """What of an account the triggers rest on: see :class:`~riskplugin.core.snapshot`."""

    @property
    def untrusted(self) -> str | None: ...
    @property
    def breaker(self) -> BreakerState: ...
    @property
    def weekly_loss(self) -> Ratio: ...
    @property
    def losing_streak(self) -> int: ...
    @property
    def rejected_ratio(self) -> Ratio: ...
    @property
    def volatility(self) -> Ratio | None: ...
    @property
    def liquidation_room(self) -> Ratio | None: ...
    @property
    def fault(self) -> str | None: ...
    @property
    def consecutive_errors(self) -> int: ...
    @property
    def price_age(self) -> timedelta: ...


def evaluate(account: Judged, policy: Policy, *, score: RiskScore | None = None) -> list[Trigger]:
    """Every threshold that has fired, at most once each: a trip, or else a warning.

    Thresholds fire AT their value, except ``exposure`` (strictly above: the limit itself may be
    filled) and ``liquidation_room`` (at or below). A threshold of None and a figure of None (not
    enough data) do not fire. While the figures are untrusted nothing that rests on equity fires
    (CB-11). ``score`` is the score of this account, computed here when not given.
    """
    limits = policy.breaker
    fired: list[Trigger] = []
    if account.untrusted is None:
        if account.breaker is not _HALF_OPEN:
            # A half-open breaker is still under the references (peak, start of day) that opened
            # it; they are re-based only when its test is passed. Judging by them would re-open it
            # at once, for ever. The half-open loss budget judges instead (CB-6).
            _losses(fired, account, policy)
            _judge(fired, policy, "score", (score or risk_score(account, policy)).total)
        _judge(fired, policy, "exposure", account.exposure_ratio)
    _judge(fired, policy, "losing_streak", account.losing_streak)
    _judge(fired, policy, "rejected_orders", account.rejected_ratio)
    if account.volatility is not None:
        _judge(fired, policy, "volatility", account.volatility)
    if account.liquidation_room is not None:
        _judge(fired, policy, "liquidation_room", account.liquidation_room)
    if causes := system_causes(account, limits):
        fired.append(_system(causes, policy))
    return fired


def tripped(account: Judged, policy: Policy, *, score: RiskScore | None = None) -> list[Trigger]:
    """Only the trips that are enforced: what opens the breaker now."""
    fired = evaluate(account, policy, score=score)
    return [t for t in fired if t.severity is _TRIP and not t.observed]


def sentence(name: str, severity: Severity, measured: float, limit: float) -> str:
    """What a fired threshold says to people.

    >>> sentence("drawdown", Severity.TRIP, 0.152, 0.15)
    'drawdown 15.2 % has reached the limit of 15 %'
    """
    kind = _KINDS[name]
    word = _LIMIT_WORDS[severity]
    return f"{kind.label} {kind.show(measured)} {kind.verb} the {word} of {kind.show(limit)}"


@dataclass(frozen=True, slots=True)
class SystemCause:
    """One reason to believe that the system itself is at fault."""

    measured: float
    limit: float
    text: str


def system_causes(account: Judged, limits: BreakerPolicy) -> list[SystemCause]:
    """What is wrong with the system now: a fault, errors in a row (at), old prices (above).

    Prices may be of any age while the book is flat: none is in use.
    """
    causes: list[SystemCause] = []
    if account.fault is not None:
        causes.append(SystemCause(1.0, 0.0, account.fault))
    errors, bearable = account.consecutive_errors, limits.max_consecutive_errors
    if not errors < bearable:
        causes.append(SystemCause(errors, bearable, errors_in_a_row(errors, bearable)))
    if account.open_count and not account.price_age <= limits.max_price_age:
        age, most = account.price_age.total_seconds(), limits.max_price_age.total_seconds()
        causes.append(SystemCause(age, most, old_prices(age, most)))
    return causes


def old_prices(age: float, most: float) -> str:
    """The sentence for prices of ``age`` seconds where ``most`` are allowed."""
    return f"the oldest price in use is {figure(age)} s old, the limit is {figure(most)} s"


def errors_in_a_row(count: int, most: int) -> str:
    """The sentence for ``count`` errors where ``most`` end it."""
    return f"{count} errors in a row have reached the limit of {most}"


def _system(causes: list[SystemCause], policy: Policy) -> Trigger:
    text = "; ".join(cause.text for cause in causes)
    observed = not policy.enforced("system")
    return Trigger("system", _TRIP, causes[0].measured, causes[0].limit, text, observed)


def _losses(fired: list[Trigger], account: Judged, policy: Policy) -> None:
    _judge(fired, policy, "drawdown", account.drawdown)
    _judge(fired, policy, "daily_loss", account.daily_loss)
    _judge(fired, policy, "weekly_loss", account.weekly_loss)


def _judge(fired: list[Trigger], policy: Policy, name: str, measured: float) -> None:
    threshold: Threshold = getattr(policy.breaker, name)
    inside = _KINDS[name].inside
    if threshold.trip is not None and not inside(measured, threshold.trip):
        severity, limit = _TRIP, threshold.trip
    elif threshold.warn is not None and not inside(measured, threshold.warn):
        severity, limit = _WARNING, threshold.warn
    else:
        return
    text = sentence(name, severity, measured, limit)
    fired.append(Trigger(name, severity, measured, limit, text, not policy.enforced(name)))
