"""How large an entry would pass now, and what stops it. The gate is asked, nothing is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from riskplugin.core.gate import MINIMUM, Gate
from riskplugin.core.levels import Side
from riskplugin.core.leverage import leverage_cap
from riskplugin.core.policy import Policy
from riskplugin.core.snapshot import AccountSnapshot, EntryRequest
from riskplugin.core.units import Quote, Ratio
from riskplugin.core.verdict import Cap, Decision, Deny, Reason
from riskplugin.core.wording import figure

#: The pair of :func:`fresh`: nothing is held in it.
ANY_PAIR = "any pair"
#: No limit lets an entry of so many times the equity through.
_TIMES_EQUITY = 1000.0


def fresh(account: AccountSnapshot, policy: Policy, at: datetime, *, futures: bool) -> EntryRequest:
    """An entry in a calm pair in which nothing is held, with the highest leverage allowed now."""
    request = EntryRequest(
        at=at,
        pair=ANY_PAIR,
        side=Side.LONG,
        stake=Quote(1.0),
        price=1.0,
        market_price=1.0,
        leverage=125.0 if futures else 1.0,
        can_liquidate=futures,
        volatility=Ratio(0.0),
    )
    return replace(request, leverage=leverage_cap(request, account, policy).value)


def headroom(gate: Gate, account: AccountSnapshot, request: EntryRequest) -> dict[str, Any]:
    """The largest stake with which ``request`` would pass, and the rules that stop more.

    The request's own stake does not count. ``stake`` and ``notional`` are 0 when nothing passes.
    """
    most = max(account.equity, 1.0) * _TIMES_EQUITY
    decision = gate.decide(replace(request, stake=Quote(most)), account)
    stake, notional = decision.stake, decision.stake * request.leverage * request.price_factor
    rule = _binding(decision)
    return {
        "pair": request.pair,
        "side": str(request.side),
        "stake": stake,
        "notional": notional,
        "leverage": request.leverage,
        "rule": None if rule is None else rule.rule,
        "text": _text(decision, request, rule),
        "rules": [_rule(reason, said) for reason, said in _reasons(decision)],
    }


def _binding(decision: Decision) -> Reason | None:
    return decision.binding.reason if isinstance(decision.binding, Cap | Deny) else None


def _reasons(decision: Decision) -> list[tuple[Reason, Cap | Deny]]:
    """Strictest first."""
    said = [(v.reason, v) for _, v in decision.verdicts if isinstance(v, Cap | Deny)]
    return sorted(said, key=lambda pair: _passes(pair[1]))


def _passes(verdict: Cap | Deny) -> float:
    return verdict.stake if isinstance(verdict, Cap) else 0.0


def _rule(reason: Reason, said: Cap | Deny) -> dict[str, Any]:
    """``measured`` of a rule that caps is the stake that it leaves."""
    capped = isinstance(said, Cap)
    left = f"{reason.rule} leaves {figure(_passes(said))} of margin"
    return {
        "rule": reason.rule,
        "stake": _passes(said),
        "measured": _passes(said) if capped else reason.measured,
        "limit": reason.limit,
        "text": left if capped else reason.text,
    }


def _text(decision: Decision, request: EntryRequest, rule: Reason | None) -> str:
    if rule is None:
        return "no limit stops an entry"
    if isinstance(decision.binding, Deny):
        capped = [r.rule for r, said in _reasons(decision) if isinstance(said, Cap)]
        because = f" ({capped[0]} leaves no more)" if rule.rule == MINIMUM and capped else ""
        return f"no entry passes: {rule.text}{because}"
    at = f" at {figure(request.leverage)}x" if request.leverage > 1 else ""
    return f"up to {figure(decision.stake)} of margin{at}; more is stopped by {rule.rule}"
