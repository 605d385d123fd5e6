"""The comparison as one HTML file."""

from __future__ import annotations

from typing import Any

from riskplugin.reports.compare import words
from riskplugin.reports.compare.comparison import Comparison, calibration
from riskplugin.reports.compare.figures import figures_of
from riskplugin.reports.compare.refusals import Judged
from riskplugin.reports.compare.run import State
from riskplugin.reports.page import render

#: Refusals that are listed, those with the largest result.
MOST = 100
_STATES = {State.OPEN: "open", State.HALF_OPEN: "half-open", State.LATCHED: "latched"}


def page_of(comparison: Comparison) -> str:
    """The whole page."""
    facts = comparison.without.facts
    return render(
        "compare.html",
        f"With and without: {words.title(facts)}",
        figures_of(comparison),
        basis=words.basis(comparison),
        how=words.how(comparison),
        rows=words.rows(comparison),
        cards=_cards(comparison),
        sums=_sums(comparison),
        spread=_spread(comparison),
        periods=_periods(comparison),
        observed=words.observed(comparison),
        refusals=_refusals(comparison),
        listed=MOST,
        grid=_grid(comparison),
        overfit=words.OVERFIT,
        calibration=_calibration(comparison),
        faults=(comparison.guarded.effects.faults, comparison.guarded.effects.fault),
        cost=words.cost(comparison),
    )


def _cards(comparison: Comparison) -> list[tuple[str, str, str]]:
    """The few figures at the top: what was given up, what was avoided."""
    wanted = (
        "Profit in percent",
        "Largest drawdown, marked",
        "Worst day",
        "Calmar ratio",
        "Time halted",
    )
    found = {row.label: row for row in words.rows(comparison)}
    return [(label, found[label].guarded, found[label].without) for label in wanted]


def _sums(comparison: Comparison) -> list[dict[str, Any]]:
    facts = comparison.without.facts
    return [
        {
            "name": name,
            "refused": each.refused,
            "cut": each.cut,
            "matched": each.matched,
            "held": each.held,
            "alone": each.alone,
            "earned": words.money(each.earned, facts, sign=True),
            "lost": words.money(each.lost, facts, sign=True),
            "result": words.money(each.result, facts, sign=True),
        }
        for name, each in comparison.sums.items()
    ]


def _spread(comparison: Comparison) -> int:
    """Refusals and cuts that were counted and not kept."""
    counted = sum(each.refused + each.cut for each in comparison.sums.values())
    return counted - len(comparison.guarded.asked)


def _periods(comparison: Comparison) -> list[tuple[str, str, str, str]]:
    return [
        (
            words.minute(each.begin),
            words.length(each.end - each.begin),
            _STATES[each.state],
            each.text,
        )
        for each in comparison.periods
    ]


def _refusals(comparison: Comparison) -> list[dict[str, str]]:
    found = sorted(comparison.judged, key=_weight, reverse=True)[:MOST]
    return [_refusal(each, comparison) for each in sorted(found, key=lambda e: e.asked.at)]


def _weight(judged: Judged) -> float:
    return -1.0 if judged.result is None else abs(judged.result)


def _refusal(judged: Judged, comparison: Comparison) -> dict[str, str]:
    facts, asked = comparison.without.facts, judged.asked
    no = "in the pair already" if judged.held else "not entered"
    given = "refused" if asked.refused else words.money(asked.given, facts, unit=False)
    return {
        "at": words.minute(asked.at),
        "pair": asked.pair,
        "what": f"{asked.side}{' ' + asked.kind if asked.kind != 'open' else ''}",
        "tag": asked.tag,
        "asked": words.money(asked.asked, facts, unit=False),
        "given": given,
        "text": asked.text,
        "result": no if judged.result is None else words.money(judged.result, facts, sign=True),
    }


def _grid(comparison: Comparison) -> list[dict[str, Any]]:
    facts, best = comparison.without.facts, comparison.best
    made = []
    for run in comparison.tried:
        each = comparison.figures[run.name]
        made.append(
            {
                "name": "as configured" if run is comparison.guarded else run.name,
                "profit": words.money(each.profit, facts, sign=True),
                "drawdown": words.number(each.max_drawdown_pct, " %"),
                "worst": words.number(each.worst_day_pct, " %"),
                "calmar": words.number(each.calmar),
                "halted": words.number(each.halted_pct, " %", places=1),
                "best": run is best,
            }
        )
    return made


def _calibration(comparison: Comparison) -> list[tuple[str, str, str, str]]:
    facts = comparison.without.facts
    return [
        (
            each.limit,
            words.money(each.cost, facts, sign=True),
            words.number(each.drawdown_avoided_pct, " points", sign=True),
            words.number(each.worst_day_avoided_pct, " points", sign=True),
        )
        for each in calibration(comparison)
    ]
