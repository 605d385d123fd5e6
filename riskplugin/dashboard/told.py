"""From records and status to answers; what is damaged is a LedgerError, not a traceback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import orjson
from fastapi import HTTPException
from pydantic import BaseModel, ValidationError

from riskplugin.core import events as ev
from riskplugin.core.verdict import Allow, Cap, Decision, Deny, Verdict
from riskplugin.dashboard.account import Alert, Status
from riskplugin.dashboard.answers import Decided, Happened, MetricsPoint, Why
from riskplugin.dashboard.office import Desk
from riskplugin.dashboard.replies import Ordered
from riskplugin.ledger.metrics.series import Point
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.record import Record
from riskplugin.ports import LedgerError

M = TypeVar("M", bound=BaseModel)


def read_as(model: type[M], value: Any, what: str) -> M:
    """``value`` as ``model``. Raises LedgerError when it holds something else."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise LedgerError(f"{what} is damaged at {where}") from error


def status_of(desk: Desk) -> Status:
    """The bot's status. Raises LedgerError, or answers 404 before its first loop."""
    told = desk.status()
    if told is None:
        raise HTTPException(404, f"{desk.bot} has not finished a loop yet")
    return read_as(Status, told, f"the status of {desk.bot}")


def section_of(reader: LedgerReader, bot: str) -> dict[str, Any]:
    """The section "risk" that the bot's latest records say is in force; empty before its start."""
    records = reader.records(bot, kinds=[ev.LimitsAdopted], limit=100, newest_first=True)
    found = (record.event for record in records)  # the first is as a rule the one
    adopted = next((e for e in found if isinstance(e, ev.LimitsAdopted) and not e.pair), None)
    if adopted is None:
        return {}
    try:
        section = orjson.loads(adopted.section)
    except orjson.JSONDecodeError as error:
        raise LedgerError(f"the limits of {bot} in the ledger are damaged") from error
    if not isinstance(section, dict):
        raise LedgerError(f"the limits of {bot} in the ledger are damaged")
    if adopted.max_positions is not None:
        positions = section.setdefault("positions", {})
        positions["max"] = positions.get("max") or adopted.max_positions
    return section


def alerts_in(status: Status, bot: str) -> list[Alert]:
    """The open alerts, worst first."""
    listed = getattr(status, "alerts", None) or []
    return [read_as(Alert, each, f"the alerts of {bot}") for each in listed]


def decided(seq: int, event: ev.EntryDecided) -> Decided:
    """A decision for a screen."""
    decision, request = event.decision, event.decision.request
    return Decided(
        seq=seq,
        at=decision.at,
        pair=str(request.pair),
        side=str(request.side),
        kind=str(request.kind),
        verdict=verdict_of(decision),
        proposed=_plain(request.stake),
        stake=decision.stake,
        leverage=_plain(request.leverage),
        level=str(decision.level),
        point=event.point,
        limits=event.limits,
        reasons=reasons_of(decision),
        observed=list(_whys(verdict for _, verdict in decision.observed)),
    )


def verdict_of(decision: Decision) -> Any:
    """allowed, capped or refused."""
    match decision.binding:
        case Deny():
            return "refused"
        case Cap():
            return "capped"
    return "allowed"


def reasons_of(decision: Decision) -> list[Why]:
    """What every rule had to say, the binding one first."""
    binding = list(_whys([decision.binding]))
    return binding + [why for why in _whys(v for _, v in decision.verdicts) if why not in binding]


def _whys(verdicts: Iterable[Verdict]) -> Iterator[Why]:
    for verdict in verdicts:
        if not isinstance(verdict, Allow):
            reason = verdict.reason
            yield Why(
                rule=reason.rule,
                measured=_plain(reason.measured),
                limit=_plain(reason.limit),
                text=reason.text,
            )


def _plain(value: Any) -> float | None:
    """A proposal may hold anything: only numbers are shown as such."""
    return float(value) if isinstance(value, int | float) else None


def ordered(number: int | None, outcome: str | None) -> Ordered:
    """An order with what became of it."""
    if outcome is None:
        return Ordered(id=number, state="waiting", outcome=None)
    state: Any = "refused" if outcome.startswith("refused") else "done"
    return Ordered(id=number, state=state, outcome=outcome)


def happened(record: Record) -> Happened:
    """A record with its fields as they stand in the ledger."""
    try:
        detail = orjson.loads(record.clear)
    except orjson.JSONDecodeError:
        detail = None
    if not isinstance(detail, dict):
        detail = {"damaged": True}
    return Happened(seq=record.seq, at=record.at, kind=record.kind, detail=detail)


def point_of(point: Point) -> MetricsPoint:
    """A point of the series; ratios become percent."""
    metrics = point.metrics
    return MetricsPoint(
        at=point.at,
        span_s=point.span.total_seconds(),
        samples=point.samples,
        equity=metrics.equity,
        equity_low=point.equity_low,
        equity_high=point.equity_high,
        drawdown_pct=100 * metrics.drawdown,
        daily_pnl_pct=100 * metrics.daily_result,
        gross_exposure=metrics.gross_exposure,
        net_exposure=metrics.net_exposure,
        unrealised=metrics.unrealised,
        positions=metrics.positions,
        concentration_pct=100 * metrics.concentration,
        leverage=metrics.leverage,
        risk_score=metrics.risk_score,
        volatility_pct=None if metrics.volatility is None else 100 * metrics.volatility,
        level=metrics.level,
        breaker=metrics.breaker,
        emergency=metrics.emergency,
        trusted=metrics.trusted,
    )
