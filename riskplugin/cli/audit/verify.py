"""riskplugin audit verify: was anything edited, removed, put in, moved or cut off? (AU-2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from riskplugin.cli.audit.choice import AllBotsOption
from riskplugin.cli.audit.settings import settings
from riskplugin.cli.audit.trust import kept_copies, key_of, own_keys
from riskplugin.cli.audit.words import counted, moment, plainly
from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    JsonOption,
    UserdirOption,
    out,
    plain_errors,
    print_json,
)
from riskplugin.cli.desk import BotOption, Desk, LedgerOption, desks
from riskplugin.ledger.proof.checkpoints import Checkpoint
from riskplugin.ledger.proof.verify import Report
from riskplugin.ledger.proof.verify import verify as verified

#: Findings that a screen shows; --json has all.
SHOWN = 50


@plain_errors
def verify(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    all_bots: AllBotsOption = False,
    ledger: LedgerOption = None,
    public_key: Annotated[
        list[str] | None,
        typer.Option(
            "--public-key", metavar="KEY", help="A key to trust, as file or text; several times."
        ),
    ] = None,
    copies: Annotated[
        Path | None,
        typer.Option(
            "--copies", metavar="FILE", help="Checkpoints kept elsewhere, one JSON line each."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether the records are whole and unchanged; exit code 1 when they are not."""
    told = settings(config, userdir)
    notes: list[str] = []
    trusted = [key_of(each) for each in public_key or []] or own_keys(told, notes)
    kept = kept_copies(copies, told, notes)
    with desks(config, userdir, ledger=ledger, bot=bot, all_bots=all_bots) as at:
        reports = [
            verified(
                desk.reader,
                desk.bot,
                trusted=trusted,
                copies=[each for each in kept if each.bot == desk.bot],
            )
            for desk in at
        ]
        notes += _elsewhere(kept, at)
    if as_json:
        print_json([_plain(report, notes) for report in reports])
    else:
        for report in reports:
            _show(out(), report)
        for note in notes:
            out().print(f"[dim]note: {escape(plainly(note))}[/]")
    if not all(report.sound for report in reports):
        raise typer.Exit(FAILED)


def _elsewhere(kept: Sequence[Checkpoint], at: Sequence[Desk]) -> Iterator[str]:
    """Copies tell of bots that are not here: taken out of the ledger, or never in it."""
    known = at[0].reader.bots() if at else []
    for bot in sorted({each.bot for each in kept} - set(known)):
        count = sum(each.bot == bot for each in kept)
        yield (
            f"the copies hold {counted(count, 'checkpoint')} of {bot}, which this ledger does not "
            "know: it lies in another one, or all of it was taken out of this one"
        )


def _plain(report: Report, notes: Sequence[str]) -> dict[str, Any]:
    return {"sound": report.sound, **asdict(report), "notes": [*report.notes, *notes]}


def _show(console: Console, report: Report) -> None:
    """One glance, then what was found, then what to know."""
    span = "" if report.first is None else f", {moment(report.first)} to {moment(report.last)}"
    console.print(
        f"{_verdict(report)}  [bold]{escape(plainly(report.bot))}[/]: "
        f"{counted(report.records, 'record')}{span}"
    )
    listed = Table.grid(padding=(0, 1, 0, 0))
    listed.add_column(width=6, justify="right")
    listed.add_column(overflow="fold")
    listed.add_row("", _proof(report))
    for finding in report.findings[:SHOWN]:
        listed.add_row("[red]•[/]", escape(plainly(finding.text)))
    if len(report.findings) > SHOWN:
        listed.add_row("[red]•[/]", f"and {len(report.findings) - SHOWN} more (--json has all)")
    for note in report.notes:
        listed.add_row("[dim]note[/]", f"[dim]{escape(plainly(note))}[/]")
    console.print(listed)


def _verdict(report: Report) -> str:
    if not report.sound:
        return "[bold red]NOT SOUND[/]"
    if not report.proven:
        return "[bold yellow]SOUND, BUT NOT SIGNED[/]"
    return "[bold green]SOUND[/]"


def _proof(report: Report) -> str:
    """How much of it a trusted signature covers."""
    made = counted(report.checkpoints, "checkpoint")
    if not report.proven:
        return f"[yellow]{made}: no record is proven by a trusted signature[/]"
    rest = report.records - report.proven
    after = f", the latest {counted(rest, 'record')} not yet" if rest > 0 else ""
    return f"{made}: proven up to record {report.proven}{after}"
