"""riskplugin limits: those of the file and those in force, what they mean, and how people change
them.
"""

from __future__ import annotations

from pathlib import Path

import typer

from riskplugin.cli.console import (
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    plain_errors,
)
from riskplugin.cli.desk import BotOption, LedgerOption
from riskplugin.cli.limits.changing import acknowledge, approve, end_override, propose, reject
from riskplugin.cli.limits.reading import (
    explain,
    headroom,
    history,
    presets,
    schema,
    show,
    shown,
)

limits = typer.Typer(
    name="limits",
    help="The limits: every key, what holds at the bot, what it means, how to change it.\n\n"
    "One person may tighten a limit, at once.\n"
    "To loosen one takes a second person, who approves.",
    invoke_without_command=True,
)
limits.command()(show)
limits.command()(headroom)
limits.command()(history)
limits.command()(explain)
limits.command()(presets)
limits.command()(schema)
limits.command()(propose)
limits.command("approve")(approve)
limits.command("reject")(reject)
limits.command("end-override")(end_override)
limits.command()(acknowledge)


@limits.callback()
@plain_errors
def alone(
    context: typer.Context,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Without a word it is ``show``."""
    word = context.invoked_subcommand
    if word is None:
        shown(config, userdir, bot, ledger, as_json=as_json)
        return
    for name in context.params:
        if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE":
            raise UsageError(f"options come after the word: riskplugin limits {word} …")
