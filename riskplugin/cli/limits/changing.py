"""The words of ``riskplugin limits`` by which people change them: each leaves an order for the
bot, and says what came of it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from riskplugin.cli.console import (
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    YesOption,
    plain_errors,
)
from riskplugin.cli.desk import BotOption, ByOption, LedgerOption, WaitOption, desk
from riskplugin.cli.limits.came import came_of
from riskplugin.cli.limits.wanted import changes_of, fitting, term_of
from riskplugin.cli.orders import Order, give

WhyOption = Annotated[
    str, typer.Option("--reason", "-r", metavar="TEXT", help="Why; it is recorded.")
]
NumberArgument = Annotated[
    int, typer.Argument(metavar="NUMBER", help="As riskplugin limits shows it.", min=1, max=2**53)
]


@plain_errors
def propose(
    changes: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE…", help="As in the file; off for none."),
    ] = None,
    pair: Annotated[
        str | None,
        typer.Option("--pair", metavar="PAIR", help="For entries in this pair only, for a while."),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="WHEN", help="With --pair: how long (2h), or 2026-03-01T12:00."
        ),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="With --pair: for one entry.")] = False,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    by: ByOption = None,
    reason: WhyOption = "",
    wait: WaitOption = 15,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Ask for other limits: tighter ones hold at once, looser ones wait for a second person."""
    args = {"changes": changes_of(changes or []), **term_of(pair, until, once)}
    where = f" for {pair}" if pair else ""
    if pair:
        fitting(pair, config, userdir, ledger)
    question = f"ask for {', '.join(changes or [])}{where}"
    order = Order("propose", question, by, _said(reason), wait, yes, as_json, args, came_of)
    with desk(config, userdir, ledger=ledger, bot=bot, create=True) as at:
        give(at, order)


def _numbered(command: str, of: str, question: str, explained: str) -> Callable[..., None]:
    """A command about the proposal, or override, of a number."""

    @plain_errors
    def run(
        number: NumberArgument,
        config: ConfigOption = None,
        userdir: UserdirOption = Path("user_data"),
        bot: BotOption = None,
        ledger: LedgerOption = None,
        by: ByOption = None,
        reason: WhyOption = "",
        wait: WaitOption = 15,
        yes: YesOption = False,
        as_json: JsonOption = False,
    ) -> None:
        asked, args = question.format(number), {of: number}
        order = Order(command, asked, by, _said(reason), wait, yes, as_json, args, came_of)
        with desk(config, userdir, ledger=ledger, bot=bot, create=True) as at:
            give(at, order)

    run.__doc__ = explained
    return run


approve = _numbered(
    "approve",
    "proposal",
    "approve proposal {}, as a second person",
    "Agree to looser limits that somebody else asked for.",
)
reject = _numbered(
    "reject", "proposal", "reject proposal {}", "Drop a proposal that is not in force yet."
)
end_override = _numbered(
    "end-override",
    "override",
    "end override {}",
    "End the limits of one pair early, where that loosens nothing.",
)


@plain_errors
def acknowledge(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    by: ByOption = None,
    reason: WhyOption = "",
    wait: WaitOption = 15,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take over what a changed file loosens: until then the old values hold."""
    question, why = "take over the looser limits of the file", _said(reason)
    with desk(config, userdir, ledger=ledger, bot=bot, create=True) as at:
        waiting = ((at.status() or {}).get("limits") or {}).get("unacknowledged")
        seen = {"version": waiting["version"]} if waiting else None
        order = Order(
            "acknowledge-limits", question, by, why, wait, yes, as_json, args=seen, came=came_of
        )
        give(at, order)


def _said(reason: str) -> str:
    if not reason.strip():
        raise UsageError("say why with --reason: it is recorded with your name")
    return reason
