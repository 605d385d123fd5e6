"""The routes that the page lives on: who is here, and all that it shows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from riskplugin.control.people import Person
from riskplugin.control.permissions import COMMAND_ROLES, READ, may
from riskplugin.core.rules import RULES
from riskplugin.dashboard import answers
from riskplugin.dashboard.doorman import ADesk, AnOffice, AReader, visitor
from riskplugin.dashboard.office import Caller, Office
from riskplugin.dashboard.routing import RiskRoute
from riskplugin.dashboard.standing import fleet_of, standing_of

router = APIRouter(route_class=RiskRoute)


@router.get("/session", tags=["Sign-in"], summary="Who you are here, and what you may do")
def session(
    office: AnOffice, caller: Annotated[Caller | None, Depends(visitor)]
) -> answers.Session:
    return _session(office, caller)


@router.get("/overview", tags=["Look"], summary="All that the page shows, in one answer")
def overview(office: AnOffice, desk: ADesk, caller: AReader) -> answers.Overview:
    return answers.Overview(**dict(standing_of(desk)), session=_session(office, caller))


@router.get("/bots", tags=["Look"], summary="Every bot at a glance, the worst first")
def bots(office: AnOffice, caller: AReader) -> list[answers.BotCard]:
    return fleet_of(office)


def _session(office: Office, caller: Caller | None) -> answers.Session:
    person = None if caller is None else caller.person
    return answers.Session(
        server=office.via,
        bots=[] if caller is None else office.bots(),
        registered=office.people.anybody(),
        signed_in=caller is not None and caller.token is not None,
        may_read=caller is not None,
        name=None if caller is None else caller.name,
        role=None if person is None else person.role,
        may=[] if person is None or person.owes else _commands(person),
        owes=[] if person is None else list(person.owes),
        rules=[rule.name for rule in RULES],
    )


def _commands(person: Person) -> list[str]:
    """What the page offers. The last word is spoken when an order is given."""
    alone = not person.registered
    known = (c for c in COMMAND_ROLES if c != READ and may(person.role, c))
    return [command for command in known if not (alone and command == "approve")]
