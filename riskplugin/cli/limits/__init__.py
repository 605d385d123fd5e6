"""riskplugin limits: those of the file and those in force, what they mean, and how people change
them.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from riskplugin.cli.botfiles import load_config
from riskplugin.cli.console import (
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    YesOption,
    config_files,
    out,
    plain_errors,
    print_json,
)
from riskplugin.cli.desk import BotOption, ByOption, LedgerOption, WaitOption, desk
from riskplugin.cli.limits.changing import CHANGING, Asked, Term
from riskplugin.cli.limits.explain import explain
from riskplugin.cli.limits.in_force import show_headroom, show_history, show_in_force
from riskplugin.cli.limits.table import show_file
from riskplugin.cli.orders import Order, give
from riskplugin.config import RiskConfig, json_schema, parse


class What(StrEnum):
    """What to do with the limits."""

    SHOW = "show"
    SCHEMA = "schema"
    EXPLAIN = "explain"
    HEADROOM = "headroom"
    HISTORY = "history"
    PROPOSE = "propose"
    APPROVE = "approve"
    REJECT = "reject"
    END_OVERRIDE = "end-override"
    ACKNOWLEDGE = "acknowledge"


@plain_errors
def limits(
    what: Annotated[
        What,
        typer.Argument(
            help="show, schema, explain, headroom, history; to change them: propose, approve, "
            "reject, end-override, acknowledge."
        ),
    ] = What.SHOW,
    words: Annotated[
        list[str] | None,
        typer.Argument(help="propose: KEY=VALUE …; approve, reject, end-override: the number."),
    ] = None,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    pair: Annotated[str | None, typer.Option("--pair", help="propose: for this pair only.")] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="propose: how long (2h), or 2026-03-01T12:00.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="propose: for one entry.")] = False,
    by: ByOption = None,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why; it is recorded.")] = "",
    wait: WaitOption = 15,
    yes: YesOption = False,
    limit: Annotated[int, typer.Option("--limit", "-n", help="history: how many.", min=1)] = 30,
    equity: Annotated[
        float, typer.Option(help="Equity for explain, in stake currency.", min=0.01)
    ] = 1000.0,
    as_json: JsonOption = False,
) -> None:
    """The limits: every key with its value, what holds at the bot, what it means, how to change it.

    One person may tighten a limit, at once. To loosen one takes a second person, who approves.
    """
    if what.value in CHANGING:
        asked = CHANGING[what.value](words or [], Term(pair, until, once))
        order = _order(asked, by=by, reason=reason, wait=wait, yes=yes, as_json=as_json)
        with desk(config, userdir, ledger=ledger, bot=bot, create=True) as at:
            give(at, order)
        return
    if words:
        raise UsageError(f"limits {what} takes no {words[0]!r}")
    if what in (What.HEADROOM, What.HISTORY):
        with desk(config, userdir, ledger=ledger, bot=bot) as at:
            if what is What.HISTORY:
                show_history(at, limit, as_json=as_json)
            else:
                show_headroom(at, as_json=as_json)
        return
    if what is What.SCHEMA:
        print_json(json_schema())
        return
    section, source = _section(config, userdir)
    risk = parse(section)
    if what is What.EXPLAIN:
        explain(risk, equity, source, as_json=as_json)
    else:
        _show(risk, source, _in_force(config, userdir, ledger, bot), as_json=as_json)


def _order(
    asked: Asked, *, by: str | None, reason: str, wait: float, yes: bool, as_json: bool
) -> Order:
    if not reason.strip():
        raise UsageError("say why with --reason: it is recorded with your name")
    return Order(
        command=asked.command,
        question=asked.question,
        by=by,
        reason=reason,
        wait=wait,
        yes=yes,
        as_json=as_json,
        args=asked.args,
    )


def _section(config: list[Path] | None, userdir: Path) -> tuple[Any, str]:
    """The section and where it comes from; the defaults when no configuration is there."""
    try:
        files = config_files(config, userdir)
    except UsageError:
        if config:
            raise
        return {}, "defaults, no configuration found"
    section = load_config(files, userdir).get("risk", {})
    return section, ", ".join(str(file) for file in files)


def _in_force(
    config: list[Path] | None, userdir: Path, ledger: str | None, bot: str | None
) -> tuple[str, dict[str, Any]] | None:
    """The bot, and what it said of its limits; None where no bot has run."""
    try:
        with desk(config, userdir, ledger=ledger, bot=bot) as at:
            told = at.reader.status(at.bot)
            return None if told is None or "limits" not in told else (at.bot, told["limits"])
    except UsageError:
        if bot is not None or ledger is not None:
            raise
        return None


def _show(
    risk: RiskConfig, source: str, held: tuple[str, dict[str, Any]] | None, *, as_json: bool
) -> None:
    if as_json:
        in_force = None if held is None else {"bot": held[0], **held[1]}
        section = risk.public_section
        print_json(
            {"version": risk.version, "source": source, "risk": section, "in_force": in_force}
        )
        return
    show_file(risk, source)
    if held is not None:
        show_in_force(*held)
    else:
        out().print("[dim]No bot has run with these limits yet.[/]")
