"""The route that Prometheus scrapes in the bot's own server, behind its login."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from riskplugin.dashboard.doorman import AnOffice, AReader
from riskplugin.dashboard.prometheus.exposition import registry_of
from riskplugin.dashboard.routing import RiskRoute

router = APIRouter(route_class=RiskRoute)

_TEXT = {
    "content": {"text/plain": {"schema": {"type": "string"}}},
    "description": "the metrics, in the format of Prometheus that the Accept header asks for",
}


@router.get(
    "/prometheus",
    tags=["Look"],
    summary="The same figures for Prometheus",
    response_class=Response,
    responses={200: _TEXT},
)
def prometheus(
    request: Request,
    office: AnOffice,
    caller: AReader,
    accept: Annotated[str, Header(max_length=1000)] = "",
) -> Response:
    state = request.app.state
    registry: CollectorRegistry | None = getattr(state, "riskplugin_metrics", None)
    if registry is None:
        registry = state.riskplugin_metrics = registry_of(office)
    encode, kind = choose_encoder(accept)
    return Response(encode(registry), media_type=None, headers={"Content-Type": kind})
