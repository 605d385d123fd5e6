"""Everything that one record holds: for show SEQ, and for show --full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from rich.markup import escape
from rich.table import Table

from riskplugin.cli.audit.lines import line
from riskplugin.cli.audit.telling import style, told
from riskplugin.cli.audit.words import amount, plainly, share
from riskplugin.cli.console import UsageError, out, print_json
from riskplugin.cli.desk import Desk
from riskplugin.core.basis import Basis
from riskplugin.core.events import EntryDecided, Event
from riskplugin.core.verdict import Allow, Cap, Verdict
from riskplugin.ledger.proof.chain import genesis, link
from riskplugin.ledger.record import Record
from riskplugin.ports import LedgerError

#: Fields of a basis that are ratios of another one, said beside it.
_FALLS = ("drawdown", "daily_loss", "weekly_loss")


def one(at: Desk, seq: int, *, as_json: bool) -> None:
    """Print record ``seq`` with all that it holds. Raises UsageError when there is none."""
    found = list(at.reader.chain(at.bot, after=max(seq - 2, 0), batch=2))[:2]
    record = next((each for each in found if each.seq == seq), None)
    if record is None:
        raise _missing(at, seq)
    before = genesis(at.bot) if seq == 1 else None
    before = next((each.hash for each in found if each.seq == seq - 1), before)
    if as_json:
        print_json(orjson.loads(line(at.bot, record, before)))
        return
    console = out()
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    for name, value in _rows(record):
        table.add_row(escape(name), value)
    console.print(f"[bold]{escape(plainly(at.bot))}[/] record {seq}")
    console.print(
        f"previous {before.hex() if before else '[bold red]the record before is missing[/]'}"
    )
    console.print(f"hash     {record.hash.hex()}\n{_fits(record, before)}")
    console.print(table)


def _rows(record: Record) -> Iterator[tuple[str, str]]:
    """Names and values, the values as markup."""
    yield "time", f"{record.at.isoformat(sep=' ')}"
    yield "kind", f"[cyan]{escape(plainly(record.kind))}[/]"
    try:
        event = record.event
    except LedgerError as error:
        yield "in words", f"[bold red]{escape(plainly(str(error)))}[/]"
        yield "payload", escape(plainly(record.payload.decode(errors="replace")))
    else:
        colour = style(event) or "default"
        yield "in words", f"[{colour}]{escape(told(event))}[/]"
        for name, value in details(event):
            yield name, escape(value)
        for name, value in _flat("", orjson.loads(record.clear)["data"]):
            yield name.removeprefix("decision."), escape(value)


def _fits(record: Record, before: bytes | None) -> str:
    if before is None:
        return "         [yellow]cannot be checked alone[/]"
    if link(before, record.payload) == record.hash:
        return "         [green]fits this record and the one before[/]"
    return "         [bold red]does not fit: this record or the one before was changed[/]"


def details(event: Event) -> Iterator[tuple[str, str]]:
    """All verdicts of a decision, and the account as it stood; nothing for other events.

    Never raises, whatever its fields hold.
    """
    try:
        found = list(_details(event))
    except (AttributeError, TypeError, ValueError, ArithmeticError, KeyError):
        found = [("in detail", "its values are not what a decision holds")]
    for name, value in found:
        yield plainly(name), plainly(value)


def _details(event: Event) -> Iterator[tuple[str, str]]:
    if not isinstance(event, EntryDecided):
        return
    for name, verdict in getattr(event.decision, "verdicts", ()):
        yield plainly(name), _verdict(verdict)
    for name, verdict in getattr(event.decision, "observed", ()):
        yield f"{plainly(name)} (observed)", _verdict(verdict)
    if isinstance(event.basis, Basis):
        yield "rested on", _basis(event.basis)
    if event.limits:
        yield "under limits", plainly(event.limits)


def _verdict(verdict: Verdict) -> str:
    match verdict:
        case Allow():
            return "allows"
        case Cap(stake, reason):
            return f"at most {amount(stake)}: {plainly(reason.text)}"
    return f"refuses: {plainly(verdict.reason.text)}"


def _basis(basis: Basis) -> str:
    parts = [
        f"equity {amount(basis.equity)}",
        f"exposure {amount(basis.exposure)} in {amount(basis.open_count)} pairs",
        f"level {plainly(basis.level)}",
        f"breaker {plainly(basis.breaker)}",
    ]
    parts += [f"{name.replace('_', ' ')} {share(getattr(basis, name))}" for name in _FALLS]
    if basis.held_stake:
        parts.append(f"held in the pair {amount(basis.held_stake)}")
    if basis.emergency:
        parts.append("emergency mode")
    parts += [plainly(text) for text in (basis.untrusted, basis.fault) if text]
    return ", ".join(parts)


def _flat(name: str, tree: Any) -> Iterator[tuple[str, str]]:
    """The leaves of a record's tree with their paths; an odd value as what it was."""
    if isinstance(tree, dict) and "$" in tree and tree.keys() <= {"$", "text"}:
        yield name, plainly(tree.get("text", tree["$"]))
    elif isinstance(tree, dict) and tree:
        for key, value in tree.items():
            yield from _flat(f"{name}.{key}" if name else plainly(key), value)
    elif isinstance(tree, list) and tree:
        for place, value in enumerate(tree):
            yield from _flat(f"{name}.{place}", value)
    else:
        yield name, plainly(orjson.dumps(tree).decode() if not isinstance(tree, str) else tree)


def _missing(at: Desk, seq: int) -> UsageError:
    latest = at.reader.records(at.bot, limit=1, newest_first=True)
    last = f"the latest is {latest[0].seq}" if latest else "it has none"
    return UsageError(f"{at.bot} has no record {seq}; {last}")
