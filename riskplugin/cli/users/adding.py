"""riskplugin users add: a new person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from riskplugin.cli.console import (
    ConfigOption,
    UserdirOption,
    out,
    plain_errors,
)
from riskplugin.cli.desk import LedgerOption, place
from riskplugin.cli.identity import administrator, spoken
from riskplugin.cli.passwords import StdinOption, new_password
from riskplugin.cli.users.asked import NameArgument, WhyOption
from riskplugin.control.permissions import Role


@plain_errors
def add(
    name: NameArgument,
    role: Annotated[Role, typer.Option("--role", metavar="ROLE", help=", ".join(Role))],
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    reason: WhyOption = "",
    password_stdin: StdinOption = False,
) -> None:
    """Register a person. The first one has to be an administrator."""
    people = place(config, userdir, ledger).people(userdir)
    with spoken():
        people.prepare()
        first = not people.anybody()
        by = administrator(people)
        password = new_password(f"password for {name}", stdin=password_stdin)
        made = people.add(name, role, password, by=by, reason=reason)
    out().print(f"[green]{escape(made.name)} is registered[/] as {made.role.value}")
    for owed in made.owes:
        out().print(f"  at the first sign-in: {owed}")
    out().print(f"  next: riskplugin login {escape(made.name)}")
    if first:
        out().print("From now on every command that changes something needs a signed-in person.")
    if people.open_to_others is not None:
        out().print(
            f"[yellow]others on this machine may read {escape(str(people.open_to_others))}[/], "
            "which holds what people sign in with: chmod 600"
        )
