"""riskplugin emergency: enter or leave emergency mode, close the whole book, from any process."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table

from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    YesOption,
    out,
    plain_errors,
)
from riskplugin.cli.desk import (
    BotOption,
    ByOption,
    Desk,
    LedgerOption,
    ReasonOption,
    WaitOption,
    desk,
)
from riskplugin.cli.orders import Order, give


class What(StrEnum):
    """What to do."""

    ON = "on"
    OFF = "off"
    CLOSE_ALL = "close-all"


_COMMANDS = {
    What.ON: ("emergency-on", "enter emergency mode: positions outside its limits are closed"),
    What.OFF: ("emergency-off", "leave emergency mode: the normal limits hold again"),
    What.CLOSE_ALL: ("close-all", "CLOSE EVERY POSITION at market and latch the breaker"),
}


@plain_errors
def emergency(
    what: Annotated[What, typer.Argument(help="What to do.")],
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    by: ByOption = None,
    reason: ReasonOption = "",
    wait: WaitOption = 30,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Emergency mode on or off, or close everything until the book is verified flat."""
    if not reason.strip():
        raise UsageError("say why with --reason: it is recorded with your name")
    command, question = _COMMANDS[what]
    with desk(config, userdir, ledger=ledger, bot=bot, create=True) as at:
        order = Order(
            command=command,
            question=question,
            by=by,
            reason=reason,
            wait=wait,
            yes=yes,
            as_json=as_json,
        )
        if give(at, order) == "done" and what is What.CLOSE_ALL:
            _follow(at, wait, as_json=as_json)


def _follow(at: Desk, wait: float, *, as_json: bool) -> None:
    """Wait until the book is flat, and report per position."""
    end = time.monotonic() + wait
    told = at.status()
    while (told is None or told["closing"]["active"]) and time.monotonic() < end:
        time.sleep(0.3)
        told = at.status()
    if as_json:
        return
    closing: dict[str, Any] = {"active": True, "closed": []} if told is None else told["closing"]
    console = out()
    if closing["closed"]:
        console.print(_outcomes(closing["closed"]))
    if closing["active"]:
        console.print(f"[yellow]not flat after {wait:g} s; the bot goes on until it is[/]")
        raise typer.Exit(FAILED)
    console.print("[green]the book is verified flat[/]; the breaker stays latched until re-armed")


def _outcomes(closed: list[dict[str, Any]]) -> Table:
    table = Table(box=SIMPLE, padding=(0, 1))
    table.add_column("pair")
    table.add_column("result", justify="right")
    table.add_column("how")
    for outcome in closed:
        table.add_row(outcome["pair"], f"{outcome['profit']:+.4f}", outcome["exit_reason"])
    return table
