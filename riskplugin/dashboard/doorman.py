"""Who is at the door, and for whom: the dependencies that every route begins with.

A person is known by the token in the header X-Risk-Token, or, in a browser, in a cookie that no
script can read. A request with a cookie may order only with the header X-Risk-Page: no other site
can make a browser send that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Query, Request

from riskplugin.control.people import Denied, Person
from riskplugin.dashboard.office import Caller, Desk, Office

TokenHeader = Annotated[
    str | None,
    Header(alias="X-Risk-Token", description="the token of POST login", max_length=4096),
]
BotQuery = Annotated[
    str | None, Query(description="which bot, where there are several", max_length=200)
]


def office_of(request: Request) -> Office:
    """The office that the application was given."""
    office: Office = request.app.state.riskplugin
    return office


def cookie_name(request: Request) -> str:
    """One name per port: bots on one machine share a host name, and browsers its cookies."""
    return f"risk_token_{request.url.port or 'web'}"


def token_of(request: Request, header: TokenHeader = None) -> str | None:
    """The caller's token, from the header or the cookie."""
    if header:
        return header
    cookie = request.cookies.get(cookie_name(request))
    if cookie and request.method not in {"GET", "HEAD"} and "x-risk-page" not in request.headers:
        raise HTTPException(403, "an order from a browser needs the header X-Risk-Page")
    return cookie or None


AnOffice = Annotated[Office, Depends(office_of)]
AToken = Annotated[str | None, Depends(token_of)]


def visitor(request: Request, office: AnOffice, token: AToken) -> Caller | None:
    """Whoever is there; None for one who has to sign in before anything."""
    login = getattr(request.state, "riskplugin_login", None)
    if token is not None:
        try:
            person = office.people.person_of(token)
        except Denied:
            if request.headers.get("x-risk-token"):
                raise  # a cookie that is over is none: the page then asks for a sign-in
        else:
            return Caller(name=person.name, person=person, token=token)
    if not office.people.anybody():
        name = office.guest(login)
        return Caller(name=name, person=office.people.guest(name))
    return Caller(name=office.guest(login)) if office.own_login else None


def reader(found: Annotated[Caller | None, Depends(visitor)]) -> Caller:
    """Whoever may look. Raises Denied (401)."""
    if found is None:
        raise Denied(401, "sign in first: POST login")
    return found


AReader = Annotated[Caller, Depends(reader)]


def signed_in(caller: AReader) -> Caller:
    """A registered person with a token. Raises Denied (401)."""
    if caller.token is None:
        raise Denied(401, "sign in first: POST login")
    return caller


ASignedIn = Annotated[Caller, Depends(signed_in)]


def allowed(command: str) -> Callable[..., Person]:
    """A dependency: the person who may give ``command``. Raises Denied (401, 403)."""

    def permitted(office: AnOffice, caller: AReader) -> Person:
        if caller.person is None:
            raise Denied(401, "sign in as a person first: POST login")
        office.people.permit(caller.person, command)
        return caller.person

    return permitted


def desk_of(office: AnOffice, caller: AReader, bot: BotQuery = None) -> Desk:
    """The desk of the bot that is meant."""
    known = office.bots()
    if bot is None and len(known) != 1:
        raise HTTPException(422 if known else 404, _which(known))
    if bot is not None and bot not in known:
        raise HTTPException(404, f"there is no bot of that name here; {_which(known)}")
    return office.desk(known[0] if bot is None else bot)


ADesk = Annotated[Desk, Depends(desk_of)]


def _which(known: list[str]) -> str:
    return f"name one with ?bot=: {', '.join(known)}" if known else "no bot has written here yet"
