"""What the routes answer. Percent and stake currency, as on screens; null is "not known"."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from riskplugin.control.permissions import Role
from riskplugin.dashboard.account import Alert, Exposed, Figure, Holding, Status
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

    seq: int = Field(description="its place in the bot's chain")
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


class Decisions(Answer):
    """Decisions, newest first, as far as the search came in its time."""

    decisions: list[Decided]
    next: int | None = Field(description="go on with ?before=; null: there are no earlier ones")
    reached: datetime | None = Field(description="how far back the search came")


class Judged(Answer):
    """What one rule said of an entry."""

    rule: str
    verdict: Literal["allowed", "capped", "refused"]
    counts: bool = Field(description="false: the rule is only observed")
    stake: Figure = Field(description="the most that it would have allowed, where it is a cap")
    measured: Figure
    limit: Figure
    text: str | None


class Fact(Answer):
    """A figure that a decision rested on."""

    name: str
    value: Figure | str | bool | None


class DecidedWhole(Decided):
    """A decision with what every rule said, and what it rested on."""

    rules: list[Judged]
    asked: list[Fact] = Field(description="the entry as it was proposed")
    basis: list[Fact] = Field(description="the account as the rules saw it")


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


class Chain(Answer):
    """The bot's records."""

    trouble: str | None = Field(description="why they cannot be read, or believed")
    records: int
    signed: int | None = Field(description="the latest record that a checkpoint signs")
    signed_at: datetime | None


class Finding(Answer):
    """What the watchdog found wrong."""

    name: str
    severity: str
    text: str


class Watchdog(Answer):
    """The process beside the bot."""

    at: datetime | None
    age_s: Figure
    silent: bool
    action: str | None
    findings: list[Finding]


class Health(Answer):
    """Whether the bot is there and its machinery works."""

    bot: str
    at: datetime | None
    age_s: Figure
    silent: bool
    run_mode: str | None
    started: datetime | None
    software: str
    loop_s: Figure = Field(description="seconds between its last two looks")
    prices_s: Figure = Field(description="the age of the oldest price it judged by")
    ledger: str = Field(description="ok, or what is wrong with the records")
    chain: Chain
    consecutive_errors: int
    last_fault: str | None
    working_entries: int
    watchdog: Watchdog | None = Field(description="null: none has ever looked at this bot")


class Curve(Answer):
    """Equity and drawdown over time, column by column; each point stands for ``span_s`` seconds."""

    at: list[datetime] = Field(description="the last moment that each point stands for")
    equity: list[Figure]
    low: list[Figure]
    high: list[Figure]
    drawdown_pct: list[Figure] = Field(description="the deepest of the span")
    span_s: float


class Period(Answer):
    """A time in which the breaker was not closed."""

    state: Literal["open", "latched", "half_open"]
    begin: datetime
    end: datetime | None = Field(description="null: it lasts")
    text: str


class BotCard(Answer):
    """One bot among several, with the worst that can be said of it."""

    bot: str
    tone: Literal["good", "watch", "bad"]
    worst: str
    breaker: str | None
    at: datetime | None
    age_s: Figure
    equity: Figure
    daily_pnl_pct: Figure
    drawdown_pct: Figure
    exposure_pct: Figure
    risk_score: Figure
    level: str | None
    positions: int
    alerts: int
    used_pct: Figure = Field(description="of the limit that is used most")


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
    rules: list[str] = Field(description="the names of the rules that entries have to pass")


class Standing(Answer):
    """All that the page shows of one bot, for whoever may look."""

    status: Status
    used: list[Gauge]
    holdings: list[Holding]
    exposure: list[Exposed]
    alerts: list[Alert]
    health: Health
    head: int = Field(description="the latest record: there may be newer decisions")
    proposals: list[dict[str, Any]]
    overrides: list[dict[str, Any]]
    unacknowledged: dict[str, Any] | None


class Overview(Standing):
    """All that the page shows, in one answer."""

    session: Session
