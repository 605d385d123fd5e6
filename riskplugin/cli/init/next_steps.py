"""What to do after riskplugin init: commands that work as they stand here."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.markup import escape

from riskplugin.cli.console import out
from riskplugin.cli.guard import SEARCH_BELOW, search_in
from riskplugin.cli.init.choice import Choice
from riskplugin.cli.init.writer import Writer

_PREFIX = "FREQTRADE__RISK__"


@dataclass(frozen=True, slots=True)
class Next:
    """What the commands are about: configurations, folder, strategy, and whose money."""

    configs: list[Path]
    userdir: Path
    chosen: Choice
    guarded: bool
    dry_run: bool

    def steps(self) -> Iterator[tuple[str, str]]:
        """What comes next, and the command."""
        where = " ".join(f"--config {shlex.quote(str(path))}" for path in self.configs)
        where += self._userdir()
        named = f"--strategy {self.chosen.run}"
        searched, variables = _search(self.chosen, self.userdir)
        if not self.guarded and self.chosen.guards is not None:
            guard = f"riskplugin guard {self.chosen.guards.name}{self._userdir()}"
            yield "guard the strategy", guard
        yield "see what is unsafe", f"{variables}riskplugin check {where} {named}"
        yield "see the limits in plain words", f"riskplugin limits explain {where}"
        yield "tighter or looser ones", f"riskplugin limits presets {where}"
        money = "play" if self.dry_run else "real"
        yield f"run it, with {money} money", f"freqtrade trade {where} {named}{searched}"
        yield "take it all back", f"riskplugin init --undo{self._userdir()}"

    def _userdir(self) -> str:
        usual = self.userdir == Path("user_data")
        return "" if usual else f" --userdir {shlex.quote(str(self.userdir))}"


def next_steps(writer: Writer, to: Next) -> None:
    """Print what comes next."""
    _say_done(writer)
    _say_environment()
    others, console = to.chosen.others, out()
    if others and to.chosen.is_example:
        console.print(
            f"There are several strategies ({escape(', '.join(others))}): "
            f"[cyan]riskplugin init --strategy {escape(others[0])}[/] guards that one.",
            soft_wrap=True,
        )
    console.print("[bold]Next:[/]")
    for what, command in to.steps():
        console.print(f"  {what}:\n    [cyan]{escape(command)}[/]", soft_wrap=True)


def _say_done(writer: Writer) -> None:
    console = out()
    if writer.dry_run:
        console.print("[bold]Nothing was written:[/] this was a dry run.")
    elif writer.written:
        console.print(f"[bold]Done.[/] {writer.manifest.file} remembers what was there before.")
    else:
        console.print("[bold]Nothing was written.[/]")


def _say_environment() -> None:
    """Names only: what they hold may be a secret."""
    names = sorted(name for name in os.environ if name.upper().startswith(_PREFIX))
    if names:
        out().print(
            f"[yellow]The environment wins over the file:[/] {escape(', '.join(names))}",
            soft_wrap=True,
        )


def _search(chosen: Choice, userdir: Path) -> tuple[str, str]:
    """How freqtrade and our own commands find the strategy: options, variables."""
    if chosen.file is None or chosen.file.parent == userdir / "strategies":
        return "", ""
    if chosen.folder == userdir / "strategies":
        return SEARCH_BELOW
    return search_in(chosen.file.parent)
