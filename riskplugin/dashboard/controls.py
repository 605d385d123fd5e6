"""The routes that order something: each needs a person, a reason, and a yes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from riskplugin.control.people import Person
from riskplugin.dashboard import bodies
from riskplugin.dashboard.counter import ENDS, ACounter, Number
from riskplugin.dashboard.doorman import ADesk, AnOffice, allowed
from riskplugin.dashboard.health import WATCHDOG
from riskplugin.dashboard.ledger_desk import LedgerDesk
from riskplugin.dashboard.replies import Obeyed, Ordered
from riskplugin.dashboard.routing import RiskRoute

router = APIRouter(route_class=RiskRoute, responses=ENDS)


@router.post("/obey", tags=["Orders"], summary="Carry out now what waits in the ledger")
def obey(desk: ADesk) -> Obeyed:
    """For whoever left an order in the ledger while the bot's loop may hang. Adds no order."""
    return Obeyed(obeyed=desk.obey())


@router.post("/trip", tags=["Orders"], summary="Latch the breaker: no entry until re-armed")
def trip(
    body: bodies.Confirmed, counter: ACounter, person: Annotated[Person, Depends(allowed("trip"))]
) -> Ordered:
    return counter.give("trip", person, body)


@router.post("/rearm", tags=["Orders"], summary="Re-arm the breaker: half-open, probes pass")
def rearm(
    body: bodies.Confirmed, counter: ACounter, person: Annotated[Person, Depends(allowed("rearm"))]
) -> Ordered:
    return counter.give("rearm", person, body)


@router.post("/emergency", tags=["Orders"], summary="Enter or leave emergency mode")
def emergency(
    body: bodies.EmergencyOrder,
    counter: ACounter,
    office: AnOffice,
    person: Annotated[Person, Depends(allowed("emergency-on"))],
) -> Ordered:
    command = "emergency-on" if body.on else "emergency-off"
    office.people.permit(person, command)
    return counter.give(command, person, body)


@router.post("/close-all", tags=["Orders"], summary="Close every position, and latch")
def close_all(
    body: bodies.Confirmed,
    counter: ACounter,
    person: Annotated[Person, Depends(allowed("close-all"))],
) -> Ordered:
    return counter.give("close-all", person, body)


@router.post("/confirm-balance", tags=["Orders"], summary="Take the wallet's balance as true")
def confirm_balance(
    body: bodies.Confirmed,
    counter: ACounter,
    person: Annotated[Person, Depends(allowed("confirm-balance"))],
) -> Ordered:
    return counter.give("confirm-balance", person, body)


@router.post("/alerts/acknowledge", tags=["Alerts"], summary="Acknowledge all open alerts")
def acknowledge_all(
    body: bodies.Confirmed, counter: ACounter, person: Annotated[Person, Depends(allowed("ack"))]
) -> Ordered:
    return counter.give("ack", person, body, all=True)


@router.post(
    "/watchdog/alerts/{alert}/acknowledge",
    tags=["Alerts"],
    summary="Acknowledge an alert of the bot's watchdog",
)
def acknowledge_watchdogs(
    alert: Number,
    body: bodies.Confirmed,
    counter: ACounter,
    desk: ADesk,
    office: AnOffice,
    person: Annotated[Person, Depends(allowed("ack"))],
) -> Ordered:
    watchdogs = LedgerDesk(desk.reader, desk.bot + WATCHDOG, office.via)
    return counter.at(watchdogs).give("ack", person, body, alert=alert)


@router.post("/alerts/{alert}/acknowledge", tags=["Alerts"], summary="Acknowledge an alert")
def acknowledge(
    alert: Number,
    body: bodies.Confirmed,
    counter: ACounter,
    person: Annotated[Person, Depends(allowed("ack"))],
) -> Ordered:
    return counter.give("ack", person, body, alert=alert)
