"""What the commands that change people share: their options, who asks, and a yes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from riskplugin.cli.console import FAILED, confirmed, out
from riskplugin.cli.desk import place
from riskplugin.cli.identity import administrator, spoken
from riskplugin.control.people import People

NameArgument = Annotated[str, typer.Argument(help="The person's name.")]
WhyOption = Annotated[
    str, typer.Option("--reason", "-r", metavar="TEXT", help="Why; it is recorded.")
]


def asking(
    config: list[Path] | None, userdir: Path, ledger: str | None, what: str, *, yes: bool
) -> tuple[People, str]:
    """The people, and the administrator who changes them after having been asked."""
    people = place(config, userdir, ledger).people(userdir)
    with spoken():
        by = administrator(people)
    if not confirmed(f"{what}?", yes=yes):
        out().print("nothing was changed")
        raise typer.Exit(FAILED)
    return people, by
