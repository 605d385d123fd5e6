"""The REST interface as one router, and its OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.params import Depends

from riskplugin.dashboard import (
    changes,
    controls,
    overview,
    page,
    people,
    reads,
    signin,
    stream,
)
from riskplugin.dashboard.live import Newsroom
from riskplugin.dashboard.office import Office
from riskplugin.dashboard.once import Once
from riskplugin.dashboard.prometheus import route as prometheus
from riskplugin.dashboard.replies import Problems, Said
from riskplugin.dashboard.routing import RiskRoute
from riskplugin.version import __version__

PREFIX = "/api/v1/risk"
_TAGS = [
    {"name": "Sign-in", "description": "Who you are. Orders need a person and a role."},
    {"name": "Look", "description": "What the bot sees, decides and records."},
    {"name": "Limits", "description": "Limits in force, and how they are changed."},
    {"name": "Alerts", "description": "What people have to know."},
    {"name": "Orders", "description": "What stops the bot, and what lets it go on."},
    {"name": "People", "description": "Who is registered; for administrators."},
]
_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": Said, "description": "The request cannot be read"},
    401: {"model": Said, "description": "Sign in first"},
    403: {"model": Said, "description": "Your role may not do this"},
    404: {"model": Said, "description": "There is no such thing"},
    413: {"model": Said, "description": "The request is too large"},
    415: {"model": Said, "description": "The request is no JSON"},
    422: {"model": Problems, "description": "Something in the request is wrong"},
    429: {"model": Said, "description": "Too many attempts: wait as Retry-After says"},
    503: {"model": Said, "description": "The ledger cannot be read or written now"},
}


def risk_router() -> APIRouter:
    """Every route below PREFIX."""
    router = APIRouter(route_class=RiskRoute, responses=_ERRORS)
    for part in (signin, overview, reads, prometheus, controls, changes, people):
        router.include_router(part.router)
    return router


def install(
    app: FastAPI,
    office: Office,
    *,
    door: Sequence[Depends] = (),
    stream_door: Sequence[Depends] = (),
    leaving: Callable[[], bool] | None = None,
) -> None:
    """Put the routes and the page into ``app``; ``door`` is what has to be passed before any.

    The document at PREFIX/openapi.json and the page hold nothing that needs a door. ``leaving``
    says whether the server is about to end: open streams would keep it waiting. Without it there
    are none, and the page asks now and then.
    """
    app.state.riskplugin = office
    app.state.riskplugin_once = Once()
    app.state.riskplugin_newsroom = None if leaving is None else Newsroom(office, leaving)
    router = risk_router()
    known: dict[str, Any] = {}

    @app.get(f"{PREFIX}/openapi.json", include_in_schema=False)
    def document() -> dict[str, Any]:
        if not known:
            known.update(described(router))
        return known

    app.include_router(router, prefix=PREFIX, dependencies=list(door))
    app.include_router(stream.router, prefix=PREFIX, dependencies=list(stream_door))
    app.include_router(page.router)


def described(router: APIRouter) -> dict[str, Any]:
    """The OpenAPI document of the interface, and of nothing else that the server has."""
    app = FastAPI()
    app.include_router(router, prefix=PREFIX)
    return get_openapi(
        title="riskplugin",
        version=__version__,
        description=(
            "The risk layer of a freqtrade bot. Orders need a person (header X-Risk-Token from "
            "POST login), a reason and `confirm: true`."
        ),
        routes=app.routes,
        tags=_TAGS,
    )
