"""riskplugin users list, verify: who there is, and whether their credentials are as recorded."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Table

from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    JsonOption,
    UserdirOption,
    out,
    plain_errors,
    print_json,
)
from riskplugin.cli.desk import LedgerOption, place
from riskplugin.cli.identity import spoken
from riskplugin.control.people import Person


@plain_errors
def list_(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Everybody, with role and what is owed."""
    with spoken():
        everybody = place(config, userdir, ledger).people(userdir).everybody()
    if as_json:
        print_json([_plain(each) for each in everybody])
    elif not everybody:
        out().print("nobody is registered: riskplugin users add NAME --role administrator")
    else:
        out().print(_table(everybody))


@plain_errors
def verify(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Are the passwords and second factors those that were recorded? Exit code 1 when not."""
    people = place(config, userdir, ledger).people(userdir)
    with spoken():
        everybody, wrong = people.everybody(), people.mismatches()
    if as_json:
        print_json({"sound": not wrong, "persons": len(everybody), "mismatches": wrong})
    else:
        for name in wrong:
            out().print(f"[bold red]{escape(name)}[/]: the credentials do not match their record")
        if not wrong:
            out().print(f"[green]sound[/]: the credentials of {len(everybody)} match their records")
    if wrong:
        raise typer.Exit(FAILED)


def _plain(each: Person) -> dict[str, object]:
    return {
        "name": each.name,
        "role": each.role.value,
        "disabled": each.disabled,
        "telegram": each.telegram,
        "second_factor": each.second_factor,
        "since": each.since,
        "owes": list(each.owes),
    }


def _table(everybody: list[Person]) -> Table:
    table = Table(box=SIMPLE, padding=(0, 1))
    for title in ("name", "role", "factor", "Telegram", "since (UTC)", "still to do"):
        table.add_column(title, no_wrap=title in ("role", "since (UTC)"))
    for each in everybody:
        state = "[red]disabled[/]" if each.disabled else f"[yellow]{', '.join(each.owes)}[/]"
        table.add_row(
            escape(each.name),
            each.role.value,
            "yes" if each.second_factor else "–",
            "–" if each.telegram is None else str(each.telegram),
            "" if each.since is None else f"{each.since:%Y-%m-%d %H:%M}",
            state,
        )
    return table
