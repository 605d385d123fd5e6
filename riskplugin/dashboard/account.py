"""A bot's account as it tells it: the status, with its parts. Percent and stake currency; null is
"not known".
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from riskplugin.dashboard.replies import Answer


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


#: A number, or null where there is none that JSON can hold.
Figure = Annotated[float | None, BeforeValidator(_finite)]


class Told(Answer):
    """What a bot says of itself: more than is named here may be there."""

    model_config = ConfigDict(frozen=True, extra="allow")


class HalfOpen(Told):
    """The test that the breaker has to pass."""

    since: datetime | None
    equity: Figure
    wins: int
    losses: int


class Breaker(Told):
    """The circuit breaker."""

    state: str
    open_until: datetime | None
    reasons: list[str]
    latched_by: str | None
    trips: int
    half_open: HalfOpen


class Emergency(Told):
    """Emergency mode."""

    active: bool
    by: str | None
    since: datetime | None


class Closing(Told):
    """A close-all under way."""

    active: bool
    by: str | None
    orders: int
    closed: list[dict[str, Any]]


class Position(Told):
    """One open position."""

    trade_id: int | None
    pair: str
    side: str
    notional: Figure
    stake: Figure
    leverage: Figure
    unrealised: Figure
    stop_price: Figure
    liquidation_price: Figure


class Holding(Answer):
    """An open position and what it puts at risk."""

    trade_id: int | None
    pair: str
    side: str
    amount: Figure
    leverage: Figure
    notional: Figure
    unrealised: Figure
    price: Figure = Field(description="that it is judged by")
    stop_price: Figure
    liquidation_price: Figure
    stop_pct: Figure = Field(description="the way to the stop, percent of the price")
    liquidation_pct: Figure = Field(description="the way to liquidation, percent of the price")
    risk: Figure = Field(description="lost from here if the stop is hit, without slippage")
    risk_pct: Figure = Field(description="the same in percent of equity")


class Exposed(Answer):
    """What is held in one pair and direction, working entries included."""

    pair: str
    side: str
    notional: Figure
    working: Figure
    share_pct: Figure = Field(description="of equity")


class Alert(Told):
    """One alert."""

    id: int
    name: str
    severity: str
    text: str
    at: datetime | None
    acknowledged_by: str | None = None
    of: str | None = Field(default=None, description="whose it is, where not the bot's own")


class Status(Told):
    """The account as the bot saw it at its last look."""

    bot: str
    at: datetime
    age_s: float = Field(description="seconds since the bot said this")
    silent: bool = Field(description="the bot has said nothing for too long")
    limits_version: str
    breaker: Breaker
    emergency: Emergency
    closing: Closing
    equity: Figure
    peak_equity: Figure
    trusted: bool
    untrusted_reason: str | None
    drawdown_pct: Figure
    daily_pnl_pct: Figure
    exposure_pct: Figure
    risk_score: Figure
    score: dict[str, Figure]
    level: str
    positions: list[Position]
    working_entries: int
    warnings: list[str]
    losing_streak: int
    consecutive_errors: int
    last_fault: str | None
