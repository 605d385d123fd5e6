"""The words of ``riskplugin limits`` that change nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from riskplugin.cli.botfiles import load_config
from riskplugin.cli.console import (
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    config_files,
    out,
    plain_errors,
    print_json,
)
from riskplugin.cli.desk import BotOption, LedgerOption, desk
from riskplugin.cli.limits.account import means_of, said_last
from riskplugin.cli.limits.explain import explained
from riskplugin.cli.limits.in_force import show_headroom, show_history, show_in_force
from riskplugin.cli.limits.presets import show_presets
from riskplugin.cli.limits.table import show_file
from riskplugin.cli.presets import PresetOption
from riskplugin.config import json_schema, parse
from riskplugin.config.presets import preset as preset_named

Configs = list[Path] | None


@plain_errors
def show(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Every key of the file, then what holds at the bot and why it differs."""
    shown(config, userdir, bot, ledger, as_json=as_json)


@plain_errors
def headroom(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """How large an entry could be now, and what stops more."""
    with desk(config, userdir, ledger=ledger, bot=bot) as at:
        show_headroom(at, as_json=as_json)


@plain_errors
def history(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", metavar="N", help="How many.", min=1)] = 30,
    as_json: JsonOption = False,
) -> None:
    """How the limits came to be what they are, the newest last."""
    with desk(config, userdir, ledger=ledger, bot=bot) as at:
        show_history(at, limit, as_json=as_json)


@plain_errors
def explain(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    equity: Annotated[
        float | None,
        typer.Option(
            metavar="N",
            help="Of which equity; else what the bot said last, else dry_run_wallet.",
            min=0.01,
        ),
    ] = None,
    preset: PresetOption = None,
    bot: BotOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """What the limits of the file mean in money, for this account."""
    settings, source = _loaded(config, userdir)
    section = settings.get("risk", {})
    if preset is not None:
        section, source = preset_named(preset).section, f"preset {preset}"
    status = None if equity is not None else said_last(config, userdir, bot, ledger)
    explained(parse(section), means_of(settings, equity, status), source, as_json=as_json)


@plain_errors
def presets(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    as_json: JsonOption = False,
) -> None:
    """Conservative, moderate, aggressive, and the limits of the file beside them."""
    section, source = _section(config, userdir)
    show_presets(parse(section), source, as_json=as_json)


@plain_errors
def schema() -> None:
    """The JSON schema of the section, for editors."""
    print_json(json_schema())


def shown(
    config: Configs, userdir: Path, bot: str | None, ledger: str | None, *, as_json: bool
) -> None:
    """What ``show`` prints."""
    section, source = _section(config, userdir)
    risk = parse(section)
    held = _in_force(config, userdir, ledger, bot)
    if as_json:
        in_force = None if held is None else {"bot": held["bot"], **held["limits"]}
        section = risk.public_section
        print_json(
            {"version": risk.version, "source": source, "risk": section, "in_force": in_force}
        )
        return
    show_file(risk, source)
    if held is not None:
        show_in_force(held)
    else:
        out().print("[dim]No bot has run with these limits yet.[/]")


def _section(config: Configs, userdir: Path) -> tuple[Any, str]:
    """The section and where it comes from; the defaults when no configuration is there."""
    settings, source = _loaded(config, userdir)
    return settings.get("risk", {}), source


def _loaded(config: Configs, userdir: Path) -> tuple[dict[str, Any], str]:
    """The bot's configuration and where it comes from; empty when none is there."""
    try:
        files = config_files(config, userdir)
    except UsageError:
        if config:
            raise
        return {}, "defaults, no configuration found"
    return load_config(files, userdir), ", ".join(str(file) for file in files)


def _in_force(
    config: Configs, userdir: Path, ledger: str | None, bot: str | None
) -> dict[str, Any] | None:
    """What the bot said last of itself and its limits; None where no bot has run."""
    told = said_last(config, userdir, bot, ledger)
    return None if told is None or "limits" not in told else told
