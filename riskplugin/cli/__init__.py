"""The command line: one command per file, registered here. Entry point: riskplugin.cli:main."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from rich.markup import escape

from riskplugin.cli.alerts import alerts
from riskplugin.cli.audit import audit
from riskplugin.cli.breaker import breaker
from riskplugin.cli.check import check
from riskplugin.cli.compare import compare
from riskplugin.cli.console import WRONG_USE, err
from riskplugin.cli.dashboard import dashboard
from riskplugin.cli.demo import demo
from riskplugin.cli.drill import drill
from riskplugin.cli.emergency import emergency
from riskplugin.cli.export import export
from riskplugin.cli.guard import guard
from riskplugin.cli.init import init
from riskplugin.cli.limits import limits
from riskplugin.cli.login import login, logout, whoami
from riskplugin.cli.metrics import metrics
from riskplugin.cli.report import report
from riskplugin.cli.sandbox import sandbox
from riskplugin.cli.status import status
from riskplugin.cli.users import users
from riskplugin.cli.watchdog import watchdog
from riskplugin.version import __version__

app = typer.Typer(
    name="riskplugin",
    help="Hard risk limits for freqtrade.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(init)
app.command()(guard)
app.command()(check)
app.command()(sandbox)
app.command()(status)
app.command()(compare)
app.command()(breaker)
app.command()(alerts)
app.command()(emergency)
app.command()(dashboard)
app.command()(report)
app.command()(export)
app.command()(metrics)
app.command()(watchdog)
app.command()(demo)
app.command()(login)
app.command()(logout)
app.command()(whoami)
app.add_typer(limits)
app.add_typer(users)
app.add_typer(audit)
app.add_typer(drill)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"riskplugin {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Hard risk limits for freqtrade."""


def main() -> None:
    """Run the command line; a fault of the plugin itself is one message, not a traceback."""
    try:
        app()
    except Exception as error:
        if os.environ.get("RISKPLUGIN_DEBUG"):
            raise
        err().print(
            f"[bold red]error:[/] {type(error).__name__}: {escape(str(error))}\n"
            "This is a fault of riskplugin. RISKPLUGIN_DEBUG=1 shows where.",
        )
        sys.exit(WRONG_USE)
