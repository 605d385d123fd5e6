"""riskplugin status: is the account safe, what limits it, what waits for people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from riskplugin.cli.alert_words import age
from riskplugin.cli.audit.words import plainly
from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    out,
    plain_errors,
    print_json,
    shown,
)
from riskplugin.cli.desk import BotOption, LedgerOption, desk
from riskplugin.cli.limits.in_force import show_open

_COLOURS = {"closed": "green", "open": "red", "half_open": "yellow", "latched": "bold red"}
#: How many alerts the status shows; the worst come first.
FEW = 8
_SEVERITIES = {"critical": "bold red", "warning": "yellow"}


@plain_errors
def status(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
    alive: Annotated[
        bool,
        typer.Option("--alive", help="Exit code 1 while the bot is silent: for health checks."),
    ] = False,
) -> None:
    """The bot's risk as of its last loop: breaker, equity, exposure, score, positions.

    Then what waits for people: open alerts, proposals, overrides in force.
    """
    with desk(config, userdir, ledger=ledger, bot=bot) as at:
        told = at.status()
        if told is None:
            raise UsageError(f"{at.bot} has not finished a loop yet")
    if as_json:
        print_json(told)
    else:
        show(out(), told)
    if alive and told["silent"]:
        raise typer.Exit(FAILED)


def show(console: Console, told: dict[str, Any]) -> None:
    """The status for people."""
    state = told["breaker"]["state"]
    colour = _COLOURS[state]
    bot = shown(told["bot"])
    console.print(f"[bold]{bot}[/]  breaker [{colour}]{state.upper()}[/]  {_mode(told)}")
    for reason in told["breaker"]["reasons"]:
        console.print(f"  [{colour}]{shown(reason)}[/]")
    if told["silent"]:
        console.print(f"  [bold red]silent for {told['age_s']:.0f} s: is the bot running?[/]")
    if not told["trusted"]:
        console.print(f"  [bold red]figures untrusted:[/] {shown(told['untrusted_reason'])}")
    console.print(_figures(told))
    if told["positions"]:
        console.print(_positions(told["positions"]))
    if told["warnings"]:
        console.print(f"[yellow]warnings:[/] {shown(', '.join(told['warnings']))}")
    if told.get("alerts"):
        console.print(_alerts(told["alerts"]))
    if told.get("limits"):
        show_open(console, told["limits"])


def _mode(told: dict[str, Any]) -> str:
    parts = []
    if told["emergency"]["active"]:
        parts.append(f"[red]EMERGENCY[/] (by {shown(told['emergency']['by'])})")
    if told["closing"]["active"]:
        parts.append("[bold red]CLOSING EVERYTHING[/]")
    return "  ".join(parts)


def _figures(told: dict[str, Any]) -> Table:
    table = Table(box=SIMPLE, show_header=False, padding=(0, 1))
    table.add_column(style="dim")
    table.add_column(justify="right")
    table.add_column(style="dim")
    table.add_column(justify="right")
    parts = told["score"]
    score = " ".join(f"{name[:3]} {value:.0f}" for name, value in parts.items())
    table.add_row("equity", f"{told['equity']:.2f}", "peak", f"{told['peak_equity']:.2f}")
    table.add_row(
        "drawdown", f"{told['drawdown_pct']:.2f} %", "today", f"{told['daily_pnl_pct']:+.2f} %"
    )
    table.add_row(
        "exposure",
        f"{told['exposure_pct']:.1f} %",
        "positions",
        f"{len(told['positions'])} + {told['working_entries']} working",
    )
    table.add_row("risk score", f"{told['risk_score']:.0f} ({told['level']})", "parts", score)
    return table


def _positions(positions: list[dict[str, Any]]) -> Table:
    table = Table(box=SIMPLE, padding=(0, 1))
    for name in ("pair", "side"):
        table.add_column(name)
    for name in ("notional", "lev", "result", "stop", "liquidation"):
        table.add_column(name, justify="right")
    for position in positions:
        table.add_row(
            shown(position["pair"]),
            position["side"],
            f"{position['notional']:.2f}",
            f"{position['leverage']:g}x",
            f"{position['unrealised']:+.2f}",
            _price(position["stop_price"]),
            _price(position["liquidation_price"]),
        )
    return table


def _alerts(alerts: list[dict[str, Any]]) -> Table:
    table = Table(title="[bold]open alerts[/]", title_justify="left", box=SIMPLE, padding=(0, 1))
    for name in ("#", "alert", "age", "taken by"):
        table.add_column(name, no_wrap=name != "taken by")
    table.add_column("what", overflow="fold")
    if len(alerts) > FEW:
        table.caption = f"and {len(alerts) - FEW} more: riskplugin alerts"
    for alert in alerts[:FEW]:
        table.add_row(
            str(alert["id"]),
            escape(plainly(alert["severity"])),
            age(alert["at"]),
            escape(plainly(alert["acknowledged_by"] or "nobody")),
            escape(plainly(alert["text"])),
            style=_SEVERITIES.get(alert["severity"], ""),
        )
    return table


def _price(value: float | None) -> str:
    return "–" if value is None else f"{value:.6g}"
