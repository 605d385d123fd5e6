"""riskplugin users: who may do what here. Changed by administrators, recorded in the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Table

from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    JsonOption,
    UserdirOption,
    YesOption,
    confirmed,
    out,
    plain_errors,
    print_json,
)
from riskplugin.cli.desk import LedgerOption, place
from riskplugin.cli.identity import administrator, spoken
from riskplugin.cli.passwords import StdinOption, new_password
from riskplugin.control.people import People, Person
from riskplugin.control.permissions import Role

users = typer.Typer(
    name="users", help="Who may do what here: persons and roles.", no_args_is_help=True
)

NameArgument = Annotated[str, typer.Argument(help="The person's name.")]
WhyOption = Annotated[str, typer.Option("--reason", "-r", help="Why; it is recorded.")]


@users.command("list")
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


@users.command()
@plain_errors
def add(
    name: NameArgument,
    role: Annotated[Role, typer.Option("--role", help="What the person may do.")],
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


@users.command()
@plain_errors
def role(
    name: NameArgument,
    to: Annotated[Role, typer.Argument(help="The role that the person gets.")],
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    reason: WhyOption = "",
    yes: YesOption = False,
) -> None:
    """Give a person another role; it has to sign in again."""
    people, by = _asking(config, userdir, ledger, f"make {name} {to.value}", yes=yes)
    with spoken():
        made = people.change_role(name, to, by=by, reason=reason)
    out().print(f"[green]{escape(made.name)} is {made.role.value}[/]")


@users.command()
@plain_errors
def disable(
    name: NameArgument,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    reason: WhyOption = "",
    yes: YesOption = False,
) -> None:
    """Sign a person out, and let it in no more."""
    people, by = _asking(config, userdir, ledger, f"disable {name}", yes=yes)
    with spoken():
        people.disable(name, by=by, reason=reason)
    out().print(f"[green]{escape(name)} is disabled[/]")


@users.command()
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
    people, by = _asking(config, userdir, ledger, f"enable {name}", yes=yes)
    with spoken():
        people.enable(name, by=by, reason=reason)
    out().print(f"[green]{escape(name)} is enabled[/]")


@users.command()
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
    """Give a person a new password, or let it set up a new phone, at the next sign-in."""
    what = "forget the second factor of" if second_factor else "give a new password to"
    people, by = _asking(config, userdir, ledger, f"{what} {name}", yes=yes)
    with spoken():
        if second_factor:
            people.reset_second_factor(name, by=by, reason=reason)
        else:
            password = new_password(f"password for {name}", stdin=password_stdin)
            people.set_password(name, password, by=by, reason=reason)
    out().print(f"[green]done[/]: {escape(name)} sets an own one at the next sign-in")


@users.command()
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
    people, by = _asking(config, userdir, ledger, f"{name} is Telegram user {user_id}", yes=yes)
    with spoken():
        people.set_telegram(name, number, by=by, reason=reason)
    out().print(f"[green]{escape(name)} is Telegram user {user_id}[/]")


@users.command()
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
    people, by = _asking(config, userdir, ledger, f"sign {name} out everywhere", yes=yes)
    with spoken():
        people.revoke(name, by=by, reason=reason)
    out().print(f"[green]{escape(name)} has to sign in again[/]")


@users.command()
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


def _asking(
    config: list[Path] | None, userdir: Path, ledger: str | None, what: str, *, yes: bool
) -> tuple[People, str]:
    """The people, and the administrator who changes them after having been asked."""
    people = place(config, userdir, ledger).people(userdir)
    with spoken():
        by = administrator(people)
    if not confirmed(f"{what}?", yes=yes):
        out().print("nothing was changed")
        raise typer.Exit(FAILED)
    return people, by


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
