"""How much leverage an entry may use, and how far its stop lies from the price (LV-1, LV-3).

Leverage is a cap, never a target: nothing here answers more than was proposed. Whole numbers only,
since exchanges floor what is not, and then bind more margin than was approved.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import floor, inf
from typing import NamedTuple, Self

from riskplugin.core.levels import RiskLevel
from riskplugin.core.policy import Policy
from riskplugin.core.sanity import leverage_fault
from riskplugin.core.snapshot import AccountSnapshot, EntryRequest
from riskplugin.core.units import Ratio
from riskplugin.core.verdict import Reason
from riskplugin.core.wording import figure, percent


@dataclass(frozen=True, slots=True)
class LeverageCap:
    """The leverage that may be used: a whole number >= 1, and what lowered it (None: nothing).

    A reason beside 1 may also mean that not even 1 is allowed; the rules then refuse the entry.
    """

    value: float
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Stops:
    """The plugin's stops and buffer, as price distances; a stop of None is only observed."""

    normal: Ratio | None
    emergency: Ratio | None
    safe_share: float

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """Stops count unless ``stop`` is in observe mode."""
        safe = 1.0 - policy.leverage.liquidation_buffer
        if policy.enforced("stop"):
            return cls(policy.stop, policy.emergency.stop, safe)
        return cls(None, None, safe)

    def distance(self, stoploss: float | None, leverage: float, *, emergency: bool) -> float:
        """As :func:`stop_distance`."""
        plugin = self.emergency if emergency else self.normal
        if stoploss is None:
            return 1.0 if plugin is None else plugin
        own = stoploss / leverage
        return own if plugin is None or own < plugin else plugin

    def safe_distance(self, leverage: float, maintenance_ratio: float) -> float:
        """Price distance that a stop may have: (1 / leverage - maintenance) x (1 - buffer).

        The first factor is the way from entry to liquidation of an isolated position, fees left
        out; in cross margin it is longer. Negative when a position would be liquidated at once.
        """
        return (1.0 / leverage - maintenance_ratio) * self.safe_share


def stop_distance(
    stoploss: Ratio | None,
    leverage: float,
    policy: Policy,
    emergency: bool,  # noqa: FBT001 -- an argument of the formula like the others
) -> Ratio:
    """Price distance (share of the price) of the tighter of the plugin's and the strategy's stop.

    ``stoploss`` is the strategy's, as a positive ratio of margin; at ``leverage`` (>= 1) that is
    a price distance of stoploss / leverage. The plugin's stop does not count while ``stop`` is in
    observe mode. 1.0, the whole price, when there is no stop at all.
    """
    return Ratio(Stops.from_policy(policy).distance(stoploss, leverage, emergency=emergency))


def level_cap(level: RiskLevel, policy: Policy) -> float:
    """The highest leverage of this risk level (inclusive)."""
    return policy.leverage.max[level]


def liquidation_cap(
    proposal: float,
    stoploss: Ratio | None,
    maintenance_ratio: Ratio,
    policy: Policy,
    *,
    emergency: bool,
) -> int:
    """The largest whole leverage <= ``proposal`` whose stop lies before liquidation (inclusive).

    0 when not even 1 does. A lower leverage never brings the stop nearer to liquidation, which is
    what the search by halves rests on.
    """
    stops = Stops.from_policy(policy)

    def too_high(leverage: int) -> int:
        stop = stops.distance(stoploss, leverage, emergency=emergency)
        return not stop <= stops.safe_distance(leverage, maintenance_ratio)

    return bisect_left(range(1, floor(proposal) + 1), 1, key=too_high)


def leverage_cap(request: EntryRequest, account: AccountSnapshot, policy: Policy) -> LeverageCap:
    """The smallest of the proposal and all caps, floored to a whole number, at least 1 (LV-1).

    Caps: the risk level's, the emergency's while one is on, the exchange's maximum, and the
    liquidation cap where the entry can be liquidated. ``reason`` names the smallest cap when it
    lowers the proposal (rounding alone gives none). A request whose figures cannot be judged gets
    1 with the reason ``input``. Only leverage, stop and exchange figures of the request are read,
    so it may be asked before there is a stake. A rule that only observes lowers nothing. Never
    raises for any request content.
    """
    if fault := leverage_fault(request):
        return LeverageCap(1.0, Reason("input", fault.measured, fault.limit, fault.text))
    cap = min(_caps(request, account, policy))
    allowed = max(floor(min(request.leverage, cap.limit)), 1)
    if request.can_liquidate and policy.enforced("liquidation"):
        safe = liquidation_cap(
            allowed,
            request.stoploss,
            request.maintenance_ratio,
            policy,
            emergency=account.emergency,
        )
        if safe < allowed:
            stops = Stops.from_policy(policy)
            text = liquidation_text(request, allowed, stops, emergency=account.emergency)
            reason = Reason("liquidation", request.leverage, safe, text)
            return LeverageCap(float(max(safe, 1)), reason)
    return LeverageCap(float(allowed), _lowered(request.leverage, cap))


class _Limit(NamedTuple):
    """A cap, the rule that it belongs to, and its name for people; compared in this order."""

    limit: float
    rule: str
    what: str


def _caps(request: EntryRequest, account: AccountSnapshot, policy: Policy) -> list[_Limit]:
    level = account.level
    caps = [_Limit(inf, "leverage", "no cap")]
    if policy.enforced("leverage"):
        caps = [_Limit(level_cap(level, policy), "leverage", f"the cap of the level {level}")]
    if account.emergency and policy.enforced("emergency"):
        caps.append(_Limit(policy.emergency.max_leverage, "emergency", "the cap in an emergency"))
    if request.exchange_max_leverage is not None:
        caps.append(_Limit(request.exchange_max_leverage, "leverage", "the exchange's maximum"))
    return caps


def _lowered(proposal: float, cap: _Limit) -> Reason | None:
    if not proposal > cap.limit:
        return None
    text = f"leverage {figure(proposal)}x is above {cap.what}, {figure(cap.limit)}x"
    return Reason(cap.rule, proposal, cap.limit, text)


def liquidation_text(
    request: EntryRequest, leverage: float, stops: Stops, *, emergency: bool
) -> str:
    """The sentence for a stop that lies too near to liquidation, or beyond it, at ``leverage``."""
    stop = stops.distance(request.stoploss, leverage, emergency=emergency)
    room = stops.safe_distance(leverage, request.maintenance_ratio)
    return (
        f"at {figure(leverage)}x the stop lies {percent(stop)} from the price; before "
        f"liquidation at most {percent(room)} are safe"
    )
