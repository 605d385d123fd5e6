"""The routes by which a person becomes known, and stops being: sign-in, password, second factor."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from riskplugin.dashboard import bodies
from riskplugin.dashboard.doorman import AnOffice, ASignedIn, cookie_name
from riskplugin.dashboard.office import Office
from riskplugin.dashboard.replies import Enrolment, Said, SignedIn
from riskplugin.dashboard.routing import RiskRoute

router = APIRouter(route_class=RiskRoute, tags=["Sign-in"])


def from_page(request: Request) -> bool:
    """A browser's page asks: its token goes into a cookie that no script can read."""
    return "x-risk-page" in request.headers


FromPage = Annotated[bool, Depends(from_page)]


def _address(request: Request) -> str:
    return "" if request.client is None else request.client.host


@router.post("/login", summary="Sign in")
def login(
    body: bodies.SignIn, request: Request, response: Response, office: AnOffice, page: FromPage
) -> SignedIn:
    code = body.code or None
    token = office.people.sign_in(body.name, body.password, code, _address(request))
    return _welcome(office, token, request, response, page=page)


@router.post("/logout", summary="Sign out: this token is over")
def logout(caller: ASignedIn, request: Request, response: Response, office: AnOffice) -> Said:
    office.people.sign_out(caller.token or "")
    response.delete_cookie(cookie_name(request), path="/", httponly=True, samesite="strict")
    return Said(detail=f"{caller.name} is signed out")


@router.post("/password", summary="Set a password of your own; all your tokens end")
def password(
    body: bodies.NewPassword,
    caller: ASignedIn,
    request: Request,
    response: Response,
    office: AnOffice,
    page: FromPage,
) -> SignedIn:
    token = office.people.own_password(
        caller.token or "", body.password, body.new_password, _address(request)
    )
    return _welcome(office, token, request, response, page=page)


@router.post("/second-factor", summary="Begin a second factor; it counts once confirmed")
def second_factor(
    body: bodies.PasswordAgain, caller: ASignedIn, request: Request, office: AnOffice
) -> Enrolment:
    begun = office.people.enrol(caller.token or "", body.password, _address(request))
    return Enrolment(secret=begun.secret, uri=begun.uri)


@router.post("/second-factor/confirm", summary="Confirm the second factor; all your tokens end")
def confirm(
    body: bodies.SecondFactor,
    caller: ASignedIn,
    request: Request,
    response: Response,
    office: AnOffice,
    page: FromPage,
) -> SignedIn:
    token = office.people.confirm_totp(caller.token or "", body.code, _address(request))
    return _welcome(office, token, request, response, page=page)


def _welcome(
    office: Office, token: str, request: Request, response: Response, *, page: bool
) -> SignedIn:
    person = office.people.person_of(token)
    if page:
        response.set_cookie(
            cookie_name(request),
            token,
            path="/",
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        token = ""
    return SignedIn(token=token, name=person.name, role=person.role)
