"""riskplugin init: an existing user_data gets limits and a guarded strategy, and can lose both.

Every file is shown and asked about. copy.py adds the section to a copy of the configuration,
choice.py finds the strategy, manifest.py remembers what undo.py takes back.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from riskplugin.cli.botfiles import load_config
from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    UsageError,
    UserdirOption,
    YesOption,
    config_files,
    existing_userdir,
    out,
    plain_errors,
    shown,
)
from riskplugin.cli.guard import files_for
from riskplugin.cli.init import example
from riskplugin.cli.init.choice import Choice, choose
from riskplugin.cli.init.copy import copy_of, read_text, ready, with_risk
from riskplugin.cli.init.manifest import Manifest
from riskplugin.cli.init.next_steps import Next, next_steps
from riskplugin.cli.init.undo import undo as take_back
from riskplugin.cli.init.writer import Writer
from riskplugin.cli.limits.account import said_last
from riskplugin.cli.presets import PresetOption
from riskplugin.config import ConfigError
from riskplugin.config.presets import PRESETS, USUAL
from riskplugin.redaction import NOBODYS, Redactor, redactor_for


@plain_errors
def init(
    userdir: UserdirOption = Path("user_data"),
    config: ConfigOption = None,
    strategy: Annotated[
        str | None,
        typer.Option("--strategy", "-s", metavar="NAME", help="The strategy to guard."),
    ] = None,
    preset: PresetOption = None,
    full: Annotated[bool, typer.Option("--full", help="Write every key of the section.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show, write nothing.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back what init wrote.")] = False,
    yes: YesOption = False,
) -> None:
    """Add limits and a guarded strategy to an existing user_data; nothing of yours is changed."""
    existing_userdir(userdir)
    if undo:
        if strategy is not None or preset is not None or full:
            raise UsageError("--undo takes back what init wrote: give it no --strategy, --preset")
        _mention_running(config, userdir)
        all_back = take_back(userdir, _redactor(config, userdir), yes=yes, dry_run=dry_run)
        if yes and not (all_back or dry_run):
            raise typer.Exit(FAILED)
        return
    files = config_files(config, userdir)
    settings = ready(files, userdir)
    writer = Writer(Manifest(userdir), redactor_for(settings), yes=yes, dry_run=dry_run)
    chosen = choose(userdir, settings, strategy, writer.manifest.strategy)
    guarded = _write_strategy(writer, chosen)
    target = _write_config(writer, files[0], preset, chosen, full=full, guarded=guarded)
    next_steps(
        writer,
        Next([target, *files[1:]], userdir, chosen, guarded, bool(settings.get("dry_run"))),
    )
    if writer.refused:
        raise typer.Exit(FAILED)


def _write_strategy(writer: Writer, chosen: Choice) -> bool:
    """Whether the chosen strategy is there, and guarded, when this is over."""
    if chosen.is_example:
        files = {chosen.folder / example.FILE: example.TEXT}
    elif chosen.guards is not None:
        files = files_for(chosen.guards)
        writer.manifest.strategy = chosen.guards.name
    else:
        return True
    # The parameters first: without them the strategy would run with others.
    there = [
        writer.put(path, text, like=chosen.file) for path, text in reversed(list(files.items()))
    ]
    return all(there)


def _write_config(
    writer: Writer,
    source: Path,
    preset: str | None,
    chosen: Choice,
    *,
    full: bool,
    guarded: bool,
) -> Path:
    """Where the copy with the section lies; it names the guarded strategy if that is there.

    Without a preset it is the one that init wrote last: a second init loosens nothing.
    """
    manifest = writer.manifest
    manifest.preset = preset or (manifest.preset if manifest.preset in PRESETS else None) or USUAL
    target, text = copy_of(source), read_text(source)
    name = chosen.run if guarded and not chosen.is_example else None
    made = with_risk(text, str(source), preset=manifest.preset, full=full, strategy=name)
    writer.put(target, made, like=source, compared_to=source)
    return target


def _mention_running(config: list[Path] | None, userdir: Path) -> None:
    """A bot that runs keeps what it has loaded; its next start will not find it."""
    try:
        told = said_last(config, userdir, None, None)
    except ConfigError:  # that is no obstacle to taking it away
        return
    if told is not None and not told["silent"]:
        out().print(
            f"[yellow]{shown(told['bot'])} is running.[/] It stays guarded until it is started "
            "again or reloads; then it needs a strategy and a configuration that are there."
        )


def _redactor(config: list[Path] | None, userdir: Path) -> Redactor:
    """The one of the bot's configuration, where there is one that can be read."""
    try:
        settings: dict[str, Any] = load_config(config_files(config, userdir), userdir)
    except UsageError:
        return NOBODYS
    return redactor_for(settings)
