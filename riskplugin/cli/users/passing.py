"""riskplugin users passwd, recover: a new password, or a new phone, for somebody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    UsageError,
    UserdirOption,
    YesOption,
    confirmed,
    out,
    plain_errors,
)
from riskplugin.cli.desk import LedgerOption, person, place
from riskplugin.cli.identity import spoken
from riskplugin.cli.passwords import StdinOption, new_password
from riskplugin.cli.users.asked import NameArgument, WhyOption, asking


@plain_errors
def passwd(
    name: NameArgument,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    reason: WhyOption = "",
    second_factor: Annotated[
        bool, typer.Option("--reset-second-factor", help="Forget the phone, not the password.")
    ] = False,
    password_stdin: StdinOption = False,
    yes: YesOption = False,
) -> None:
    """Give a person a new password, or let them set up a new phone."""
    what = "forget the second factor of" if second_factor else "give a new password to"
    people, by = asking(config, userdir, ledger, f"{what} {name}", yes=yes)
    with spoken():
        if second_factor:
            people.reset_second_factor(name, by=by, reason=reason)
        else:
            password = new_password(f"password for {name}", stdin=password_stdin)
            people.set_password(name, password, by=by, reason=reason)
    out().print(f"[green]done[/]: {escape(name)} sets an own one at the next sign-in")


@plain_errors
def recover(
    name: NameArgument,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    reason: WhyOption = "",
    password_stdin: StdinOption = False,
    yes: YesOption = False,
) -> None:
    """Let an administrator in again who lost password or phone; for whoever runs the bot here.

    Asks for no sign-in: whoever can write the ledger may do it, and everybody
    can see it.
    """
    if not reason.strip():
        raise UsageError("say why with --reason: it is recorded with your login name")
    people = place(config, userdir, ledger).people(userdir)
    what = f"give {name} a new password, and forget the second factor, without a sign-in"
    if not confirmed(f"{what}?", yes=yes):
        out().print("nothing was changed")
        raise typer.Exit(FAILED)
    with spoken():
        password = new_password(f"password for {name}", stdin=password_stdin)
        made = people.recover(name, password, login=person(), reason=reason)
    out().print(f"[green]done[/], and recorded: {escape(made.name)} goes on with riskplugin login")
    for owed in made.owes:
        out().print(f"  at the first sign-in: {owed}")
