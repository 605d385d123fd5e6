"""riskplugin init --undo: takes back exactly what init wrote, and names what it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from riskplugin.cli.console import UsageError, confirmed, out
from riskplugin.cli.init.files import current, forget_half, mode_of, remove, show_difference, write
from riskplugin.cli.init.manifest import NAME, Manifest, Written
from riskplugin.redaction import Redactor

#: What a guarded bot, and people with its command line, leave in user_data.
_STATE = ("risk.sqlite", "risk.sqlite-*", "risk.sqlite.*", "RISK_KILL*", "risk_*.key", "risk_*.pub")


def undo(userdir: Path, redactor: Redactor, *, yes: bool, dry_run: bool) -> bool:
    """Put every file of the manifest back to what it was; True when all are.

    Raises UsageError without a manifest.
    """
    manifest = Manifest(userdir)
    if not dry_run:
        forget_half(manifest.file)
    if not manifest.entries:
        raise UsageError(f"nothing to undo: init has written nothing here (no {userdir / NAME})")
    console, left = out(), False
    for entry in reversed(list(manifest)):
        if _undone(manifest, entry, redactor, yes=yes, dry_run=dry_run):
            if not dry_run:
                manifest.drop(entry)
        else:
            left = True
    if dry_run:
        console.print("[bold]Nothing was changed:[/] this was a dry run.")
    elif left:
        console.print("[bold]Not all was taken back.[/] riskplugin init --undo asks again.")
    else:
        console.print("[bold]Everything that init wrote is taken back.[/]")
    _name_state(console, userdir)
    return not left


def _undone(
    manifest: Manifest, entry: Written, redactor: Redactor, *, yes: bool, dry_run: bool
) -> bool:
    """Whether the file is as it was before init."""
    path, console = manifest.place(entry), out()
    if not dry_run:
        forget_half(path)
    there = current(path)
    if there == entry.before:
        console.print(f"[dim]as it was[/] {path}", soft_wrap=True)
        return True
    edited = not entry.is_ours(there)
    verb = "Remove" if entry.before is None else "Put back"
    if edited:
        console.print(f"[yellow]edited since init wrote it[/] {path}", soft_wrap=True)
    if edited or entry.before is not None:
        show_difference(there, entry.before, (str(path), "before init"), redactor)
    if dry_run:
        console.print(f"would {verb.lower()} {path}{', after asking' if edited else ''}")
        return False
    # What was edited is never taken away unasked: --yes speaks for what init wrote.
    if edited and yes:
        console.print(
            f"[yellow]left alone[/] {path}: without --yes it is asked about", soft_wrap=True
        )
        return False
    if not confirmed(f"{verb} {path}?", yes=yes):
        console.print(f"[yellow]left alone[/] {path}", soft_wrap=True)
        return False
    if entry.before is None:
        remove(path)
    else:
        write(path, entry.before, mode=mode_of(path))
    done = "removed" if entry.before is None else "put back"
    console.print(f"[green]{done}[/] {path}", soft_wrap=True)
    return True


def _name_state(console: Console, userdir: Path) -> None:
    state = list(_state_in(userdir))
    if not state:
        return
    console.print("Left alone, since a bot or people made it (the records of every decision):")
    for path in state:
        console.print(f"  {path}", soft_wrap=True)


def _state_in(userdir: Path) -> Iterator[Path]:
    found = {path for pattern in _STATE for path in userdir.glob(pattern)}
    return iter(sorted(found))
