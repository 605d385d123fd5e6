"""Sentences about entries and orders."""

from __future__ import annotations

from riskplugin.cli.audit.telling.sentences import on
from riskplugin.cli.audit.words import amount, plainly, share
from riskplugin.core import events as ev
from riskplugin.core.levels import EntryKind
from riskplugin.core.verdict import Cap, Decision, Deny


@on(ev.EntryDecided)
def _decided(event: ev.EntryDecided) -> str:
    return f"{asked(event.decision)} – {answered(event.decision)}"


def asked(decision: Decision) -> str:
    """What was proposed: pair, side, stake, leverage."""
    request = decision.request
    kind = "" if request.kind is EntryKind.OPEN else f" ({request.kind})"
    figures = f"{amount(request.stake)} at {amount(request.leverage)}x"
    return f"{plainly(request.pair)} {plainly(request.side)}{kind}, {figures}"


def answered(decision: Decision) -> str:
    """What the gate said to it, with the binding reason."""
    match decision.binding:
        case Deny(reason):
            said = f"refused by {plainly(reason.rule)}: {plainly(reason.text)}"
        case Cap(_, reason):
            said = f"capped to {amount(decision.stake)} by {plainly(reason.rule)}: "
            said += plainly(reason.text)
        case _ if decision.stake == decision.request.stake:
            said = "allowed as asked"
        case _:
            said = f"{amount(decision.stake)} allowed"
    watched = ", ".join(plainly(name) for name, _ in decision.observed)
    return f"{said} (only observed: {watched})" if watched else said


@on(ev.OrderSent)
def _sent(event: ev.OrderSent) -> str:
    what = "exit" if event.reduces else f"entry ({event.kind})" if event.kind else "entry"
    figures = f"{amount(event.amount)} at {amount(event.price)}, {amount(event.leverage)}x"
    order = f"{plainly(event.order_side)} {figures}, notional {amount(event.notional)}"
    return f"{plainly(event.pair)} {what} {_short(event.intent)} is sent: {order}"


@on(ev.OrderAnswered)
def _order_answered(event: ev.OrderAnswered) -> str:
    number = "no number" if event.order_id is None else f"number {plainly(event.order_id)}"
    status = "" if event.status is None else f", {plainly(event.status)}"
    return f"the exchange took order {_short(event.intent)}: {number}{status}"


@on(ev.OrderBooked)
def _booked(event: ev.OrderBooked) -> str:
    return f"order {plainly(event.order_id)} is in the bot's records"


@on(ev.OrderFailed)
def _failed(event: ev.OrderFailed) -> str:
    what = "exit" if event.reduces else "entry"
    fate = "has an unknown fate" if event.uncertain else "was refused"
    return f"{plainly(event.pair)} {what} {fate}: {plainly(event.error)}"


@on(ev.FillChecked)
def _filled(event: ev.FillChecked) -> str:
    what = "exit" if event.reduces else "entry"
    figures = f"{amount(event.amount)} at {amount(event.price)}, {amount(event.leverage)}x"
    slip = "" if event.slippage is None else f", slippage {share(event.slippage)}"
    found = "; ".join(plainly(finding) for finding in event.findings)
    verdict = f" - beyond the approval: {found}" if found else ""
    return f"{plainly(event.pair)} {what} filled: {figures}{slip}{verdict}"


@on(ev.IntentResolved)
def _resolved(event: ev.IntentResolved) -> str:
    return f"the fate of order {_short(event.intent)} is known: {plainly(event.how)}"


def _short(intent: str) -> str:
    """The beginning of an order's own name: enough to find it."""
    return plainly(intent)[:8]
