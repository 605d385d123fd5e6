"""riskplugin demo: real bots, a paper exchange, a market crash, and proof that limits held."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from riskplugin.cli.console import (
    FAILED,
    JsonOption,
    UsageError,
    err,
    out,
    plain_errors,
    print_json,
)

if TYPE_CHECKING:
    from riskplugin.cli.demo.screen import Screen


@plain_errors
def demo(
    seed: Annotated[int, typer.Option(metavar="N", help="Same number, same market.")] = 42,
    keep: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Keep configurations, ledgers and logs in this new folder."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the whole thing on this machine, offline, in about two minutes.

    Two bots under riskplugin (dry-run, and live against a paper exchange)
    and the same strategy without it trade through a crash.
    Exit code 1 when a limit did not hold.
    """
    from riskplugin.cli.demo.report import show
    from riskplugin.cli.demo.run import run
    from riskplugin.cli.processes import ProcessError, ended_in_order, tail

    console = err() if as_json else out()
    folder = _new_folder(keep)
    with ExitStack() as stack:
        if folder is None:
            name = stack.enter_context(tempfile.TemporaryDirectory(prefix="riskplugin-demo-"))
            folder = Path(name)
        stack.enter_context(ended_in_order())
        try:
            with closing(_screen(console)) as screen:
                found = run(folder, screen, seed=seed)
        except KeyboardInterrupt:
            console.print("stopped; nothing is left running")
            raise typer.Exit(FAILED) from None
        except ProcessError as error:
            _explain(error, tail(error.log) if error.log else "")
            raise typer.Exit(FAILED) from None
    if as_json:
        print_json(found.as_json())
    else:
        show(console, found)
        if keep is not None:
            console.print(f"[dim]everything is kept in {keep}[/]", soft_wrap=True)
    if not found.passed:
        raise typer.Exit(FAILED)


def _new_folder(keep: Path | None) -> Path | None:
    if keep is None:
        return None
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise UsageError(f"{keep} is not an empty folder: --keep wants a new one")
    keep.mkdir(parents=True, exist_ok=True)
    return keep.resolve()


def _screen(console: Console) -> Screen:
    from riskplugin.cli.demo.screen import Plain, Terminal

    return Terminal(console) if console.is_terminal else Plain(console)


def _explain(error: Exception, log: str) -> None:
    console = err()
    console.print(f"[bold red]the demo cannot go on:[/] {error}", soft_wrap=True)
    if log:
        console.print("the end of the log:", style="dim")
        console.print(log, markup=False, style="dim", soft_wrap=True)
