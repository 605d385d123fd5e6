"""riskplugin watchdog status: when it looked last, and what it saw."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.markup import escape

from riskplugin.cli.console import FAILED, UsageError, out, print_json
from riskplugin.cli.desk import desk
from riskplugin.watchdog import chain_of
from riskplugin.watchdog.alone import A_LONG_ROUND_S


def show_status(
    config: list[Path] | None, userdir: Path, ledger: str | None, *, as_json: bool
) -> None:
    """Exit 1 when the watchdog does not look, or sees something."""
    with desk(config, userdir, ledger=ledger, bot=None) as at:
        told = at.reader.status(chain_of(at.bot))
    if told is None:
        raise UsageError(f"{at.bot} has never had a watchdog: start it with riskplugin watchdog")
    age = (datetime.now(UTC) - datetime.fromisoformat(told["at"])).total_seconds()
    late = age > 3 * float(told["interval_s"]) + A_LONG_ROUND_S
    asleep = late or bool(told.get("ended"))
    if as_json:
        print_json({**told, "age_s": round(age, 1), "asleep": asleep})
    else:
        _show(told, at.bot, age, asleep=asleep)
    if asleep or told["findings"]:
        raise typer.Exit(FAILED)


def _show(told: dict[str, Any], bot: str, age: float, *, asleep: bool) -> None:
    console = out()
    state = "[bold red]DOES NOT LOOK[/]" if asleep else "[green]watches[/]"
    if told.get("ended"):
        state = "[bold red]was stopped[/]"
    console.print(
        f"the watchdog of [bold]{escape(bot)}[/] {state}: it looked {age:.0f} s ago, "
        f"verified {told['records_verified']} records, action {told['action']}",
        soft_wrap=True,
    )
    for each in told["findings"]:
        colour = "bold red" if each["severity"] == "critical" else "yellow"
        console.print(f"  [{colour}]{each['severity']}[/] {escape(each['text'])}", soft_wrap=True)
    if not told["findings"]:
        console.print("  it saw nothing wrong")
