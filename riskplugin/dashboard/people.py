"""The routes of administrators: who people are, and what they may do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from riskplugin.control.people import Person
from riskplugin.control.permissions import PEOPLE
from riskplugin.dashboard import bodies
from riskplugin.dashboard.doorman import AnOffice, allowed
from riskplugin.dashboard.replies import PersonInfo
from riskplugin.dashboard.routing import RiskRoute

router = APIRouter(prefix="/people", route_class=RiskRoute, tags=["People"])

Administrator = Annotated[Person, Depends(allowed(PEOPLE))]
Name = Annotated[str, Path(min_length=1, max_length=64)]


@router.get("", summary="Everybody who is registered")
def everybody(office: AnOffice, _: Administrator) -> list[PersonInfo]:
    return [_told(person) for person in office.people.everybody()]


@router.post("", summary="Add a person", status_code=201)
def add(body: bodies.NewPerson, office: AnOffice, by: Administrator) -> PersonInfo:
    people = office.people
    return _told(people.add(body.name, body.role, body.password, by=by.name, reason=body.reason))


@router.post("/{name}/role", summary="Give another role")
def role(name: Name, body: bodies.NewRole, office: AnOffice, by: Administrator) -> PersonInfo:
    return _told(office.people.change_role(name, body.role, by=by.name, reason=body.reason))


@router.post("/{name}/disable", summary="Sign a person out, and let them in no more")
def disable(name: Name, body: bodies.Confirmed, office: AnOffice, by: Administrator) -> PersonInfo:
    return _told(office.people.disable(name, by=by.name, reason=body.reason))


@router.post("/{name}/enable", summary="Let a disabled person in again")
def enable(name: Name, body: bodies.Confirmed, office: AnOffice, by: Administrator) -> PersonInfo:
    return _told(office.people.enable(name, by=by.name, reason=body.reason))


@router.post("/{name}/revoke", summary="End all tokens of a person")
def revoke(name: Name, body: bodies.Confirmed, office: AnOffice, by: Administrator) -> PersonInfo:
    return _told(office.people.revoke(name, by=by.name, reason=body.reason))


def _told(person: Person) -> PersonInfo:
    return PersonInfo(
        name=person.name,
        role=person.role,
        disabled=person.disabled,
        second_factor=person.second_factor,
    )
