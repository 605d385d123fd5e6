"""One decision opened: what every rule said, the entry as it was proposed, the account as it was.

Records hold the rules that objected; of all others it is known that they had nothing against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import timedelta
from typing import Any

from riskplugin.core import events as ev
from riskplugin.core.basis import Basis
from riskplugin.core.rules import RULES
from riskplugin.core.snapshot import EntryRequest
from riskplugin.core.verdict import Cap, Decision, Deny, Verdict
from riskplugin.dashboard.answers import DecidedWhole, Fact, Judged
from riskplugin.dashboard.told import decided

#: Said elsewhere in the answer, or nothing to a person.
_NO_FACT = frozenset({"at", "pair", "side", "stake", "kind", "leverage", "price_age", "held_since"})


def whole(seq: int, event: ev.EntryDecided) -> DecidedWhole:
    """The decision, opened."""
    short = decided(seq, event)
    return DecidedWhole(
        **dict(short),
        rules=[*judged(event.decision)],
        asked=[*_asked(event.decision.request)],
        basis=[] if event.basis is None else [*_basis(event.basis)],
    )


def judged(decision: Decision) -> Iterator[Judged]:
    """What each rule said: those that objected first, the strictest of them at the top."""
    spoken = [*_objections(decision)]
    yield from sorted(spoken, key=lambda j: (not j.counts, j.verdict != "refused", _stake(j)))
    known = {each.rule for each in spoken}
    for rule in RULES:
        if rule.name not in known:
            yield Judged(
                rule=rule.name,
                verdict="allowed",
                counts=True,
                stake=None,
                measured=None,
                limit=None,
                text=None,
            )


def _objections(decision: Decision) -> Iterator[Judged]:
    yield from _said(decision.verdicts, counts=True)
    yield from _said(decision.observed, counts=False)
    told = {v.reason.rule for _, v in decision.verdicts if isinstance(v, Cap | Deny)}
    binding = decision.binding
    if isinstance(binding, Cap | Deny) and binding.reason.rule not in told:
        yield from _said([(binding.reason.rule, binding)], counts=True)


def _said(verdicts: Iterable[tuple[str, Verdict]], *, counts: bool) -> Iterator[Judged]:
    for _, verdict in verdicts:
        if isinstance(verdict, Cap | Deny):
            reason = verdict.reason
            yield Judged(
                rule=reason.rule,
                verdict="refused" if isinstance(verdict, Deny) else "capped",
                counts=counts,
                stake=verdict.stake if isinstance(verdict, Cap) else None,
                measured=_figure(reason.measured),
                limit=_figure(reason.limit),
                text=reason.text,
            )


def _stake(judged: Judged) -> float:
    return float("inf") if judged.stake is None else judged.stake


def _asked(request: EntryRequest) -> Iterator[Fact]:
    for each in fields(request):
        if each.name not in _NO_FACT and each.name != "tag":
            yield Fact(name=each.name, value=_fact(getattr(request, each.name)))
    if request.tag is not None:
        yield Fact(name="tag", value=str(request.tag)[:200])


def _basis(basis: Basis) -> Iterator[Fact]:
    for each in fields(basis):
        if each.name not in _NO_FACT:
            yield Fact(name=each.name, value=_fact(getattr(basis, each.name)))
    yield Fact(name="price_age_s", value=_fact(basis.price_age))


def _fact(value: Any) -> float | str | bool | None:
    """A figure, or whatever it is in a few words."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, timedelta):
        return value.total_seconds()
    return float(value) if isinstance(value, int) and abs(value) < 2**53 else str(value)[:500]


def _figure(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
