"""The command line: one command per file, registered here. Entry point: riskplugin.cli:main."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
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

#: What `riskplugin --help` shows, in the order in which people meet it.
_PANELS: dict[str, tuple[Callable[..., None] | typer.Typer, ...]] = {
    "Begin": (init, guard, check, demo, sandbox),
    "While the bot runs": (
        status,
        limits,
        breaker,
        emergency,
        alerts,
        dashboard,
        metrics,
        watchdog,
    ),
    "Before and afterwards": (compare, report, export, audit, drill),
    "People": (users, login, logout, whoami),
}
for _panel, _commands in _PANELS.items():
    for _command in _commands:
        if isinstance(_command, typer.Typer):
            app.add_typer(_command, rich_help_panel=_panel)
        else:
            app.command(rich_help_panel=_panel)(_command)


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
