"""riskplugin breaker: look at the circuit breaker, trip it, re-arm it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from riskplugin.cli.console import (
    ConfigOption,
    JsonOption,
    UsageError,
    UserdirOption,
    YesOption,
    out,
    plain_errors,
    print_json,
    shown,
)
from riskplugin.cli.desk import (
    BotOption,
    ByOption,
    Desk,
    LedgerOption,
    ReasonOption,
    WaitOption,
    desk,
)
from riskplugin.cli.orders import Order, give


class What(StrEnum):
    """What to do with the breaker."""

    SHOW = "show"
    TRIP = "trip"
    REARM = "rearm"
    CONFIRM_BALANCE = "confirm-balance"


_QUESTIONS = {
    What.TRIP: "latch the breaker, so that no entry passes until a person re-arms it",
    What.REARM: "re-arm the breaker: it goes half-open and lets probes pass",
    What.CONFIRM_BALANCE: "take the wallet's balance as true, as a deposit or withdrawal",
}


@plain_errors
def breaker(
    what: Annotated[What, typer.Argument(help="show, trip, rearm or confirm-balance")] = What.SHOW,
    config: ConfigOption = None,
    userdir: UserdirOption = Path("user_data"),
    bot: BotOption = None,
    ledger: LedgerOption = None,
    by: ByOption = None,
    reason: ReasonOption = "",
    wait: WaitOption = 15,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """The circuit breaker: show it, trip (latch) it, re-arm it, confirm a doubted balance."""
    if what is not What.SHOW and not reason.strip():
        raise UsageError("say why with --reason: it is recorded with your name")
    create = what is not What.SHOW
    with desk(config, userdir, ledger=ledger, bot=bot, create=create) as at:
        if what is What.SHOW:
            _show(at, as_json=as_json)
            return
        give(
            at,
            Order(
                command=what.value,
                question=_QUESTIONS[what],
                by=by,
                reason=reason,
                wait=wait,
                yes=yes,
                as_json=as_json,
            ),
        )


def _show(at: Desk, *, as_json: bool) -> None:
    told = at.status()
    if told is None:
        raise UsageError(f"{at.bot} has not finished a loop yet")
    state = told["breaker"]
    if as_json:
        print_json(state)
        return
    console = out()
    console.print(f"{shown(at.bot)}: breaker [bold]{state['state'].upper()}[/]")
    for reason in state["reasons"]:
        console.print(f"  because {shown(reason)}")
    if state["open_until"]:
        console.print(f"  open until {state['open_until']} (opening {state['trips']} in a row)")
    if state["latched_by"]:
        by = shown(state["latched_by"])
        console.print(f"  latched by {by}: re-arm with: riskplugin breaker rearm")
    test = state["half_open"]
    if test["since"]:
        console.print(
            f"  test since {test['since']} from equity {test['equity']:.2f}: "
            f"{test['wins']} won, {test['losses']} lost"
        )
