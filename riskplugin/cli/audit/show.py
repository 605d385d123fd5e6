"""riskplugin audit show: what happened, for people; or one record with everything in it."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from riskplugin.cli.audit.choice import Choice, KindOption, PairOption, SinceOption, UntilOption
from riskplugin.cli.audit.detail import details, one
from riskplugin.cli.audit.lines import line
from riskplugin.cli.audit.telling import style, told
from riskplugin.cli.audit.words import plainly
from riskplugin.cli.console import (
    ConfigOption,
    JsonOption,
    UserdirOption,
    out,
    plain_errors,
    print_json,
)
from riskplugin.cli.desk import BotOption, Desk, LedgerOption, desk
from riskplugin.ledger.record import Record
from riskplugin.ports import LedgerError

#: Seconds between two looks while following.
PULSE = 1.0
#: From this width on a row has the whole date.
WIDE = 100


@plain_errors
def show(
    seq: Annotated[int | None, typer.Argument(help="One record, by its number.", min=1)] = None,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    kind: KindOption = None,
    pair: PairOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", metavar="N", help="How many, the latest.", min=1)
    ] = 30,
    full: Annotated[
        bool, typer.Option("--full", help="With all verdicts and what a decision rested on.")
    ] = False,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what happens from now.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """What happened, newest last; with a number, that one record and its hash."""
    choice = Choice.of(kind, pair, since, until)
    with desk(config, userdir, ledger=ledger, bot=bot) as at:
        if seq is not None:
            one(at, seq, as_json=as_json)
            return
        found = choice.latest(at.reader, at.bot, limit)
        if as_json:
            print_json([orjson.loads(line(at.bot, record)) for record in found])
            return
        console = out()
        if found:
            console.print(_table(console, found, full=full, header=True))
        elif not follow:
            console.print(f"{escape(plainly(at.bot))}: no such records")
        if follow:
            with suppress(KeyboardInterrupt):
                _follow(console, at, choice, full=full)


def _follow(console: Console, at: Desk, choice: Choice, *, full: bool) -> None:
    """Print what is recorded from here on, until Ctrl+C."""
    latest = at.reader.records(at.bot, limit=1, newest_first=True)
    place = latest[0].seq if latest else 0
    while True:
        fresh = list(at.reader.chain(at.bot, after=place))
        place = fresh[-1].seq if fresh else place
        wanted = [record for record in fresh if choice.takes(record)]
        if wanted:
            console.print(_table(console, wanted, full=full, header=False))
        time.sleep(PULSE)


def _table(console: Console, found: list[Record], *, full: bool, header: bool) -> Table:
    wide = console.width >= WIDE
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=header, pad_edge=False)
    table.add_column("seq", justify="right", style="dim", min_width=5)
    table.add_column("time (UTC)", no_wrap=True)
    table.add_column("kind", no_wrap=True, style="cyan", min_width=16)
    table.add_column("what happened", overflow="fold", ratio=1)
    for record in found:
        when = f"{record.at:%Y-%m-%d %H:%M:%S}" if wide else f"{record.at:%m-%d %H:%M:%S}"
        table.add_row(str(record.seq), when, escape(plainly(record.kind)), _sentence(record, full))
    return table


def _sentence(record: Record, full: bool) -> str:
    """The record in words, as markup: refusals red, caps yellow."""
    try:
        event = record.event
    except LedgerError as error:
        return f"[bold red]{escape(plainly(str(error)))}[/]"
    colour = style(event)
    text = escape(told(event))
    lines = [f"[{colour}]{text}[/]" if colour else text]
    if full:
        lines += [f"[dim]{escape(name)}[/] {escape(value)}" for name, value in details(event)]
    return "\n".join(lines)
