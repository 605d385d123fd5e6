"""A report in a few lines, for the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from riskplugin.cli.audit.words import counted, plainly
from riskplugin.cli.console import out

if TYPE_CHECKING:
    from riskplugin.reports.gather import Told


def say(told: Told, target: Path) -> None:
    """The report in a few lines."""
    from riskplugin.reports import words
    from riskplugin.reports.report_page import verdict

    facts, figures, zone = told.facts, told.performance, told.ask.days.timezone
    word = words.Words(zone)
    total = facts.decisions.total
    many = len(facts.breaches.all) + facts.breaches.more
    waiting = len(facts.alerts.unacknowledged)
    console = out()
    said, colour = verdict(told.verified)
    paint = {"good-text": "green", "watch-text": "yellow"}.get(colour, "bold red")
    height = "" if told.verified is None else f", {words.count(told.verified.records)} records"
    console.print(f"[bold]{escape(plainly(told.ask.bot))}[/]  ", end="")
    console.print(f"{word.when(told.ask.begin)} to {word.second(told.ask.end)}")
    result = None if told.contribution is None else told.contribution.result
    console.print(
        f"  result {words.gained(figures.total_return_pct)} ({word.gain(result)}), deepest fall "
        f"{words.percent(figures.max_drawdown_pct)}, {counted(facts.trades.all.trades, 'trade')}"
    )
    times = "once" if many == 1 else f"{many} times"
    console.print(
        f"  breaker opened {times}, {words.count(total.refused)} entries refused, "
        f"{words.count(total.capped)} capped, {counted(waiting, 'alert')} not acknowledged"
    )
    console.print(f"  audit [{paint}]{said}[/]{height}")
    for part, why in told.unknown.items():
        console.print(f"  [red]cannot be told:[/] {part}: {escape(plainly(why))}")
    console.print(f"written to {escape(str(target))}", soft_wrap=True)
