"""Counts decisions that were made again: what differs, and the sums on both sides."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from riskplugin.cli.audit.telling import answered
from riskplugin.cli.audit.words import moment
from riskplugin.core.units import is_number
from riskplugin.core.verdict import Allow, Cap, Decision
from riskplugin.ledger.proof.replay import Redecision


@dataclass
class Side:
    """One answer to many questions: how many passed, with how much stake, what bound them.

    ``stakes`` are by callback point: the same entry is asked about at several.
    """

    allowed: int = 0
    capped: int = 0
    refused: int = 0
    stakes: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    rules: Counter[str] = field(default_factory=Counter)

    def add(self, point: str, decision: Decision) -> None:
        """Count one decision."""
        if not decision.allowed:
            self.refused += 1
        else:
            self.allowed += 1
            self.capped += isinstance(decision.binding, Cap)
            if is_number(decision.stake):
                self.stakes[point] += decision.stake
        if (rule := _rule(decision)) is not None:
            self.rules[rule] += 1

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "allowed": self.allowed,
            "capped": self.capped,
            "refused": self.refused,
            "stake_by_point": dict(self.stakes),
            "bound_by": dict(self.rules),
        }


class Tally:
    """What came of a replay; keeps the first ``most`` differences.

    With ``what_if`` only another outcome is a difference (whether, how much, by which rule):
    under other limits every figure in a text is another.
    """

    def __init__(self, most: int, *, what_if: bool = False) -> None:
        self._most = most
        self._what_if = what_if
        self.made = 0
        self.different = 0
        self.kept: list[Redecision] = []
        self.not_made: Counter[str] = Counter()
        self.before, self.now = Side(), Side()

    def add(self, each: Redecision) -> None:
        """Count one decision."""
        if each.now is None:
            self.not_made[each.why_not or "unknown"] += 1
            return
        self.made += 1
        self.before.add(each.recorded.point, each.recorded.decision)
        self.now.add(each.recorded.point, each.now)
        if self._differs(each, each.now):
            self.different += 1
            if len(self.kept) < self._most:
                self.kept.append(each)

    def _differs(self, each: Redecision, now: Decision) -> bool:
        if not self._what_if:
            return not each.same
        return not each.same and _outcome(each.recorded.decision) != _outcome(now)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "decisions": self.made,
            "different": self.different,
            "not_made_again": dict(self.not_made),
            "recorded": self.before.plain(),
            "now": self.now.plain(),
            "differences": [_plain(each) for each in self.kept],
        }


def _outcome(decision: Decision) -> tuple[bool, float, str | None]:
    return decision.allowed, decision.stake, _rule(decision)


def _rule(decision: Decision) -> str | None:
    return None if isinstance(decision.binding, Allow) else decision.binding.reason.rule


def _plain(each: Redecision) -> dict[str, Any]:
    request = each.recorded.decision.request
    return {
        "seq": each.seq,
        "at": moment(each.recorded.at),
        "pair": str(request.pair),
        "recorded": _answer(each.recorded.decision),
        "now": None if each.now is None else _answer(each.now),
    }


def _answer(decision: Decision) -> dict[str, Any]:
    return {
        "allowed": decision.allowed,
        "stake": decision.stake,
        "rule": _rule(decision),
        "text": answered(decision),
    }
