"""riskplugin alerts: what is open, who has taken it, who was told; take one; try the channels."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table

from riskplugin.cli.alert_words import age, lines, recent
from riskplugin.cli.botfiles import load_config
from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    YesOption,
    config_files,
    out,
    plain_errors,
    print_json,
    shown,
)
from riskplugin.cli.desk import BotOption, ByOption, Desk, LedgerOption, WaitOption, bot_name, desk
from riskplugin.cli.orders import Order, give
from riskplugin.config import parse
from riskplugin.redaction import hush, redactor_for
from riskplugin.status import alerts_of

_COLOURS = {"critical": "bold red", "warning": "yellow", "info": ""}


class What(StrEnum):
    """What to do with alerts."""

    LIST = "list"
    SHOW = "show"
    ACK = "ack"
    TEST = "test"


@plain_errors
def alerts(
    what: Annotated[What, typer.Argument(help="What to do.")] = What.LIST,
    number: Annotated[int | None, typer.Argument(help="The alert's number.")] = None,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    every: Annotated[
        bool, typer.Option("--all", help="list: also what is over. ack: every open alert.")
    ] = False,
    by: ByOption = None,
    reason: Annotated[
        str, typer.Option("--reason", "-r", metavar="TEXT", help="Why; it is recorded.")
    ] = "",
    wait: WaitOption = 15,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """What people were told: list open alerts, show one, acknowledge it, test the channels."""
    if what is What.TEST:
        _test(config, userdir, as_json=as_json)
        return
    with desk(config, userdir, ledger=ledger, bot=bot) as at:
        match what:
            case What.ACK:
                _ack(at, number, every, by=by, reason=reason, wait=wait, yes=yes, as_json=as_json)
            case What.SHOW:
                _show(at, number, as_json=as_json)
            case _:
                _list(at, over=every, as_json=as_json)


def _open(at: Desk) -> list[dict[str, Any]]:
    state = at.reader.state(at.bot)
    return [] if state is None else alerts_of(state.alerts)


def _list(at: Desk, *, over: bool, as_json: bool) -> None:
    open_ = _open(at)
    done = recent(at, without={alert["id"] for alert in open_}) if over else []
    if as_json:
        print_json([*open_, *done])
        return
    if not open_ and not done:
        out().print(f"{shown(at.bot)}: no alert is open")
        return
    table = Table(box=SIMPLE, pad_edge=False)
    for heading in ("#", "alert", "age", "level", "taken by", "not delivered"):
        table.add_column(heading, no_wrap=heading != "taken by")
    table.add_column("what", overflow="fold")
    for alert in [*open_, *done]:
        table.add_row(*_row(alert), style=_COLOURS[alert["severity"]] if alert in open_ else "dim")
    out().print(table)


def _row(alert: dict[str, Any]) -> list[str]:
    taken = alert["acknowledged_by"] or ("over" if alert.get("over") else "-")
    return [
        str(alert["id"]),
        shown(alert["name"]),
        age(alert["at"]),
        f"{alert['level']}/{alert['levels']}",
        shown(taken),
        shown(", ".join(alert["channels_owed"]) or "-"),
        shown(alert["text"]),
    ]


def _show(at: Desk, number: int | None, *, as_json: bool) -> None:
    if number is None:
        raise UsageError("which alert? riskplugin alerts list shows their numbers")
    told = lines(at, number)
    if not told:
        raise UsageError(f"{at.bot} has no alert {number}")
    if as_json:
        print_json({"alert": number, "history": told})
        return
    for line in told:
        out().print(f"[dim]{line['at'][:19].replace('T', ' ')}[/]  {shown(line['text'])}")


def _ack(
    at: Desk,
    number: int | None,
    every: bool,
    *,
    by: str | None,
    reason: str,
    wait: float,
    yes: bool,
    as_json: bool,
) -> None:
    if (number is None) is not every:
        raise UsageError("name one alert, or all of them with --all")
    waiting = [a for a in _open(at) if a["acknowledged_by"] is None]
    meant = waiting if every else [a for a in waiting if a["id"] == number]
    names = ", ".join(f"{a['id']} ({a['name']})" for a in meant) or f"{number or 'all'}"
    order = Order(
        command="ack",
        question=f"take alert {names}, so that nobody else is told",
        by=by,
        reason=reason or "seen",
        wait=wait,
        yes=yes,
        as_json=as_json,
        args={"all": True} if every else {"alert": number},
    )
    outcome = give(at, order)
    if outcome == "done" and not as_json:
        out().print(f"taken: {shown(names)}")


def _test(config: list[Path] | None, userdir: Path, *, as_json: bool) -> None:
    """Send a message on each channel that this machine can reach without the bot."""
    from riskplugin.alerts.channels import sinks_of
    from riskplugin.alerts.trial import tried

    loaded = load_config(config_files(config, userdir), userdir)
    redactor = redactor_for(loaded)
    hush(redactor)
    risk = parse(loaded.get("risk") or {})
    results = tried(sinks_of(risk), bot=bot_name(loaded), at=datetime.now(UTC))
    if as_json:
        print_json(results)
    else:
        for name, error in results.items():
            said = "[green]took it[/]" if error is None else f"[red]failed:[/] {shown(error)}"
            out().print(f"{shown(name):12} {said}")
        out().print("[dim]bot          is tried by the running bot itself (Telegram, webhook …)[/]")
    if any(error is not None for error in results.values()):
        raise typer.Exit(FAILED)
