"""Figures of a comparison as people read them, the same in the terminal and on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from riskplugin.reports.compare.comparison import Comparison
from riskplugin.reports.compare.measured import Measured
from riskplugin.reports.compare.run import Facts, Run

NOTHING = "–"

#: Said with every grid.
OVERFIT = (
    "The best of many settings on the past is often the luckiest: try it on a time it has not seen."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the comparison; ``good`` is True where the plugin made it better."""

    label: str
    without: str
    guarded: str
    difference: str
    good: bool | None = None


def rows(comparison: Comparison) -> list[Row]:
    """Without and with, side by side."""
    facts = comparison.without.facts
    one = comparison.figures[comparison.without.name]
    other = comparison.figures[comparison.guarded.name]
    return [*_results(one, other, facts), *_doings(one, other, comparison.guarded)]


def _results(one: Measured, other: Measured, facts: Facts) -> Iterator[Row]:
    def money_row() -> Row:
        first, second = (money(m.profit, facts, sign=True) for m in (one, other))
        moved = other.profit - one.profit
        return Row("Profit", first, second, money(moved, facts, sign=True), _better(moved))

    def row(label: str, key: str, unit: str, *, low_is_good: bool = False) -> Row:
        before, after = getattr(one, key), getattr(other, key)
        sign = bool(unit) and not low_is_good
        first, second = (number(each, unit, sign=sign) for each in (before, after))
        if before is None or after is None:
            return Row(label, first, second, "")
        points = " points" if unit else ""
        better = _better(before - after if low_is_good else after - before)
        return Row(label, first, second, number(after - before, points, sign=True), better)

    yield money_row()
    yield row("Profit in percent", "profit_pct", " %")
    yield row("Largest drawdown, marked", "max_drawdown_pct", " %", low_is_good=True)
    yield row("Worst day", "worst_day_pct", " %")
    yield row("Calmar ratio", "calmar", "")
    yield row("Sharpe ratio", "sharpe", "")
    yield row("Sortino ratio", "sortino", "")
    yield row("Time below an old high", "under_water_pct", " %", low_is_good=True)


def _doings(one: Measured, other: Measured, guarded: Run) -> Iterator[Row]:
    yield Row("Trades", str(one.trades), str(other.trades), f"{other.trades - one.trades:+d}")
    first, second = (number(m.won_pct, " %", places=1) for m in (one, other))
    yield Row("Trades won", first, second, "")
    effects = guarded.effects
    yield Row("Entries refused", NOTHING, str(other.refused), f"of {effects.entries} asked")
    yield Row("Entries made smaller", NOTHING, str(other.cut), f"of {effects.entries} asked")
    lowered = str(effects.leverage_lowered)
    if guarded.facts.futures:
        yield Row("Leverage lowered", NOTHING, lowered, "times")
    closed = sum(effects.closings.values())
    yield Row("Ended at its stop", NOTHING, str(effects.stops), "trades")
    yield Row("Closed by order", NOTHING, str(closed), "trades")
    yield Row("Breaker opened", NOTHING, str(other.trips), "times")
    shut = f"{number(other.halted_pct, ' %', places=1)}"
    yield Row("Time halted", NOTHING, shut, length(other.halted_seconds))
    if other.testing_seconds:
        share = 100 * other.testing_seconds / max(guarded.facts.end - guarded.facts.begin, 1)
        tested = number(share, " %", places=1)
        yield Row("Time half-open (probes)", NOTHING, tested, length(other.testing_seconds))


def title(facts: Facts) -> str:
    """What was compared, over which time."""
    days = max(round((facts.end - facts.begin) / 86400), 1)
    return (
        f"{facts.strategy}, {day(facts.begin)} to {day(facts.end)} ({days} day{'s' * (days > 1)})"
    )


def basis(comparison: Comparison) -> str:
    """What it rests on, in a sentence."""
    facts = comparison.without.facts
    pairs = ", ".join(facts.pairs[:4]) + (
        f" and {len(facts.pairs) - 4} more" if len(facts.pairs) > 4 else ""
    )
    market = "futures" if facts.futures else "spot"
    return (
        f"{money(facts.balance, facts)} to begin with; {market}, {facts.timeframe} candles of "
        f"{pairs}; fee {facts.fee * 100:g} %; freqtrade {facts.freqtrade}; "
        f"limits {comparison.guarded.limits}"
    )


def how(comparison: Comparison) -> str:
    """How the two runs were made."""
    if comparison.without.was_guarded:
        return (
            "The strategy is guarded in its own file: it ran as it is, and without the plugin "
            "with every seal passing straight to its own hooks."
        )
    return "The strategy's file is untouched: the guard was put on in memory."


def cost(comparison: Comparison) -> str:
    """What all the backtests took."""
    spent = [run.cost for run in comparison.runs]
    highest = max(each.memory_mb for each in spent)
    memory = f", at most {highest:.0f} MB each" if highest else ""
    return f"{len(spent)} backtests, {sum(e.seconds for e in spent):.0f} s of work{memory}"


def observed(comparison: Comparison) -> list[str]:
    """Limits that only observe, and would have tripped."""
    found = comparison.guarded.effects.observed.items()
    return [f"{name} ({count} time{'s' * (count > 1)})" for name, count in found]


def money(value: float, facts: Facts, *, sign: bool = False, unit: bool = True) -> str:
    """An amount with the decimals that the account's size asks for."""
    places = 2 if facts.balance >= 50 else 6
    text = f"{value:{'+' if sign else ''},.{places}f}"
    return f"{text} {facts.currency}" if unit else text


def number(value: float | None, unit: str = "", *, sign: bool = False, places: int = 2) -> str:
    """A figure, or a dash where it cannot be told."""
    if value is None:
        return NOTHING
    value = round(value, places) + 0.0  # no minus before a zero
    text = f"{value:{'+' if sign else ''},.{places}f}"
    return f"{text}{unit}"


def length(seconds: int) -> str:
    """A stretch of time in its two largest units.

    >>> length(90_000), length(5400), length(0)
    ('1 d 1 h', '1 h 30 min', '0 min')
    """
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    parts = ((days, "d"), (hours, "h"), (rest // 60, "min"))
    told = [f"{count} {unit}" for count, unit in parts if count][:2]
    return " ".join(told) or "0 min"


def day(at: int) -> str:
    """Its date in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def minute(at: int) -> str:
    """Date and time of day in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


def _better(moved: float) -> bool | None:
    return None if abs(moved) < 5e-3 else moved > 0
