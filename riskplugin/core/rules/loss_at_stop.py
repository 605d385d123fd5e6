"""Caps an entry so that its stop costs at most a set share of equity (SZ-7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from riskplugin.core.leverage import Stops
from riskplugin.core.policy import Policy
from riskplugin.core.rules.answers import limited
from riskplugin.core.snapshot import Account, EntryRequest
from riskplugin.core.verdict import ALLOW, Reason, Verdict
from riskplugin.core.wording import figure, percent


@dataclass(frozen=True, slots=True)
class LossAtStopRule:
    """(stop distance + two fees) x the whole position's notional is at most a share of equity."""

    name: ClassVar[str] = "loss_at_stop"
    share: float | None
    stops: Stops

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """The share is sizing.max_risk_per_trade (inclusive); None switches the rule off."""
        return cls(policy.sizing.max_risk_per_trade, Stops.from_policy(policy))

    def check(self, request: EntryRequest, account: Account) -> Verdict:
        """Cap the stake, whatever the leverage. A rebate (negative fee) counts as no fee."""
        share = self.share
        if share is None:
            return ALLOW
        leverage = request.leverage
        fee: float = request.fee
        fee = 0.0 if fee < 0.0 else fee  # noqa: FURB136 - max() takes as long as half of this rule
        equity: float = account.equity
        equity = 0.0 if equity < 0.0 else equity  # noqa: FURB136
        stop = self.stops.distance(request.stoploss, leverage, emergency=account.emergency)
        risk = stop + 2.0 * fee
        held = account.holding(request.pair).notional
        limit = share * equity
        cap = (limit - risk * held) / (risk * leverage * request.price_factor)
        if request.stake <= cap:
            return ALLOW
        loss = risk * (held + request.notional)
        text = f"the stop would cost {figure(loss)}, the limit is {figure(limit)}"
        text += f" ({percent(share)} of equity)"
        return limited(cap, Reason(self.name, loss, limit, text))
