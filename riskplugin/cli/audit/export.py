"""riskplugin audit export: records as JSON lines, CSV or Parquet, in bounded memory."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.markup import escape

from riskplugin.cli.audit.choice import (
    AllBotsOption,
    Choice,
    KindOption,
    PairOption,
    SinceOption,
    UntilOption,
)
from riskplugin.cli.audit.files import target
from riskplugin.cli.audit.formats import BATCH, Format, Told, write
from riskplugin.cli.audit.words import counted
from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    UsageError,
    UserdirOption,
    err,
    plain_errors,
)
from riskplugin.cli.desk import BotOption, LedgerOption, desks
from riskplugin.ledger.proof.chain import genesis
from riskplugin.ledger.reader import LedgerReader


@plain_errors
def export(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    all_bots: AllBotsOption = False,
    ledger: LedgerOption = None,
    form: Annotated[
        Format, typer.Option("--format", metavar="FORM", help="jsonl, csv or parquet.")
    ] = Format.JSONL,
    out: Annotated[
        str,
        typer.Option(
            "--out", "-o", metavar="FILE", help="The file to write; - is standard output."
        ),
    ] = "-",
    kind: KindOption = None,
    pair: PairOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
) -> None:
    """Records to a file: JSON lines that prove themselves, or tables (CSV, Parquet)."""
    if form is Format.PARQUET and out == "-":
        raise UsageError("Parquet is no text: name a file with --out")
    choice = Choice.of(kind, pair, since, until)
    with desks(config, userdir, ledger=ledger, bot=bot, all_bots=all_bots) as at:
        told = (each for desk in at for each in chosen(desk.reader, desk.bot, choice))
        try:
            with target(out) as file:
                count = write(form, told, file)
        except BrokenPipeError:
            _nobody_reads()
    if out != "-":
        err().print(f"{counted(count, 'record')} written to {escape(out)}", soft_wrap=True)


def chosen(reader: LedgerReader, bot: str, choice: Choice) -> Iterator[Told]:
    """The records that are meant, in the order of the chain, each with the hash it follows."""
    first = choice.first(reader, bot)
    if first is None:
        return
    before = genesis(bot)
    for record in reader.chain(bot, after=max(first - 2, 0), batch=BATCH):
        if record.seq >= first and choice.takes(record):
            yield Told(bot, record, before)
        before = record.hash


def _nobody_reads() -> NoReturn:
    """Whoever read our output has had enough; nothing may be written at exit, either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise typer.Exit(FAILED)
