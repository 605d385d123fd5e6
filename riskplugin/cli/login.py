"""riskplugin login, logout, whoami: sign in at this command line, with all that is owed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from riskplugin.cli.console import (
    ConfigOption,
    JsonOption,
    UserdirOption,
    out,
    plain_errors,
    print_json,
)
from riskplugin.cli.desk import LedgerOption, place
from riskplugin.cli.identity import forget_token, keep_token, kept_token, signed_in, spoken
from riskplugin.cli.passwords import CodeOption, StdinOption, new_password, one_password, show_qr
from riskplugin.control.people import People
from riskplugin.control.person import OWES_PASSWORD, OWES_SECOND_FACTOR, Denied


@plain_errors
def login(
    name: Annotated[str, typer.Argument(help="Your name, as it was registered.")],
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    code: CodeOption = None,
    password_stdin: StdinOption = False,
) -> None:
    """Sign in: name, password, and the code of your phone where your role asks for one."""
    people = place(config, userdir, ledger).people(userdir)
    with spoken():
        if not people.anybody():
            raise Denied(401, "nobody is registered: riskplugin users add NAME")
        password = one_password("password", stdin=password_stdin)
        token = _entered(people, name, password, code, ask=not password_stdin)
        keep_token(people, token)
        token, password = _chosen(people, token, password, ask=not password_stdin)
        token = _enrolled(people, token, password, ask=not password_stdin)
        keep_token(people, token)
        who = people.person_of(token)
    out().print(f"[green]signed in[/] as {escape(who.name)} ({who.role.value})")
    for owed in who.owes:
        out().print(f"[yellow]before any control: {owed}[/] (riskplugin login at a terminal)")


@plain_errors
def logout(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
) -> None:
    """Sign out: the token that lies here is of no use any more."""
    people = place(config, userdir, ledger).people(userdir)
    with spoken():
        token = kept_token(people)
        try:
            if token is not None:
                people.sign_out(token)
        except Denied:
            pass  # it was over already
        forget_token(people)
    out().print("signed out" if token is not None else "nobody was signed in here")


@plain_errors
def whoami(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who is signed in here, and what is owed before any control."""
    people = place(config, userdir, ledger).people(userdir)
    with spoken():
        who = signed_in(people)
    if as_json:
        print_json({"name": who.name, "role": who.role.value, "owes": list(who.owes)})
        return
    out().print(f"{escape(who.name)} ({who.role.value})")
    for owed in who.owes:
        out().print(f"  before any control: {owed}")


def _entered(people: People, name: str, password: str, code: str | None, *, ask: bool) -> str:
    """A token; asks for the code when it turns out that one is needed."""
    try:
        return people.sign_in(name, password, code, _here())
    except Denied as denied:
        if not (denied.wants_code and ask):
            raise
    return people.sign_in(name, password, typer.prompt("code of your phone"), _here())


def _chosen(people: People, token: str, password: str, *, ask: bool) -> tuple[str, str]:
    """The first sign-in with a password that somebody else knows asks for a new one."""
    if OWES_PASSWORD not in people.person_of(token).owes or not ask:
        return token, password
    out().print("An administrator knows this password: set one of your own.")
    fresh = new_password("new password")
    return people.own_password(token, password, fresh, _here()), fresh


def _enrolled(people: People, token: str, password: str, *, ask: bool) -> str:
    """The first sign-in of a role with a second factor sets it up."""
    if OWES_SECOND_FACTOR not in people.person_of(token).owes or not ask:
        return token
    offered = people.enrol(token, password, _here())
    out().print("Your role needs a second factor. Scan this with an authenticator app:")
    show_qr(offered.uri)
    out().print(f"or type the secret: [bold]{offered.secret}[/]\n")
    while True:
        try:
            return people.confirm_totp(token, typer.prompt("the code it shows now"), _here())
        except Denied as denied:
            if denied.status != 401:
                raise
            out().print(f"[red]{escape(denied.text)}[/]")


def _here() -> str:
    """What a sign-in at a command line comes from."""
    return "shell"
