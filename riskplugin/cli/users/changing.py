"""riskplugin users role, disable, enable, telegram, revoke: changes of who somebody is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from riskplugin.cli.console import (
    ConfigOption,
    UserdirOption,
    YesOption,
    out,
    plain_errors,
)
from riskplugin.cli.desk import LedgerOption
from riskplugin.cli.identity import spoken
from riskplugin.cli.users.asked import NameArgument, WhyOption, asking
from riskplugin.control.permissions import Role


@plain_errors
def role(
    name: NameArgument,
    to: Annotated[Role, typer.Argument(help="The new role.")],
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    reason: WhyOption = "",
    yes: YesOption = False,
) -> None:
    """Give a person another role; they have to sign in again."""
    people, by = asking(config, userdir, ledger, f"make {name} {to.value}", yes=yes)
    with spoken():
        made = people.change_role(name, to, by=by, reason=reason)
    out().print(f"[green]{escape(made.name)} is {made.role.value}[/]")


@plain_errors
def disable(
    name: NameArgument,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    reason: WhyOption = "",
    yes: YesOption = False,
) -> None:
    """Sign a person out, and let them in no more."""
    people, by = asking(config, userdir, ledger, f"disable {name}", yes=yes)
    with spoken():
        people.disable(name, by=by, reason=reason)
    out().print(f"[green]{escape(name)} is disabled[/]")


@plain_errors
def enable(
    name: NameArgument,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    reason: WhyOption = "",
    yes: YesOption = False,
) -> None:
    """Let a disabled person in again."""
    people, by = asking(config, userdir, ledger, f"enable {name}", yes=yes)
    with spoken():
        people.enable(name, by=by, reason=reason)
    out().print(f"[green]{escape(name)} is enabled[/]")


@plain_errors
def telegram(
    name: NameArgument,
    user_id: Annotated[str, typer.Argument(help="The number of the Telegram user, or none.")],
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    reason: WhyOption = "",
    yes: YesOption = False,
) -> None:
    """Say which Telegram user a person is."""
    if not (user_id.isascii() and user_id.isdigit()) and user_id != "none":
        raise typer.BadParameter("a Telegram user is a number; none takes it away")
    number = None if user_id == "none" else int(user_id)
    what = "no Telegram user" if number is None else f"Telegram user {number}"
    people, by = asking(config, userdir, ledger, f"{name} is {what}", yes=yes)
    with spoken():
        people.set_telegram(name, number, by=by, reason=reason)
    out().print(f"[green]{escape(name)} is {what}[/]")


@plain_errors
def revoke(
    name: NameArgument,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    reason: WhyOption = "",
    yes: YesOption = False,
) -> None:
    """Sign a person out everywhere."""
    people, by = asking(config, userdir, ledger, f"sign {name} out everywhere", yes=yes)
    with spoken():
        people.revoke(name, by=by, reason=reason)
    out().print(f"[green]{escape(name)} has to sign in again[/]")
