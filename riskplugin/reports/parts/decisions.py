"""What was decided on entries: counts by outcome, point, rule and pair, and the size cut by caps.

Works on the records' own trees, not on decoded events: of decisions there may be millions.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import orjson

from riskplugin.reports.records import Entry

T = TypeVar("T")

#: Names that are counted apart; what comes after these is counted under one.
MOST = 500
OTHERS = "(others)"


@dataclass
class RuleCount:
    """One rule's answers: as the binding one, as one among others, and while only observing.

    ``cut`` is the stake that its caps took away, in stake currency.
    """

    refused: int = 0
    capped: int = 0
    cut: float = 0.0
    also: int = 0
    observed: int = 0
    example: str = ""


@dataclass
class Outcomes:
    """How often entries were allowed as asked, capped, refused; ``cut`` as for rules."""

    allowed: int = 0
    capped: int = 0
    refused: int = 0
    cut: float = 0.0

    @property
    def total(self) -> int:
        """All answers."""
        return self.allowed + self.capped + self.refused


@dataclass(frozen=True, slots=True)
class Answer:
    """One decision as the report counts it. ``rule`` bound it; "" for none."""

    seq: int
    at: datetime
    point: str
    pair: str
    side: str
    entry: str
    tag: str
    level: str
    outcome: str
    asked: float
    stake: float
    leverage: float | None
    price: float | None
    rule: str
    measured: float | None
    limit: float | None
    text: str
    rules: tuple[str, ...]
    observed: tuple[str, ...]
    limits: str


def answer_of(entry: Entry) -> Answer:
    """The decision in a record. Raises ValueError when it is none that can be counted."""
    try:
        data = orjson.loads(entry.payload)["data"]
        return _answer(entry, data, data["decision"])
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"a decision that is none: {error!r}") from error


def _answer(entry: Entry, data: dict[str, Any], decision: dict[str, Any]) -> Answer:
    request, binding = decision["request"], decision["binding"]
    kind = binding["$"]
    reason = binding.get("reason") or {}
    asked, stake = _number(request["stake"]), _number(decision["stake"])
    return Answer(
        seq=entry.seq,
        at=entry.at,
        point=text_of(data["point"]),
        pair=text_of(request["pair"]),
        side=text_of(request["side"]),
        entry=text_of(request["kind"]),
        tag=text_of(request.get("tag") or ""),
        level=text_of(decision["level"]),
        outcome=_OUTCOMES[kind],
        asked=asked if asked is not None else math.nan,
        stake=stake if stake is not None else math.nan,
        leverage=_number(request.get("leverage")),
        price=_number(request.get("price")),
        rule=text_of(reason.get("rule", "")),
        measured=_number(reason.get("measured")),
        limit=_number(reason.get("limit")),
        text=text_of(reason.get("text", ""))[:300],
        rules=tuple(text_of(name) for name, _ in decision["verdicts"]),
        observed=tuple(text_of(name) for name, _ in decision["observed"]),
        limits=text_of(data.get("limits") or ""),
    )


_OUTCOMES = {"Allow": "allowed", "Cap": "capped", "Deny": "refused"}


@dataclass
class Decisions:
    """All answers of a period. ``points``: proposal (the strategy's wish), stake, order (the last
    look before it leaves).
    """

    points: dict[str, Outcomes] = field(default_factory=dict)
    rules: dict[str, RuleCount] = field(default_factory=dict)
    pairs: dict[str, Outcomes] = field(default_factory=dict)
    levels: Counter[str] = field(default_factory=Counter)

    def add(self, answer: Answer) -> None:
        """Count one."""
        cut = _cut(answer)
        for table, name in ((self.points, answer.point), (self.pairs, answer.pair)):
            self._outcome(table, name, answer.outcome, cut)
        self.levels[answer.level if len(self.levels) < MOST else OTHERS] += 1
        if answer.rule and answer.outcome != "allowed":
            bound = _of(self.rules, answer.rule, RuleCount)
            bound.refused += answer.outcome == "refused"
            bound.capped += answer.outcome == "capped"
            bound.cut += cut
            bound.example = answer.text
        for name in answer.rules:
            if name != answer.rule:
                _of(self.rules, name, RuleCount).also += 1
        for name in answer.observed:
            _of(self.rules, name, RuleCount).observed += 1

    @property
    def total(self) -> Outcomes:
        """The sum over all points."""
        made = Outcomes()
        for each in self.points.values():
            made.allowed += each.allowed
            made.capped += each.capped
            made.refused += each.refused
            made.cut += each.cut
        return made

    @staticmethod
    def _outcome(table: dict[str, Outcomes], name: str, outcome: str, cut: float) -> None:
        count = _of(table, name, Outcomes)
        setattr(count, outcome, getattr(count, outcome) + 1)
        count.cut += cut


def _cut(answer: Answer) -> float:
    """The stake that a cap took away; the points ask one after the other for what is left."""
    lost = answer.asked - answer.stake
    return lost if answer.outcome == "capped" and math.isfinite(lost) and lost > 0 else 0.0


def _of(table: dict[str, T], name: str, new: type[T]) -> T:
    if name not in table and len(table) >= MOST:
        name = OTHERS
    return table.setdefault(name, new())


def _number(value: Any) -> float | None:
    """A figure, None for what is none that can be summed."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def text_of(value: Any) -> str:
    """A text of a tree; an encrypted or odd one says what it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return str(value.get("text", "(sealed)"))[:300]
    return str(value)[:300]
