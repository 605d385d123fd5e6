"""The one decision: all rules are asked, the strictest wins, what is left must be worth placing.

Pure and reusable: a gate belongs to one policy; a new policy means a new gate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from riskplugin.core.policy import Policy
from riskplugin.core.rules import RULES
from riskplugin.core.rules.input import InputRule
from riskplugin.core.sanity import LEAST
from riskplugin.core.snapshot import Account, EntryRequest
from riskplugin.core.units import Quote
from riskplugin.core.verdict import ALLOW, Cap, Decision, Deny, Reason, Verdict
from riskplugin.core.wording import figure

#: The name under which a stake below the minimum is refused (SZ-5).
MINIMUM: Final = "minimum"
#: The stake of an entry that is refused.
REFUSED: Final = Quote(0.0)

_Check = Callable[[EntryRequest, Account], Verdict]
_Named = tuple[str, Verdict]


class Gate:
    """Decides on entries under one policy."""

    __slots__ = ("_enforced", "_input", "_min_position", "_observed")

    def __init__(self, policy: Policy) -> None:
        """Build every rule once. Raises ValueError for a policy that a rule cannot read."""
        rules = [rule.from_policy(policy) for rule in RULES if rule is not InputRule]
        rules.sort(key=lambda rule: rule.name)
        checks: list[tuple[str, _Check]] = [(rule.name, rule.check) for rule in rules]
        self._input = InputRule.from_policy(policy)
        self._enforced = tuple(c for c in checks if policy.enforced(c[0]))
        self._observed = tuple(c for c in checks if not policy.enforced(c[0]))
        self._min_position = max(policy.sizing.min_position, LEAST)

    def decide(self, request: EntryRequest, account: Account) -> Decision:
        """The decision on one entry. Never raises, whatever the request holds.

        ``input`` is asked first and alone: the other rules compute. Then a Deny beats every Cap,
        and the smallest Cap wins; equals go by the rules' names, so the order in which rules are
        asked never matters. A stake that is left below the policy's or the exchange's minimum
        is refused by ``minimum`` (SZ-5). Rules in observe mode are reported, and do not count;
        ``input`` and ``minimum`` always count.
        """
        at, level = request.at, account.level
        unusable = self._input.check(request, account)
        if unusable is not ALLOW:
            said = ((InputRule.name, unusable),)
            return Decision(at, request, level, REFUSED, unusable, said, ())
        verdicts = _ask(self._enforced, request, account)
        observed = _ask(self._observed, request, account) if self._observed else ()
        binding: Verdict = ALLOW
        stake, own, theirs = request.stake, self._min_position, request.min_stake
        if verdicts:
            binding = _strictest(verdicts)
            if isinstance(binding, Deny):
                return Decision(at, request, level, REFUSED, binding, verdicts, observed)
            if isinstance(binding, Cap):
                stake = binding.stake
        if stake >= own and (theirs is None or stake >= theirs):
            return Decision(at, request, level, stake, binding, verdicts, observed)
        small = _too_small(stake, own if theirs is None or theirs < own else theirs)
        verdicts = (*verdicts, (MINIMUM, small))
        return Decision(at, request, level, REFUSED, small, verdicts, observed)


def _ask(
    checks: tuple[tuple[str, _Check], ...], request: EntryRequest, account: Account
) -> tuple[_Named, ...]:
    return tuple(
        [(name, said) for name, check in checks if (said := check(request, account)) is not ALLOW]
    )


def _too_small(stake: float, minimum: float) -> Deny:
    text = f"the stake of {figure(stake)} is below the minimum of {figure(minimum)}"
    return Deny(Reason(MINIMUM, stake, minimum, text))


def _strictest(verdicts: tuple[_Named, ...]) -> Verdict:
    return (verdicts[0] if len(verdicts) == 1 else min(verdicts, key=_strictness))[1]


def _strictness(named: _Named) -> tuple[bool, float, str]:
    name, verdict = named
    return not isinstance(verdict, Deny), verdict.stake if isinstance(verdict, Cap) else 0.0, name
