"""riskplugin check: what is unsafe in my set-up, why, and how to mend it (CF-6)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from riskplugin.cli.botfiles import load_config, load_strategy
from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    config_files,
    out,
    plain_errors,
    print_json,
)
from riskplugin.cli.findings import Finding, Setup, Severity, findings
from riskplugin.cli.findings.setup import IN_MEMORY
from riskplugin.config import ConfigError, RiskConfig, parse
from riskplugin.control.people import Person, open_people
from riskplugin.ports import LedgerError
from riskplugin.redaction import redactor_for

_STYLES = {Severity.CRITICAL: "bold red", Severity.WARNING: "yellow", Severity.INFO: "dim"}


@plain_errors
def check(
    config: ConfigOption = None,
    strategy: Annotated[
        str | None,
        typer.Option("--strategy", "-s", metavar="NAME", help="Class name of the strategy."),
    ] = None,
    userdir: UserdirOption = Path("user_data"),
    as_json: JsonOption = False,
) -> None:
    """Say what is unsafe in a configuration and strategy; exit code 1 when it is critical."""
    settings = load_config(config_files(config, userdir), userdir)
    risk, found = _risk(settings)
    name = strategy or settings.get("strategy")
    loaded, more = _strategy(str(name), settings) if name else (None, [])
    people, unread = _people(risk, settings)
    found = [*found, *more, *unread, *findings(Setup(settings, risk, loaded, people))]
    unsafe = any(finding.severity is Severity.CRITICAL for finding in found)
    if as_json:
        print_json({"ok": not unsafe, "findings": [asdict(finding) for finding in found]})
    else:
        _show(found)
    if unsafe:
        raise typer.Exit(FAILED)


def _risk(settings: dict[str, Any]) -> tuple[RiskConfig | None, list[Finding]]:
    """The section, or what is wrong with it."""
    try:
        return parse(settings.get("risk", {})), []
    except ConfigError as error:
        return None, [
            Finding(Severity.CRITICAL, p.path, f"was {p.was}, {p.must}", p.mend)
            for p in error.problems
        ]


def _people(
    risk: RiskConfig | None, settings: dict[str, Any]
) -> tuple[list[Person], list[Finding]]:
    """Who is registered in the bot's ledger, or why that cannot be read."""
    if risk is None or risk.ledger_url in IN_MEMORY:
        return [], []
    user_data, redactor = Path(settings["user_data_dir"]), redactor_for(settings)
    try:
        return open_people(risk, user_data, redactor).everybody(), []
    except LedgerError as error:
        reason = f"who is registered cannot be read: {error}"
        mend = "is the database there? riskplugin audit verify"
        return [], [Finding(Severity.WARNING, "people", reason, mend)]


def _strategy(name: str, settings: dict[str, Any]) -> tuple[Any, list[Finding]]:
    """The strategy, or why freqtrade cannot load it."""
    try:
        return load_strategy(name, settings), []
    except UsageError as error:
        mend = "mend it, or name another with --strategy"
        return None, [Finding(Severity.CRITICAL, "strategy", str(error), mend)]


def _show(found: list[Finding]) -> None:
    console = out()
    if not found:
        console.print("[green]Nothing unsafe found.[/]")
        return
    table = Table(show_lines=True)
    table.add_column("severity")
    table.add_column("where and why", overflow="fold", ratio=3)
    table.add_column("how to mend it", overflow="fold", ratio=2)
    for each in found:
        style = _STYLES[each.severity]
        table.add_row(f"[{style}]{each.severity}[/]", _why(each), escape(each.mend))
    console.print(table)
    counts = (sum(each.severity is severity for each in found) for severity in Severity)
    console.print("{} critical, {} warnings, {} notes".format(*counts))


def _why(finding: Finding) -> str:
    return f"[cyan]{escape(finding.where)}[/]\n{escape(finding.reason)}"
