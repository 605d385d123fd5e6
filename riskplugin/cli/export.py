"""riskplugin export: decisions, alerts, limit changes, equity or trades as a table in a file."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from riskplugin.cli.audit.words import counted, plainly
from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    UsageError,
    UserdirOption,
    err,
    out,
    plain_errors,
)
from riskplugin.cli.desk import BotOption, LedgerOption, desk
from riskplugin.cli.report import ForceOption, FromOption, days_of


class What(StrEnum):
    """The tables that there are."""

    DECISIONS = "decisions"
    ALERTS = "alerts"
    LIMITS = "limits"
    EQUITY = "equity"
    TRADES = "trades"


@plain_errors
def export(
    what: Annotated[What, typer.Argument(help="decisions, alerts, limits, equity or trades")],
    to: Annotated[
        Path, typer.Option("--to", "-o", metavar="FILE", help=".csv, .json or .parquet.")
    ],
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    begin: FromOption = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="WHEN", help="Up to here (not included), as --from."),
    ] = None,
    force: ForceOption = False,
) -> None:
    """A table of a bot's records as CSV, JSON or Parquet, however long it is.

    The raw records with their hashes: riskplugin audit export.
    Exit code 1 when some could not be read.
    """
    from riskplugin.reports.exports import TABLES
    from riskplugin.reports.files import CannotWrite
    from riskplugin.reports.period import Period, begin_of
    from riskplugin.reports.records import Gaps
    from riskplugin.reports.tables import write

    table, gaps, now = TABLES[what], Gaps(), datetime.now(UTC)
    with desk(config, userdir, ledger=ledger, bot=bot) as at:
        days = days_of(at, now)
        try:
            since, end = (None if t is None else begin_of(t, days, now) for t in (begin, until))
            rows = table.rows(at.reader, at.bot, Period(since, end), gaps)
            count = write(rows, to, columns=table.columns, force=force)
        except (CannotWrite, ValueError) as error:
            raise UsageError(str(error)) from error
    out().print(f"{counted(count, 'row')} written to {escape(str(to))}", soft_wrap=True)
    if gaps.text:
        err().print(f"[red]{escape(plainly(gaps.text))}[/]", soft_wrap=True)
        raise typer.Exit(FAILED)
