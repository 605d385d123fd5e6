"""What the routes answer. Percent and stake currency, as on screens; null is "not known"."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from riskplugin.control.permissions import Role
from riskplugin.dashboard.account import Alert, Figure, Status
from riskplugin.dashboard.replies import Answer


class Gauge(Answer):
    """How much of a limit is used."""

    name: str
    value: Figure
    warn: Figure
    trip: Figure
    unit: str
    text: str


class MetricsPoint(Answer):
    """One point of the series."""

    at: datetime
    span_s: float
    samples: int
    equity: Figure
    equity_low: Figure
    equity_high: Figure
    drawdown_pct: Figure
    daily_pnl_pct: Figure
    gross_exposure: Figure
    net_exposure: Figure
    unrealised: Figure
    positions: int
    concentration_pct: Figure
    leverage: Figure
    risk_score: Figure
    volatility_pct: Figure
    level: str
    breaker: str
    emergency: bool
    trusted: bool


class Limits(Answer):
    """The limits in force, how much of each is used, and what is to change."""

    version: str
    in_force: dict[str, Any] = Field(description="the section risk as it holds now")
    used: list[Gauge]
    file_version: str | None
    changes: list[dict[str, Any]]
    proposals: list[dict[str, Any]]
    overrides: list[dict[str, Any]]
    unacknowledged: dict[str, Any] | None


class Why(Answer):
    """A rule that had something against an entry."""

    rule: str
    measured: Figure
    limit: Figure
    text: str


class Decided(Answer):
    """The answer to one proposed entry."""

    at: datetime
    pair: str
    side: str
    kind: str
    verdict: Literal["allowed", "capped", "refused"]
    proposed: Figure
    stake: Figure
    leverage: Figure
    level: str
    point: str
    limits: str
    reasons: list[Why]
    observed: list[Why]


class Stop(Answer):
    """A rule that stops a larger entry: with ``stake`` it would be content."""

    rule: str
    stake: Figure
    limit: Figure
    text: str | None


class Headroom(Answer):
    """How large an entry would pass now, and what stops a larger one."""

    pair: str
    side: str
    leverage: Figure
    exact: bool = Field(description="false: as of the bot's last look, for a pair not held yet")
    allowed: bool
    stake: Figure = Field(description="margin, in stake currency")
    notional: Figure
    text: str
    rules: list[Stop]


class Happened(Answer):
    """One record of the chain."""

    seq: int
    at: datetime
    kind: str
    detail: dict[str, Any]


class Health(Answer):
    """Whether the bot is there and its machinery works."""

    bot: str
    at: datetime | None
    age_s: float | None
    silent: bool
    software: str
    ledger: str
    consecutive_errors: int
    last_fault: str | None
    working_entries: int


class Session(Answer):
    """Who you are here, and what you may do."""

    server: str
    bots: list[str]
    registered: bool = Field(description="there are people; orders need a sign-in")
    signed_in: bool
    may_read: bool
    name: str | None
    role: Role | None
    may: list[str]
    owes: list[str] = Field(description="what has to be done before any order")


class Overview(Answer):
    """All that the page shows, in one answer."""

    session: Session
    status: Status
    used: list[Gauge]
    alerts: list[Alert]
    refusals: list[Decided]
    proposals: list[dict[str, Any]]
    overrides: list[dict[str, Any]]
    unacknowledged: dict[str, Any] | None
