"""How a rule answers: a cap that leaves nothing is a refusal. Knows no rule."""

from __future__ import annotations

from riskplugin.core.units import Quote
from riskplugin.core.verdict import Cap, Deny, Reason


def limited(stake: float, reason: Reason) -> Cap | Deny:
    """A cap at ``stake``; a refusal when that is 0, negative or NaN."""
    return Cap(Quote(stake), reason) if stake > 0 else Deny(reason)


def refused(rule: str, measured: float, limit: float, text: str) -> Deny:
    """A refusal by ``rule`` with both figures."""
    return Deny(Reason(rule, measured, limit, text))
