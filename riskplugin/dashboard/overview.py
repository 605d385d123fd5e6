"""The two routes that the page lives on: who is here, and all that it shows."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from riskplugin.control.people import Person
from riskplugin.control.permissions import COMMAND_ROLES, READ, may
from riskplugin.dashboard import answers
from riskplugin.dashboard.account import Status
from riskplugin.dashboard.doorman import ADesk, AnOffice, AReader, visitor
from riskplugin.dashboard.office import Caller, Desk, Office
from riskplugin.dashboard.routing import RiskRoute
from riskplugin.dashboard.told import alerts_in, decisions, section_of, status_of
from riskplugin.dashboard.usage import gauges

router = APIRouter(route_class=RiskRoute)


@router.get("/session", tags=["Sign-in"], summary="Who you are here, and what you may do")
def session(
    office: AnOffice, caller: Annotated[Caller | None, Depends(visitor)]
) -> answers.Session:
    return _session(office, caller)


@router.get("/overview", tags=["Look"], summary="All that the page shows, in one answer")
def overview(office: AnOffice, desk: ADesk, caller: AReader) -> answers.Overview:
    status = status_of(desk)
    limits = limits_of(desk, status)
    found = decisions(desk.reader, desk.bot, since=None, scan=300)
    refused = [each for each in found if each.verdict == "refused"][:8]
    return answers.Overview(
        session=_session(office, caller),
        status=status,
        used=limits.used,
        alerts=alerts_in(status, desk.bot),
        refusals=refused,
        proposals=limits.proposals,
        overrides=limits.overrides,
        unacknowledged=limits.unacknowledged,
    )


def limits_of(desk: Desk, status: Status) -> answers.Limits:
    """The limits in force, how much of each is used, and what is to change."""
    told: dict[str, Any] = getattr(status, "limits", None) or {}
    section = section_of(desk.reader, desk.bot)
    return answers.Limits(
        version=status.limits_version,
        in_force=section,
        used=gauges(status.model_dump(), section),
        file_version=told.get("file_version"),
        changes=told.get("changes") or [],
        proposals=told.get("proposals") or [],
        overrides=told.get("overrides") or [],
        unacknowledged=told.get("unacknowledged"),
    )


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
    )


def _commands(person: Person) -> list[str]:
    """What the page offers. The last word is spoken when an order is given."""
    alone = not person.registered
    known = (c for c in COMMAND_ROLES if c != READ and may(person.role, c))
    return [command for command in known if not (alone and command == "approve")]
