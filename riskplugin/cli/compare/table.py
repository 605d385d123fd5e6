"""A comparison in the terminal: 80 columns are enough."""

from __future__ import annotations

from collections import Counter

from rich import box, markup
from rich.console import Console
from rich.table import Table

from riskplugin.reports.compare import words
from riskplugin.reports.compare.comparison import Comparison, calibration
from riskplugin.reports.compare.run import HALTED

#: Trips that are told one by one.
_TOLD = 5


def escape(text: str) -> str:
    """``text`` of others: neither markup nor what steers a terminal."""
    steady = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return markup.escape(steady)


def show(comparison: Comparison, console: Console) -> None:
    """Print everything."""
    facts = comparison.without.facts
    console.print(f"\n[bold]{escape(words.title(facts))}[/]")
    console.print(f"[dim]{escape(words.basis(comparison))}[/]")
    console.print(f"[dim]{escape(words.how(comparison))}[/]")
    console.print(_sides(comparison))
    if comparison.sums:
        console.print(_refusals(comparison))
    _tripped(comparison, console)
    if comparison.grid:
        _grid(comparison, console)
    if comparison.calibrated is not None:
        _calibration(comparison, console)
    _notes(comparison, console)


def _sides(comparison: Comparison) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for name in ("without", "with", "difference"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in words.rows(comparison):
        style = {True: "green", False: "red", None: ""}[row.good]
        told = f"[{style}]{row.difference}[/]" if style else row.difference
        table.add_row(row.label, row.without, row.guarded, told)
    return table


def _refusals(comparison: Comparison) -> Table:
    facts = comparison.without.facts
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        title="What was refused or cut, and what that part did in the run without",
        title_justify="left",
        title_style="bold",
    )
    table.add_column("limit")
    for name in ("refused", "cut", "found", "earned", "lost", "sum"):
        table.add_column(name, justify="right", no_wrap=True)

    def money(value: float) -> str:
        return words.money(value, facts, sign=True, unit=False)

    for name, each in comparison.sums.items():
        figures = (money(each.earned), money(each.lost), money(each.result))
        counts = (str(each.refused), str(each.cut), str(each.matched))
        table.add_row(escape(name), *counts, *(figures if each.matched else ("", "", "")))
    held = sum(each.held for each in comparison.sums.values())
    alone = sum(each.alone for each in comparison.sums.values())
    more = sum(each.refused + each.cut for each in comparison.sums.values())
    more -= len(comparison.guarded.asked)
    said = [
        f"{held} of them had no counterpart: that run was in the pair already" * (held > 0),
        f"{alone} had none: that run did not enter there" * (alone > 0),
        f"{more} more are only counted" * (more > 0),
    ]
    table.caption = "; ".join(filter(None, said)) + "." if any(said) else None
    table.caption_justify = "left"
    return table


def _tripped(comparison: Comparison, console: Console) -> None:
    trips = comparison.guarded.trips
    if trips:
        counts = Counter(name for trip in trips for name in trip.names)
        told = ", ".join(f"{name} {count}" for name, count in counts.most_common())
        console.print(f"[bold]What tripped[/] {escape(told)}", soft_wrap=False)
    shut = [each for each in comparison.periods if each.state in HALTED]
    listed = Table.grid(padding=(0, 2, 0, 0))
    listed.add_column(no_wrap=True)
    listed.add_column(no_wrap=True, justify="right")
    for each in shut[:_TOLD]:
        lasted = words.length(each.end - each.begin)
        listed.add_row(f"  {words.minute(each.begin)}", lasted, escape(each.text))
    console.print(listed)
    if len(shut) > _TOLD:
        console.print(f"  [dim]… and {len(shut) - _TOLD} times more (--out shows all)[/]")
    watched = words.observed(comparison)
    if watched:
        console.print(
            f"[yellow]Would have tripped, and only observed:[/] {escape(', '.join(watched))}"
        )


def _grid(comparison: Comparison, console: Console) -> None:
    facts, best = comparison.without.facts, comparison.best
    keys = list(comparison.grid[0].settings)
    shown = [key for key in keys if key in _named(comparison)]
    title = f"Grid over {', '.join(shown)}"
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left", title_style="bold"
    )
    for key in shown:
        table.add_column("\n".join(key.split(".")[-2:]), justify="right", overflow="fold")
    for name in ("profit", "drawdown", "worst day", "Calmar", "halted"):
        table.add_column(name, justify="right", no_wrap=True)
    for run in comparison.tried:
        each = comparison.figures[run.name]
        named = [str(run.settings.get(key, "as it is")) for key in shown]
        table.add_row(
            *map(escape, named),
            words.money(each.profit, facts, sign=True, unit=False),
            words.number(each.max_drawdown_pct, " %"),
            words.number(each.worst_day_pct, " %"),
            words.number(each.calmar) + (" ◂" if run is best else "  "),
            words.number(each.halted_pct, " %", places=1),
            style="bold" if run is best else "",
        )
    console.print(table)
    marked = "◂ highest Calmar ratio. " if best is not None else "No run earned anything. "
    console.print(f"{marked}[dim]{words.OVERFIT}[/]")


def _named(comparison: Comparison) -> set[str]:
    """The keys that differ within the grid, or that it names."""
    return {part.partition("=")[0] for run in comparison.grid for part in run.name.split(", ")}


def _calibration(comparison: Comparison, console: Console) -> None:
    facts = comparison.without.facts
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        title="Each limit alone: against a run in which it only observes",
        title_justify="left",
        title_style="bold",
    )
    table.add_column("limit")
    for name in ("profit given up", "drawdown avoided", "worst day avoided"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in calibration(comparison):
        table.add_row(
            escape(each.limit),
            words.money(each.cost, facts, sign=True),
            words.number(each.drawdown_avoided_pct, " points", sign=True),
            words.number(each.worst_day_avoided_pct, " points", sign=True),
        )
    console.print(table)
    console.print("[dim]Minus: it earned, or made it worse. Limits overlap: no sum is told.[/]")


def _notes(comparison: Comparison, console: Console) -> None:
    effects = comparison.guarded.effects
    if effects.faults:
        console.print(
            f"[bold red]{effects.faults} faults[/] in the strategy's hooks or the plugin, entries "
            f"were refused meanwhile; the latest: {escape(effects.fault)}"
        )
    console.print(f"\n[dim]{words.cost(comparison)}[/]")
