"""riskplugin audit replay: every decision made again; under other limits, the what-if (AU-3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from riskplugin.cli.audit.choice import Choice, SinceOption
from riskplugin.cli.audit.tally import Tally
from riskplugin.cli.audit.telling import answered
from riskplugin.cli.audit.words import amount, counted, plainly
from riskplugin.cli.botfiles import read_text_config
from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    out,
    plain_errors,
    print_json,
)
from riskplugin.cli.desk import BotOption, LedgerOption, desk
from riskplugin.core.verdict import Cap, Decision
from riskplugin.ledger.proof.replay import Redecision
from riskplugin.ledger.proof.replay import replay as redecided

CAVEAT = (
    "Each decision is held by itself against the new limits, on the account as it stood. How the "
    "account would have gone on under them (other positions, other equity, other trips) is not "
    "simulated: a backtest does that."
)


@plain_errors
def replay(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    limits: Annotated[
        Path | None,
        typer.Option(
            "--limits",
            metavar="FILE",
            help='What if? A section "risk", or a configuration with one.',
        ),
    ] = None,
    since: SinceOption = None,
    limit: Annotated[
        int,
        typer.Option("--limit", "-n", metavar="N", help="Differences that are listed.", min=0),
    ] = 30,
    as_json: JsonOption = False,
) -> None:
    """Make every recorded decision again; exit code 1 when one comes out differently."""
    section = None if limits is None else _section(limits)
    begin = Choice.of(since=since).since
    with desk(config, userdir, ledger=ledger, bot=bot) as at:
        tally = Tally(limit, what_if=section is not None)
        for each in redecided(at.reader, at.bot, section=section, since=begin):
            tally.add(each)
    if as_json:
        caveat = {} if section is None else {"caveat": CAVEAT}
        print_json({"bot": at.bot, **tally.plain(), **caveat})
    else:
        _show(out(), at.bot, tally, what_if=section is not None)
    if section is None and tally.different:
        raise typer.Exit(FAILED)


def _section(file: Path) -> Mapping[str, Any]:
    """The section "risk" that a file is or holds."""
    if not file.is_file():
        raise UsageError(f"there is no file {file}")
    given = read_text_config(file)
    section = given.get("risk", given)
    if not isinstance(section, Mapping):
        raise UsageError(f'{file}: "risk" must be a group of keys {{…}}')
    return section


def _show(console: Console, bot: str, tally: Tally, *, what_if: bool) -> None:
    name, made = escape(plainly(bot)), counted(tally.made, "decision")
    if not tally.made:
        console.print(f"{name}: no decision was made again")
    elif not tally.different:
        same = "would come out the same" if what_if else "all the same"
        console.print(f"[green]{name}: {made}, {same}[/]")
    else:
        colour = "yellow" if what_if else "bold red"
        verb = "would come out differently" if what_if else "came out differently"
        console.print(f"[{colour}]{name}: {made}, {tally.different:,} {verb}[/]")
        console.print(_differences(tally))
        if tally.different > len(tally.kept):
            console.print(f"… and {tally.different - len(tally.kept):,} more (--limit)")
    for why, count in tally.not_made.items():
        told = f"{counted(count, 'decision')} not made again: {plainly(why)}"
        console.print(f"[dim]{escape(told)}[/]")
    if what_if and tally.made:
        console.print(_summary(tally))
        console.print(f"[dim]{CAVEAT}[/]")


def _differences(tally: Tally) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("seq", justify="right", style="dim")
    table.add_column("time (UTC)", no_wrap=True)
    table.add_column("pair", style="cyan", overflow="fold")
    table.add_column("recorded", ratio=1, overflow="fold")
    table.add_column("now", ratio=1, overflow="fold")
    for each in tally.kept:
        table.add_row(*_difference(each))
    return table


def _difference(each: Redecision) -> Iterator[str]:
    yield str(each.seq)
    yield f"{each.recorded.at:%m-%d %H:%M:%S}"
    yield escape(plainly(each.recorded.decision.request.pair))
    before, now = each.recorded.decision, each.now or each.recorded.decision
    yield _answer(before)
    alike = answered(before) == answered(now)
    yield _answer(now) + (" [dim](what is not binding differs)[/]" if alike else "")


def _answer(decision: Decision) -> str:
    capped = isinstance(decision.binding, Cap)
    colour = "yellow" if capped else "green" if decision.allowed else "red"
    return f"[{colour}]{escape(answered(decision))}[/]"


def _summary(tally: Tally) -> Table:
    """Recorded beside now: how many pass, with how much stake, which rule binds how often."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("")
    table.add_column("recorded", justify="right")
    table.add_column("now", justify="right")
    before, now = tally.before, tally.now
    for name in ("allowed", "capped", "refused"):
        table.add_row(name, f"{getattr(before, name):,}", f"{getattr(now, name):,}")
    for point in sorted({*before.stakes, *now.stakes}):
        table.add_row(
            f"stake let through at point {escape(plainly(point))}",
            amount(before.stakes[point]),
            amount(now.stakes[point]),
        )
    for rule in sorted({*before.rules, *now.rules}):
        name = f"bound by {escape(plainly(rule))}"
        table.add_row(name, f"{before.rules[rule]:,}", f"{now.rules[rule]:,}")
    return table
