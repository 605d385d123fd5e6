"""What an entry may be at most, from the configuration: the specification, written again.

Only the risk level and the pair's volatility are the ledger's; nothing of core/ computes here.
"""

from __future__ import annotations

from riskplugin.cli.demo.evidence import Evidence
from riskplugin.cli.demo.orderlog import Order
from riskplugin.core.levels import RiskLevel


def margin_limit(order: Order, evidence: Evidence) -> float:
    """SZ-1 to SZ-4; in an emergency EM-1; half-open a share of that. 0 without a decision."""
    approval = evidence.approvals.get(str(order.id))
    if approval is None or approval.decision is None:
        return 0.0
    sizing, equity = evidence.policy.sizing, evidence.tape.equity(order.created)
    size = equity * sizing.base[approval.decision.level]
    size *= _volatility_factor(approval.decision.request.volatility, sizing.high_volatility)
    size *= min(equity / sizing.full_size_equity, 1.0)
    if evidence.emergency(order.created):
        size = min(size, equity * evidence.policy.emergency.max_position)
    if evidence.state(order.created) == "half-open":
        size *= evidence.policy.breaker.half_open.size_factor
    return size


def leverage_limit(order: Order, evidence: Evidence) -> float:
    """LV-1: the cap of the recorded level (of the calmest without one), and the emergency's."""
    approval = evidence.approvals.get(str(order.id))
    known = approval is not None and approval.decision is not None
    level = approval.decision.level if known else RiskLevel.MINIMAL  # type: ignore[union-attr]
    cap = evidence.policy.leverage.max[level]
    if evidence.emergency(order.created):
        cap = min(cap, evidence.policy.emergency.max_leverage)
    return cap


def exposure_limit(evidence: Evidence) -> float:
    """CB-2: entries fill up to the warning; infinite when there is no limit."""
    limits = evidence.policy.breaker.exposure
    fill = limits.trip if limits.warn is None else limits.warn
    return float("inf") if fill is None else fill


def position_limit(order: Order, evidence: Evidence) -> int:
    """The bot's own slots; in an emergency EM-1; half-open the probes."""
    limit = evidence.slots
    if evidence.emergency(order.created):
        limit = min(limit, evidence.policy.emergency.max_positions)
    if evidence.state(order.created) == "half-open":
        limit = min(limit, evidence.policy.breaker.half_open.max_positions)
    return limit


def _volatility_factor(volatility: float | None, high: float) -> float:
    """SZ-3, the curve `linear`."""
    if volatility is None or not volatility <= high:
        return 0.3
    return 1 - volatility / high * 0.5
