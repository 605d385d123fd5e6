"""The routes that only look."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Path, Query
from pydantic import StringConstraints

from riskplugin.core.levels import Side
from riskplugin.dashboard import answers
from riskplugin.dashboard.account import Alert, Position, Status
from riskplugin.dashboard.curve import curve
from riskplugin.dashboard.doorman import ADesk
from riskplugin.dashboard.headroom import headroom
from riskplugin.dashboard.health import health_of
from riskplugin.dashboard.replies import Ordered
from riskplugin.dashboard.routing import RiskRoute
from riskplugin.dashboard.search import Wanted, one, search
from riskplugin.dashboard.standing import all_alerts, limits_of
from riskplugin.dashboard.told import decided, happened, ordered, point_of, status_of
from riskplugin.dashboard.whole import whole
from riskplugin.ledger.periods import periods

router = APIRouter(route_class=RiskRoute)

#: The largest number that both data bases and all clients can hold.
MOST = 2**53
#: The largest number of a record (ledger/store/tables.event_id).
MOST_RECORDS = 2**40 - 2

Since = Annotated[datetime | None, Query(description="from this moment on (ISO 8601)")]
Limit = Annotated[int, Query(ge=1, le=1000, description="at most so many")]
Kind = Annotated[str, StringConstraints(pattern="^[A-Za-z]{1,60}$")]
Verdict = Literal["allowed", "capped", "refused"]


@router.get("/status", tags=["Look"], summary="The account as the bot saw it last")
def status(desk: ADesk) -> Status:
    return status_of(desk)


@router.get("/positions", tags=["Look"], summary="Open positions")
def positions(desk: ADesk) -> list[Position]:
    return status_of(desk).positions


@router.get("/metrics", tags=["Look"], summary="Equity, drawdown, exposure and more over time")
def metrics(
    desk: ADesk,
    since: Since = None,
    until: Annotated[datetime | None, Query(description="up to this moment")] = None,
    points: Annotated[int, Query(ge=1, le=5000, description="about so many")] = 300,
) -> list[answers.MetricsPoint]:
    found = desk.reader.series(desk.bot, since=_utc(since), until=_utc(until), points=points)
    return [point_of(point) for point in found]


@router.get("/limits", tags=["Limits"], summary="Limits in force, used, proposed, overridden")
def limits(desk: ADesk) -> answers.Limits:
    return limits_of(desk, status_of(desk))


@router.get("/headroom", tags=["Limits"], summary="How large an entry would pass now")
def room(
    desk: ADesk,
    pair: Annotated[str | None, Query(min_length=3, max_length=64)] = None,
    side: Side = Side.LONG,
    leverage: Annotated[float | None, Query(ge=1, le=125, description="none: the most")] = None,
) -> answers.Headroom:
    return headroom(desk, status_of(desk), pair=pair, side=side, leverage=leverage)


@router.get("/chart", tags=["Look"], summary="Equity and drawdown in a few hundred points")
def chart(
    desk: ADesk,
    since: Since = None,
    until: Annotated[datetime | None, Query(description="up to this moment")] = None,
    points: Annotated[int, Query(ge=1, le=2000, description="about so many")] = 400,
) -> answers.Curve:
    return curve(desk.reader, desk.bot, _utc(since), _utc(until), points)


@router.get("/breaker", tags=["Look"], summary="When the breaker was not closed, and why")
def breaker(
    desk: ADesk,
    since: Since = None,
    until: Annotated[datetime | None, Query(description="up to this moment")] = None,
) -> list[answers.Period]:
    found = periods(desk.reader, desk.bot, _utc(since), _utc(until))
    return [answers.Period.model_validate(asdict(each)) for each in found]


@router.get("/decisions", tags=["Look"], summary="What was decided on entries, newest first")
def decisions(
    desk: ADesk,
    pair: Annotated[
        str | None, Query(max_length=64, description="the pair, or how it begins")
    ] = None,
    verdict: Annotated[Verdict | None, Query()] = None,
    rule: Annotated[
        str | None, Query(max_length=64, description="a rule that objected, counted or observed")
    ] = None,
    since: Since = None,
    before: Annotated[
        int | None, Query(ge=1, le=MOST_RECORDS, description="only records before this one")
    ] = None,
    after: Annotated[int, Query(ge=0, le=MOST_RECORDS, description="only those behind it")] = 0,
    limit: Limit = 50,
) -> answers.Decisions:
    """A search ends after about 0.1 s with what it found: go on from ``next``."""
    wanted = Wanted(pair=pair or None, verdict=verdict, rule=rule or None, since=_utc(since))
    found = search(desk.reader, desk.bot, wanted, before=before, after=after, limit=min(limit, 200))
    listed = [decided(seq, event) for seq, event in found.decisions]
    return answers.Decisions(decisions=listed, next=found.next, reached=found.reached)


@router.get("/decisions/{seq}", tags=["Look"], summary="One decision with what every rule said")
def decision(desk: ADesk, seq: Annotated[int, Path(ge=1, le=MOST_RECORDS)]) -> answers.DecidedWhole:
    event = one(desk.reader, desk.bot, seq)
    if event is None:
        raise HTTPException(404, f"record {seq} is no decision")
    return whole(seq, event)


@router.get("/alerts", tags=["Alerts"], summary="Open alerts, worst first")
def alerts(desk: ADesk) -> list[Alert]:
    return all_alerts(desk, status_of(desk))


@router.get("/events", tags=["Look"], summary="The latest records of the chain, newest first")
def events(
    desk: ADesk,
    kind: Annotated[list[Kind] | None, Query(max_length=50)] = None,
    since: Since = None,
    limit: Limit = 50,
) -> list[answers.Happened]:
    found = desk.reader.records(
        desk.bot, kinds=kind, since=_utc(since), limit=limit, newest_first=True
    )
    return [happened(record) for record in found]


@router.get("/health", tags=["Look"], summary="Whether the bot is there and all works")
def health(desk: ADesk) -> answers.Health:
    return health_of(desk)


@router.get("/controls/{number}", tags=["Orders"], summary="What became of an order")
def control(desk: ADesk, number: Annotated[int, Path(ge=1, le=MOST)]) -> Ordered:
    try:
        outcome = desk.outcome(number)
    except LookupError as error:
        raise HTTPException(404, f"there is no order {number}") from error
    return ordered(number, outcome)


def _utc(at: datetime | None) -> datetime | None:
    """A moment that the ledger can be asked for; without a zone it is meant as UTC."""
    if at is None:
        return None
    try:
        aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        return max(aware.astimezone(UTC), _EARLIEST)
    except (OverflowError, ValueError):
        return _EARLIEST if at.year < 2000 else _EARLIEST + timedelta(days=36_500)


_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
