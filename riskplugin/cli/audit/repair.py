"""riskplugin audit repair: a damaged or missing state, made anew from the records."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.markup import escape

from riskplugin.cli.audit.words import plainly
from riskplugin.cli.console import (
    FAILED,
    ConfigOption,
    UsageError,
    UserdirOption,
    YesOption,
    confirmed,
    out,
    plain_errors,
)
from riskplugin.cli.desk import (
    BotOption,
    ByOption,
    Desk,
    LedgerOption,
    ReasonOption,
    desk,
    person,
    place,
)
from riskplugin.cli.identity import acting_person
from riskplugin.control.permissions import REPAIR
from riskplugin.core.events import PEOPLE_CHAIN
from riskplugin.ledger.proof.repair import repair as rebuilt
from riskplugin.ports import LedgerError


@plain_errors
def repair(
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    by: ByOption = None,
    reason: ReasonOption = "",
    yes: YesOption = False,
) -> None:
    """Save the state that the records give, where it is damaged or gone; the bot must not run."""
    if not reason.strip():
        raise UsageError("say why with --reason: it is recorded with your name")
    with desk(config, userdir, ledger=ledger, bot=bot) as at:
        meant, who = at.bot, _asks(at, by)
    name = escape(plainly(meant))
    if not confirmed(f"{meant}: make the saved state anew from the records?", yes=yes):
        out().print("nothing was changed")
        raise typer.Exit(FAILED)
    where, base = place(config, userdir, ledger), userdir.resolve()
    who, why = where.redactor.clean(who), where.redactor.clean(reason)
    try:
        state = rebuilt(
            where.url, bot=meant, base_dir=base, by=who, reason=why, encrypt=where.encrypt
        )
    except LedgerError as error:
        raise UsageError(str(error)) from error
    if state is None:
        out().print(f"[green]{name}: the saved state is right, nothing was changed[/]")
        return
    out().print(f"[green]{name}: state saved as the records give it[/]; breaker {state.breaker}")
    out().print("Before the bot starts: riskplugin audit verify, and look at the account.")


def _asks(at: Desk, by: str | None) -> str:
    """Who repairs: a person who is signed in and may, once people are registered.

    Where the state of people itself is damaged nobody can sign in; then it is the login name.
    Raises Denied.
    """
    if at.bot == PEOPLE_CHAIN and at.people is not None:
        try:
            at.people.anybody()
        except LedgerError:
            return by or person()
    return acting_person(at, by, REPAIR)
