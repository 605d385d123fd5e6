"""What holds at a bot beside what its file says: changes, proposals, overrides, history, room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from riskplugin.cli.alert_words import age
from riskplugin.cli.audit.telling import told as told_of
from riskplugin.cli.audit.words import plainly
from riskplugin.cli.console import UsageError, out, print_json
from riskplugin.cli.desk import Desk
from riskplugin.control.limits.words import from_to, shown
from riskplugin.core.events import Event, LimitsAdopted
from riskplugin.core.limits import FOLDS

#: Every record that is about limits.
KINDS: tuple[type[Event], ...] = (LimitsAdopted, *FOLDS)


def show_in_force(status: dict[str, Any]) -> None:
    """Print what the bot's limits are by now, and what waits."""
    console, name, told = out(), escape(plainly(status["bot"])), status["limits"]
    same = told["version"] == told["file_version"]
    what = "the file's" if same else f"not the file's {told['file_version']}"
    console.print(f"[bold]{name}[/] runs under limits [bold]{told['version']}[/], {what}.")
    if status["silent"]:
        console.print(f"[red]That was {age(status['at'])} ago: is the bot running?[/]")
    for change in told["changes"]:
        console.print(_line(change))
    show_open(console, told)


def show_open(console: Console, told: dict[str, Any]) -> None:
    """Print what waits for people, and what holds for a while."""
    if told["unacknowledged"]:
        _unacknowledged(console, told["unacknowledged"])
    for proposal in told["proposals"]:
        console.print(f"\n[yellow]Proposal {proposal['proposal']}[/]{_about(proposal)}")
        _values(console, proposal["changes"])
        for line in _fate(proposal):
            console.print(f"  [dim]{line}[/]")
    for override in told["overrides"]:
        end = "its next entry, at the latest " if override["once"] else ""
        console.print(f"\n[cyan]Override {override['override']}[/]{_about(override)}")
        _values(console, override["changes"])
        console.print(f"  [dim]until {end}{_moment(override['until'])}[/]")


def show_headroom(at: Desk, *, as_json: bool) -> None:
    """Print how large an entry could be now, and what stops more."""
    told = at.status()
    if told is None or "headroom" not in told:
        raise UsageError(f"{at.bot} has not said yet what there is room for: let it run a loop")
    room = told["headroom"]
    if as_json:
        print_json({"bot": at.bot, "at": told["at"], **room})
        return
    console = out()
    console.print(
        f"{escape(plainly(at.bot))}, {_moment(told['at'])}: [bold]{escape(room['text'])}[/]"
    )
    console.print("[dim]A calm pair in which nothing is held, at the highest leverage allowed.[/]")
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("rule", style="cyan", no_wrap=True)
    table.add_column("what it says", overflow="fold")
    for rule in room["rules"]:
        table.add_row(rule["rule"], escape(rule["text"]))
    if room["rules"]:
        console.print(table)


def show_history(at: Desk, limit: int, *, as_json: bool) -> None:
    """Print how the limits came to be what they are, newest last."""
    found = at.reader.records(at.bot, kinds=KINDS, limit=limit, newest_first=True)[::-1]
    if as_json:
        print_json(
            [{"seq": r.seq, "at": r.at, "kind": r.kind, "text": told_of(r.event)} for r in found]
        )
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("seq", justify="right", style="dim")
    table.add_column("time (UTC)", no_wrap=True)
    table.add_column("what happened", overflow="fold")
    for record in found:
        table.add_row(str(record.seq), f"{record.at:%m-%d %H:%M:%S}", escape(told_of(record.event)))
    out().print(table if found else f"{escape(plainly(at.bot))}: no limits are on record")


def _line(change: dict[str, Any]) -> str:
    who = _names(change["by"])
    why = f"{who}: {plainly(change['why'])}" if who else change["why"]
    colour = "green" if change["tighter"] else "yellow"
    value, file = shown(change["value"]), shown(change["file"])
    said = f"  [cyan]{change['key']}[/] [{colour}]{escape(value)}[/], in the file {escape(file)}"
    return f"{said} [dim]({escape(why)})[/]"


def _unacknowledged(console: Console, waiting: dict[str, Any]) -> None:
    console.print(f"\n[yellow]The file {waiting['version']} is looser[/], and waits for a person:")
    _values(console, waiting["changes"])
    console.print("  [dim]riskplugin limits acknowledge --reason …[/]")


def _values(console: Console, changes: Iterable[dict[str, Any]]) -> None:
    for change in changes:
        console.print(f"  {escape(from_to(change['key'], change['from'], change['to']))}")


def _about(entry: dict[str, Any]) -> str:
    pair = f" for [bold]{escape(plainly(entry['pair']))}[/]" if entry["pair"] else ""
    return f"{pair} by {escape(_names(entry['by']))}: {escape(plainly(entry['reason']))}"


def _fate(proposal: dict[str, Any]) -> Iterator[str]:
    if proposal["effective"]:
        yield f"approved, in force from {_moment(proposal['effective'])} on"
        return
    yield f"waits for a second person until {_moment(proposal['expires'])}:"
    yield f"riskplugin limits approve {proposal['proposal']} --reason …"


def _names(names: Iterable[str]) -> str:
    return " and ".join(plainly(name) for name in names)


def _moment(iso: str) -> str:
    return f"{datetime.fromisoformat(iso):%Y-%m-%d %H:%M} UTC"
