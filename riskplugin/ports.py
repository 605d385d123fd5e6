"""What the service needs from outside, as protocols. Implementations live in ledger/, alerts/ and
adapter/.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from riskplugin.core.events import ControlHandled, Event
from riskplugin.core.state import RiskState


class LedgerError(RuntimeError):
    """The ledger could not be read or written; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A person's command to a bot, waiting in the ledger.

    ``command`` is one of ``riskplugin.core.commands.COMMANDS`` or of the commands that change
    limits; ``args`` is what it needs besides, as a JSON object ("" for nothing); ``via`` says where
    it was given: cli, rest, telegram, dashboard, watchdog.
    """

    id: int
    command: str
    by: str
    reason: str
    at: datetime
    args: str = ""
    via: str = ""

    def handled(self, outcome: str, at: datetime) -> ControlHandled:
        """The record of what became of it."""
        return ControlHandled(
            at=at,
            command=self.command,
            by=self.by,
            reason=self.reason,
            outcome=outcome,
            control=self.id,
            args=self.args,
            via=self.via,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """One row of the time series (MO-1). Amounts in stake currency, ratios as ratios."""

    at: datetime
    equity: float
    equity_change: float
    gross_exposure: float
    net_exposure: float
    unrealised: float
    drawdown: float
    daily_result: float
    positions: int
    concentration: float
    leverage: float
    risk_score: float
    volatility: float | None
    level: str
    breaker: str
    emergency: bool
    trusted: bool


class Ledger(Protocol):
    """Where a bot's events, state, metrics and commands are kept."""

    def load(self) -> RiskState:
        """The bot's state as last saved, or a fresh one. Raises LedgerError when unreadable."""

    def begin(self) -> None:
        """A backtest begins: it has no past. Raises LedgerError where there is one to keep."""

    def append(self, events: Sequence[Event], state: RiskState, *, relaxed: bool = False) -> None:
        """Write events and the state after them in one transaction, durably. Raises LedgerError.

        With ``relaxed`` the disk is not waited for: a power cut may take the record, a crash of
        the bot cannot.
        """

    def sample(self, metrics: Metrics, status: dict[str, Any]) -> None:
        """Keep one row of metrics and the status that other processes read. Raises LedgerError."""

    def controls(self) -> Sequence[Control]:
        """Commands not yet handled, oldest first. Raises LedgerError."""

    def settle(self, control_id: int, outcome: str) -> None:
        """Mark a command as handled. Raises LedgerError."""

    def close(self) -> None:
        """Release files and connections."""


class Subscriber(Protocol):
    """Hears of every event after it was recorded; what it raises is logged and skipped."""

    def __call__(self, event: Event) -> None: ...
