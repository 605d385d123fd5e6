"""Passwords and second factors at a terminal: never an argument, never shown but once."""

from __future__ import annotations

import sys
from io import StringIO
from typing import Annotated

import typer

from riskplugin.cli.console import UsageError

StdinOption = Annotated[
    bool,
    typer.Option("--password-stdin", help="Read the password from standard input, one line."),
]
CodeOption = Annotated[
    str | None, typer.Option("--code", help="The code that your phone shows now; asked if needed.")
]


def one_password(what: str, *, stdin: bool) -> str:
    """A password that exists: typed once, or the first line of standard input."""
    if not stdin:
        return str(typer.prompt(what, hide_input=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise UsageError("--password-stdin: there was no line on standard input")
    return line


def new_password(what: str, *, stdin: bool = False) -> str:
    """A password that is to be: typed twice, or the first line of standard input."""
    if stdin:
        return one_password(what, stdin=True)
    return str(typer.prompt(what, hide_input=True, confirmation_prompt=True))


def show_qr(uri: str) -> None:
    """Draw ``uri`` so that a phone can read it from the screen."""
    import segno

    drawn = StringIO()
    segno.make(uri, error="l").terminal(drawn, compact=True)
    typer.echo(drawn.getvalue())
