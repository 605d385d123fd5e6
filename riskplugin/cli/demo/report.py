"""The report at the end, for people: the bots side by side, then the proof. At most 100 columns."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from riskplugin.cli.demo.checks import Check
from riskplugin.cli.demo.findings import Column, Findings

_WIDTH = 100
_NONE = "–"


def show(console: Console, found: Findings) -> None:
    """Print it."""
    console.width = min(console.width, _WIDTH)
    console.print()
    console.print("[bold]One market, one strategy, three bots[/]")
    console.print("[dim]it wants all the money, 50x leverage, every pair; amounts in USDT[/]")
    console.print(_comparison(found))
    console.print("[bold]What happened when[/] [dim](seconds from the start)[/]")
    console.print("  " + ", ".join(f"{name} {at:.0f}" for name, at in found.milestones.items()))
    console.print()
    console.print("[bold]Proof:[/] the guarded live account's orders, read back from the exchange")
    console.print(_proof(found.checks))
    for check in found.checks:
        for violation in check.violations[:10]:
            console.print(f"  [red]{check.name}:[/] {violation}", soft_wrap=True)
    console.print(_verdict(found))


def _comparison(found: Findings) -> Table:
    columns = list(found.columns.values())
    table = Table(box=SIMPLE_HEAD, padding=(0, 1))
    table.add_column("", style="dim")
    for column in columns:
        guarded = column.refused is not None
        table.add_column(column.title, justify="right", style="" if guarded else "yellow")
    table.add_row("final equity", *(f"{c.equity:,.2f}" for c in columns))
    table.add_row("result", *(f"{c.result:+.2%}" for c in columns))
    table.add_row("largest drawdown", *(f"{c.max_drawdown:.2%}" for c in columns))
    table.add_row("largest margin", *(f"{c.max_margin:,.2f}" for c in columns))
    table.add_row("highest leverage", *(f"{c.max_leverage:g}x" for c in columns))
    table.add_row("largest exposure", *(_share(c.max_exposure) for c in columns))
    table.add_row("entry orders", *(str(c.entries) for c in columns))
    table.add_row("exit orders", *(str(c.exits) for c in columns))
    table.add_row("liquidated", *(_count(c.liquidations) for c in columns))
    table.add_row("entries halted", *(_seconds(c.halted_s) for c in columns))
    table.add_row("entries refused by", *(_refused(c) for c in columns))
    return table


def _proof(checks: list[Check]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1))
    table.add_column("")
    table.add_column("checked", ratio=5)
    table.add_column("found", ratio=6)
    for check in checks:
        mark = "[green]ok[/]" if check.passed else "[bold red]NO[/]"
        table.add_row(mark, check.question, check.found)
    return table


def _verdict(found: Findings) -> str:
    wrong = [check.name for check in found.checks if not check.passed]
    if wrong:
        return f"[bold red]{len(wrong)} of {len(found.checks)} checks failed:[/] {', '.join(wrong)}"
    done = f"[bold green]All {len(found.checks)} checks passed[/]"
    return f"{done} in {found.seconds:.0f} s, seed {found.seed}."


def _share(ratio: float | None) -> str:
    return "no equity left" if ratio is None else f"{ratio:,.1%} of equity"


def _count(number: int | None) -> str:
    return _NONE if number is None else str(number)


def _seconds(seconds: float | None) -> str:
    return _NONE if seconds is None else f"{seconds:.0f} s"


def _refused(column: Column) -> str:
    if column.refused is None:
        return _NONE
    return "\n".join(f"{rule} {count}" for rule, count in column.refused.items()) or "none"
