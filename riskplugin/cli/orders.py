"""What commands that change something share: ask, leave the order for the bot, say what came of
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import typer
from rich.markup import escape

from riskplugin.cli.console import FAILED, confirmed, out, print_json
from riskplugin.cli.desk import Desk
from riskplugin.cli.identity import acting_person


@dataclass(frozen=True)
class Order:
    """A command to a bot, and how a person gave it."""

    command: str
    question: str
    by: str | None
    reason: str
    wait: float
    yes: bool
    as_json: bool
    args: Mapping[str, Any] | None = None


def give(at: Desk, order: Order) -> str | None:
    """Ask, leave the order, wait for the bot. Exits with 1 when it was refused or not confirmed.

    Raises Denied when whoever sits here may not give it.
    """
    by = acting_person(at, order.by, order.command)
    if not confirmed(f"{at.bot}: {order.question}?", yes=order.yes):
        out().print("nothing was changed")
        raise typer.Exit(FAILED)
    outcome = at.order(order.command, by=by, reason=order.reason, wait=order.wait, args=order.args)
    if order.as_json:
        print_json(
            {
                "bot": at.bot,
                "command": order.command,
                "by": by,
                "reason": order.reason,
                "outcome": outcome,
            }
        )
    else:
        _say(at, order, outcome, by)
    if outcome is not None and outcome != "done":
        raise typer.Exit(FAILED)
    return outcome


def _say(at: Desk, order: Order, outcome: str | None, by: str) -> None:
    console = out()
    if outcome is None:
        console.print(
            f"[yellow]{order.command} is left for {escape(at.bot)}[/]: the bot has not answered "
            f"within {order.wait:g} s. It obeys in its next loop, or first thing when it starts."
        )
    elif outcome == "done":
        console.print(f"[green]{order.command}: done[/] by {escape(by)}")
    else:
        console.print(f"[red]{order.command}: {escape(outcome)}[/]")
