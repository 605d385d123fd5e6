"""riskplugin drill: the kill path and the dead man's action, rehearsed with your own limits."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    config_files,
    err,
    out,
    plain_errors,
    print_json,
)

if TYPE_CHECKING:
    from rich.console import Console

    from riskplugin.cli.drill.report import Step
    from riskplugin.ledger.proof.signing import PublicKey, SigningKey

drill = typer.Typer(
    name="drill",
    help="Rehearse the kill path against a paper exchange; check a report of it.\n\n"
    "With your own limits, pairs and market. Your files are only read.\n"
    "Takes one or two minutes; exit code 1 when a step failed.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
KeyOption = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="Private key that signs, instead of the ledger's."),
]


@drill.callback(invoke_without_command=True)
@plain_errors
def rehearse(
    context: typer.Context,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    to: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The report; .md is written beside it.")
    ] = Path("drill.json"),
    send: Annotated[
        bool, typer.Option("--send", help="Alert your own channels, too; they are marked DRILL.")
    ] = False,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who orders the drill.")
    ] = None,
    key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Alert, acknowledge, trip, cancel, close, verify flat, re-arm; then kill -9 and the watchdog.

    With your own limits, pairs and market, against a paper exchange on this machine. Your files and
    your ledger are only read. Takes one or two minutes; exit code 1 when a step failed.
    """
    if context.invoked_subcommand is not None:
        return
    from riskplugin.cli.botfiles import load_config
    from riskplugin.cli.desk import person
    from riskplugin.cli.drill.report import signed, write
    from riskplugin.config import parse

    if not to.parent.is_dir():
        raise UsageError(f"there is no folder {to.parent} for the report")
    if to.suffix == ".md" or to.is_dir():
        raise UsageError(f"{to} cannot be the report: name a file, such as drill.json")
    loaded = load_config(config_files(config, userdir), userdir)
    parse(loaded.get("risk") or {})
    signing = _key(key, config, userdir)
    console = err() if as_json else out()
    console.print(f"drill of [bold]{escape(str(loaded.get('bot_name') or 'freqtrade'))}[/]")
    report = _rehearsed(console, loaded, by or person(), send=send)
    report = signed(report, signing)
    readable = write(report, to)
    if as_json:
        print_json(report)
    else:
        _conclude(console, report, to, readable)
    if not report["passed"]:
        raise typer.Exit(FAILED)


@drill.command()
@plain_errors
def verify(
    report: Annotated[Path, typer.Argument(help="The JSON file that a drill wrote.")],
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    public_key: Annotated[
        list[str] | None,
        typer.Option("--public-key", metavar="KEY", help="A key to trust, as file or text."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether a report is as it was signed; exit code 1 when it is not."""
    from riskplugin.cli.drill.report import check

    try:
        told = json.loads(report.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UsageError(f"{report} is no JSON: {error}") from error
    if not isinstance(told, dict):
        raise UsageError(f"{report} is no report of a drill")
    sound, words = check(told, _trusted(public_key, config, userdir))
    if as_json:
        print_json({"report": str(report), "sound": sound, "text": words})
    else:
        colour = "green" if sound else "bold red"
        passed = "passed" if told.get("passed") is True else "FAILED"
        ending = f"; the drill of {told.get('at')} {passed}" if sound else ""
        out().print(f"[{colour}]{escape(words + ending)}[/]", soft_wrap=True)
    if not sound:
        raise typer.Exit(FAILED)


def _rehearsed(console: Console, config: dict[str, Any], by: str, *, send: bool) -> dict[str, Any]:
    from riskplugin.cli.drill.run import run
    from riskplugin.cli.processes import ProcessError, ended_in_order, tail

    with tempfile.TemporaryDirectory(prefix="riskplugin-drill-") as name, ended_in_order():
        try:
            return run(Path(name), config, by=by, send=send, say=lambda s: _show(console, s))
        except KeyboardInterrupt:
            console.print("stopped; nothing is left running")
            raise typer.Exit(FAILED) from None
        except ProcessError as error:
            log = tail(error.log) if error.log else ""
            raise UsageError(f"the drill cannot go on: {error}\n{log}") from None


def _show(console: Console, step: Step) -> None:
    sign = "[green]✓[/]" if step.passed else "[bold red]✗[/]"
    took = "" if step.seconds is None else f"[bold]{step.seconds:.1f} s[/]"
    bound = "" if step.bound_s is None else f" (at most {step.bound_s:g} s)"
    console.print(f"{sign} {escape(step.name)}  {took}{bound}")
    if step.text:
        console.print(f"    [dim]{escape(step.text)}[/]", overflow="ellipsis", no_wrap=True)


def _conclude(console: Console, report: dict[str, Any], to: Path, readable: Path) -> None:
    told = report["signature"]
    by = "[yellow]not signed: make a key with riskplugin audit keygen[/]"
    if told is not None:
        by = f"signed with key {told['key']}"
    failed = [step for step in report["steps"] if not step["passed"]]
    if failed:
        console.print(f"[bold red]{len(failed)} of {len(report['steps'])} steps failed[/]")
        for step in failed:
            console.print(f"  {escape(step['name'])}: {escape(step['text'])}", soft_wrap=True)
    else:
        console.print(f"[bold green]all {len(report['steps'])} steps passed[/]")
    console.print(f"report: {escape(str(to))} and {escape(str(readable))}, {by}", soft_wrap=True)


def _key(key: Path | None, config: list[Path] | None, userdir: Path) -> SigningKey | None:
    from riskplugin.cli.audit.settings import settings
    from riskplugin.ledger.proof.signing import load_signing_key
    from riskplugin.ports import LedgerError

    try:
        found = load_signing_key(key or settings(config, userdir).key_file)
    except LedgerError as error:
        raise UsageError(str(error)) from error
    if key is not None and found is None:
        raise UsageError(f"there is no key {key}")
    return found


def _trusted(given: list[str] | None, config: list[Path] | None, userdir: Path) -> list[PublicKey]:
    from riskplugin.cli.audit.settings import settings
    from riskplugin.ledger.proof.signing import PublicKey
    from riskplugin.ports import LedgerError

    texts = [_text(each) for each in given or ()]
    texts = texts or [_text(str(file)) for file in settings(config, userdir).public_files]
    try:
        return [PublicKey.parse(text) for text in texts]
    except LedgerError as error:
        raise UsageError(str(error)) from error


def _text(named: str) -> str:
    file = Path(named)
    return file.read_text(encoding="ascii").strip() if file.is_file() else named
