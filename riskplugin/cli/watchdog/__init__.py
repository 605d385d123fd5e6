"""riskplugin watchdog: a process of its own that looks after the bot."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from riskplugin.cli.console import (
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    plain_errors,
)
from riskplugin.cli.desk import LedgerOption


class What(StrEnum):
    """What to do."""

    RUN = "run"
    STATUS = "status"


@plain_errors
def watchdog(
    what: Annotated[
        What, typer.Argument(help="status: when it looked last, and what it saw.")
    ] = What.RUN,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    ledger: LedgerOption = None,
    interval: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Between two looks.", min=0.2, max=3600),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Look once, verify all, never act; exit 1 if anything.")
    ] = False,
    heartbeat: Annotated[
        str | None,
        typer.Option(
            envvar="RISKPLUGIN_HEARTBEAT_URL",
            metavar="URL",
            help="Called after each good round: of a service that misses the calls.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Watch a bot: tell people when it is silent, and close its book where that is configured."""
    if what is What.STATUS:
        from riskplugin.cli.watchdog.word import show_status

        show_status(config, userdir, ledger, as_json=as_json)
        return
    if ledger is not None:
        raise UsageError("--ledger is for status; the watchdog takes the ledger from the bot's -c")
    if heartbeat is not None and not heartbeat.startswith(("http://", "https://")):
        raise UsageError("--heartbeat is an address of http or https")
    from riskplugin.cli.watchdog.watching import look_once, plan_for, watch

    plan = plan_for(config, userdir, interval)
    if once:
        look_once(plan, heartbeat, as_json=as_json)
    else:
        watch(plan, heartbeat)
