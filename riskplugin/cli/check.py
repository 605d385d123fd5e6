"""riskplugin check: what is unsafe in my set-up, why, and how to mend it (CF-6)."""

from __future__ import annotations

from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer

from riskplugin.cli.check_shown import show
from riskplugin.cli.checking import look
from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    config_files,
    plain_errors,
    print_json,
)
from riskplugin.cli.findings import KINDS, Finding, Severity


@plain_errors
def check(
    config: ConfigOption = None,
    strategy: Annotated[
        str | None,
        typer.Option("--strategy", "-s", metavar="NAME", help="Class name of the strategy."),
    ] = None,
    userdir: UserdirOption = Path("user_data"),
    as_json: JsonOption = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 1 on warnings, too.")] = False,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="ID", help="Leave this finding out of the exit code."),
    ] = None,
    run: Annotated[
        bool, typer.Option("--run/--no-run", help="Try the strategy's callbacks, or only read.")
    ] = True,
    time_limit: Annotated[
        float,
        typer.Option("--time-limit", min=1, metavar="SECONDS", help="For each of its callbacks."),
    ] = 20,
) -> None:
    """Say what is unsafe in a configuration and strategy; exit code 1 when it is critical."""
    left_out = _known(ignore or [])
    files = config_files(config, userdir)
    found = look(files, userdir, strategy, limit=time_limit if run else None)
    counted = [each for each in found if each.id not in left_out]
    failing = {Severity.CRITICAL, Severity.WARNING} if strict else {Severity.CRITICAL}
    unsafe = any(each.severity in failing for each in counted)
    if as_json:
        print_json({"ok": not unsafe, "findings": [_row(each, left_out) for each in found]})
    else:
        show(counted, [each for each in found if each.id in left_out])
    if unsafe:
        raise typer.Exit(FAILED)


def _row(finding: Finding, left_out: set[str]) -> dict[str, Any]:
    told = {**asdict(finding), "mend": finding.mend.strip()}
    return {**told, "ignored": finding.id in left_out}


def _known(names: list[str]) -> set[str]:
    """Raises UsageError for what is no finding: a misspelt --ignore would hide nothing."""
    for name in names:
        if name not in KINDS:
            near = get_close_matches(name, KINDS, 1)
            hint = f": did you mean {near[0]}?" if near else "; docs/check.md lists them"
            raise UsageError(f"there is no finding {name}{hint}")
    return set(names)
