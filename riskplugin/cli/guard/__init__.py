"""riskplugin guard MyStrategy: a subclass inside the limits, beside the untouched strategy (CF-2).

strategies.py finds it, writing.py writes the file, removing.py takes it back.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from riskplugin.cli.console import UsageError, UserdirOption, existing_userdir, out, plain_errors
from riskplugin.cli.guard.removing import remove_guarded
from riskplugin.cli.guard.strategies import (
    FoundStrategy,
    find_strategy,
    is_guarded,
    strategies_in,
    unguarded,
)
from riskplugin.cli.guard.writing import (
    files_for,
    guarded_name,
    snake_case,
    target_of,
    write_guarded,
)

__all__ = [
    "SEARCH_BELOW",
    "FoundStrategy",
    "files_for",
    "find_strategy",
    "guard",
    "guarded_name",
    "is_guarded",
    "search_in",
    "snake_case",
    "strategies_in",
    "target_of",
    "unguarded",
    "write_guarded",
]


@plain_errors
def guard(
    strategy: Annotated[str, typer.Argument(help="Class name of your strategy.")],
    userdir: UserdirOption = Path("user_data"),
    strategy_path: Annotated[
        Path | None,
        typer.Option(
            "--strategy-path",
            metavar="FOLDER",
            help="Where it lies, if not in user_data/strategies.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an earlier one.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take back what guard wrote.")] = False,
) -> None:
    """Write a guarded subclass of your strategy; the strategy itself is not touched."""
    folder = strategy_path or existing_userdir(userdir) / "strategies"
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}")
    if remove:
        _removed(strategy, folder)
        return
    found = find_strategy(strategy, folder)
    if is_guarded(found, strategies_in(folder)):
        raise UsageError(f"{strategy} is guarded already: it derives from RiskMixin")
    written = write_guarded(found, force=force)
    console = out()
    for path in written:
        console.print(f"[green]written[/] {path}", soft_wrap=True)
    if (own := found.file.with_suffix(".json")).is_file() and len(written) == 1:
        console.print(
            f"[yellow]not copied[/] {own}: its parameters are not those of {strategy}",
            soft_wrap=True,
        )
    console.print(f"\nUse it in place of {strategy}, in every mode:\n")
    _commands(console, found, userdir, folder, strategy_path)


def _commands(
    console: Console, found: FoundStrategy, userdir: Path, folder: Path, path: Path | None
) -> None:
    options = f"--strategy {guarded_name(found.name)}"
    if userdir != Path("user_data"):
        options += f" --userdir {shlex.quote(str(userdir))}"
    searched, variables = "", ""
    if path is not None:
        searched, variables = search_in(found.file.parent)
    elif found.file.parent != folder:
        searched, variables = SEARCH_BELOW
    console.print(f"  freqtrade trade {options}{searched}", soft_wrap=True)
    console.print(f"  {variables}riskplugin check {options}", soft_wrap=True)


#: How freqtrade finds a strategy below its folder: as option, and as variable for our commands.
SEARCH_BELOW = (" --recursive-strategy-search", "FREQTRADE__RECURSIVE_STRATEGY_SEARCH=true ")


def search_in(folder: Path) -> tuple[str, str]:
    """The same for a strategy in ``folder``."""
    where = shlex.quote(str(folder))
    return f" --strategy-path {where}", f"FREQTRADE__STRATEGY_PATH={where} "


def _removed(strategy: str, folder: Path) -> None:
    removed, left = remove_guarded(strategy, folder)
    console = out()
    for path in removed:
        console.print(f"[green]removed[/] {path}", soft_wrap=True)
    for path in left:
        console.print(
            f"[yellow]left alone[/] {path}: it was changed since (by hyperopt, perhaps)",
            soft_wrap=True,
        )
    console.print(
        f"\nA bot that still names {guarded_name(strategy)} will not start: name {strategy}, "
        "which is not guarded."
    )
