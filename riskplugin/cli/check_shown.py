"""Findings as people read them: worst first, each with reason, what riskplugin does, the mend."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from riskplugin.cli.console import out
from riskplugin.cli.findings import Finding, Severity

_STYLES = {Severity.CRITICAL: "bold red", Severity.WARNING: "yellow", Severity.INFO: "dim"}
_TITLES = {
    Severity.CRITICAL: "critical",
    Severity.WARNING: "warnings",
    Severity.INFO: "notes",
}
_WIDEST = 100
_INDENT = "  "


def show(found: Sequence[Finding], ignored: Sequence[Finding]) -> None:
    """Print them; what was ignored is named at the end."""
    console = out()
    for severity in Severity:
        group = [each for each in found if each.severity is severity]
        if group:
            title = f"[{_STYLES[severity]}]{_TITLES[severity].upper()}[/]"
            console.print(Rule(title, align="left", style="dim"), width=_width(console))
        for each in group:
            _show(console, each)
    if ignored:
        names = ", ".join(dict.fromkeys(each.id for each in ignored))
        console.print(f"Ignored: {names}\n", style="dim")
    if not found:
        console.print("[green]Nothing unsafe found.[/]")
        return
    critical, warnings, notes = (
        sum(f.severity is severity for f in found) for severity in Severity
    )
    console.print(f"{critical} critical, {_many(warnings, 'warning')}, {_many(notes, 'note')}")


def _show(console: Console, finding: Finding) -> None:
    width = _width(console)
    head = Text(_steady(finding.where), style="cyan")
    gap = width - len(head) - len(finding.id)
    head.append(" " * gap if gap > 1 else f"\n{_INDENT}")
    head.append(finding.id, style="dim")
    console.print(head, soft_wrap=True)
    _say(console, "", finding.reason, width)
    if finding.does:
        _say(console, "riskplugin ", finding.does, width)
    words, _, paste = finding.mend.partition("\n")
    if words:
        _say(console, "mend       ", words, width)
    if paste:
        label = "mend       " if not words else " " * 11
        line = Text(_INDENT + label, style="dim")
        line.append(_steady(paste), style="green")
        console.print(line, soft_wrap=True)  # one line: it is pasted
    if finding.see:
        console.print(Text(f"{_INDENT}see        docs/{finding.see}", style="dim"))
    console.print()


def _say(console: Console, label: str, text: str, width: int) -> None:
    lines = textwrap.wrap(_steady(text), width - len(_INDENT) - len(label)) or [""]
    for number, line in enumerate(lines):
        shown = Text(_INDENT + (label if not number else " " * len(label)), style="dim")
        shown.append(line, style="default")
        console.print(shown, soft_wrap=True)


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _width(console: Console) -> int:
    return min(console.width, _WIDEST)


def _steady(text: str) -> str:
    """Without what steers a terminal: strategies and files choose words of their own."""
    return "".join(c if c.isprintable() else " " for c in text)
