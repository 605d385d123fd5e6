"""The routes that change limits: tighter at once, looser with a second person."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from riskplugin.control.people import Person
from riskplugin.dashboard import bodies
from riskplugin.dashboard.counter import ENDS, ACounter, Number
from riskplugin.dashboard.doorman import allowed
from riskplugin.dashboard.replies import Ordered
from riskplugin.dashboard.routing import RiskRoute

router = APIRouter(route_class=RiskRoute, responses=ENDS)


@router.post("/limits/proposals", tags=["Limits"], summary="Propose other limits")
def propose(
    body: bodies.ProposalOrder,
    counter: ACounter,
    person: Annotated[Person, Depends(allowed("propose"))],
) -> Ordered:
    return counter.give("propose", person, body, changes=body.changes)


@router.post(
    "/limits/proposals/{proposal}/approve", tags=["Limits"], summary="Approve, as a second person"
)
def approve(
    proposal: Number,
    body: bodies.Confirmed,
    counter: ACounter,
    person: Annotated[Person, Depends(allowed("approve"))],
) -> Ordered:
    return counter.give("approve", person, body, proposal=proposal)


@router.post("/limits/proposals/{proposal}/reject", tags=["Limits"], summary="Reject a proposal")
def reject(
    proposal: Number,
    body: bodies.Confirmed,
    counter: ACounter,
    person: Annotated[Person, Depends(allowed("reject"))],
) -> Ordered:
    return counter.give("reject", person, body, proposal=proposal)


@router.post("/limits/overrides", tags=["Limits"], summary="Propose other limits for one pair")
def override(
    body: bodies.OverrideOrder,
    counter: ACounter,
    person: Annotated[Person, Depends(allowed("propose"))],
) -> Ordered:
    more: dict[str, Any] = {"until": body.until} if body.until is not None else {}
    if body.once:
        more["once"] = True
    return counter.give("propose", person, body, changes=body.changes, pair=body.pair, **more)


@router.delete("/limits/overrides/{override}", tags=["Limits"], summary="End an override")
def end_override(
    override: Number,
    body: bodies.Confirmed,
    counter: ACounter,
    person: Annotated[Person, Depends(allowed("end-override"))],
) -> Ordered:
    return counter.give("end-override", person, body, override=override)


@router.post(
    "/limits/acknowledge", tags=["Limits"], summary="Acknowledge a file that loosens limits"
)
def acknowledge_limits(
    body: bodies.Acknowledgement,
    counter: ACounter,
    person: Annotated[Person, Depends(allowed("acknowledge-limits"))],
) -> Ordered:
    seen = {} if body.version is None else {"version": body.version}
    return counter.give("acknowledge-limits", person, body, **seen)
