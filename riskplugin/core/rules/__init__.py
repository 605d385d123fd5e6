"""The rules that an entry has to pass: one file per rule, one line per rule here.

A rule is a small frozen class, built from the policy, that judges one request against one account
snapshot. Knows neither modes nor how verdicts are combined; that is the gate's part.
"""

from __future__ import annotations

from typing import ClassVar, Protocol, Self

from riskplugin.core.policy import Policy
from riskplugin.core.rules.breaker import BreakerRule
from riskplugin.core.rules.daily_loss import DailyLossRule
from riskplugin.core.rules.drawdown import DrawdownRule
from riskplugin.core.rules.emergency import EmergencyRule
from riskplugin.core.rules.exposure import ExposureRule
from riskplugin.core.rules.input import InputRule
from riskplugin.core.rules.leverage import LeverageRule
from riskplugin.core.rules.liquidation import LiquidationRule
from riskplugin.core.rules.loss_at_stop import LossAtStopRule
from riskplugin.core.rules.positions import PositionsRule
from riskplugin.core.rules.size import SizeRule
from riskplugin.core.rules.stale import StaleRule
from riskplugin.core.rules.system import SystemRule
from riskplugin.core.rules.trust import TrustRule
from riskplugin.core.rules.weekly_loss import WeeklyLossRule
from riskplugin.core.snapshot import Account, EntryRequest
from riskplugin.core.verdict import Verdict


class Rule(Protocol):
    """One limit. ``name`` is its stable name in reasons, in the audit and in ``modes``."""

    name: ClassVar[str]

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """The rule with the policy's limit. Raises ValueError for a policy it cannot read."""

    def check(self, request: EntryRequest, account: Account) -> Verdict:
        """What the rule says; pure. Usable figures are given: ``input`` has been asked before.

        Answers ``ALLOW`` itself when it has nothing against the entry, a Cap below the
        proposal, or a Deny. It may use aggregates of the account only, never walk its positions
        on the way to an ALLOW of a closed breaker: the cost must not grow with the book.
        """


RULES: tuple[type[Rule], ...] = (
    InputRule,
    StaleRule,
    TrustRule,
    SystemRule,
    BreakerRule,
    DrawdownRule,
    DailyLossRule,
    WeeklyLossRule,
    EmergencyRule,
    LeverageRule,
    LiquidationRule,
    ExposureRule,
    SizeRule,
    PositionsRule,
    LossAtStopRule,
)
