"""Stands in for a ledger that cannot be opened while positions are open, and keeps nothing.

The service that gets it starts latched: entries are refused, stops and exits run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from riskplugin.core.events import Event
from riskplugin.core.state import RiskState
from riskplugin.ports import Control, Ledger, LedgerError, Metrics


class UnavailableLedger(Ledger):
    """Raises ``cause`` at every use."""

    def __init__(self, cause: LedgerError) -> None:
        self._cause = cause

    def load(self) -> RiskState:
        """Raises LedgerError."""
        self._refuse()

    def begin(self) -> None:
        """Raises LedgerError."""
        self._refuse()

    def append(self, events: Sequence[Event], state: RiskState, *, relaxed: bool = False) -> None:
        """Raises LedgerError."""
        self._refuse()

    def sample(self, metrics: Metrics, status: dict[str, Any]) -> None:
        """Raises LedgerError."""
        self._refuse()

    def controls(self) -> Sequence[Control]:
        """Raises LedgerError."""
        self._refuse()

    def settle(self, control_id: int, outcome: str) -> None:
        """Raises LedgerError."""
        self._refuse()

    def close(self) -> None:
        """Nothing is held."""

    def _refuse(self) -> NoReturn:
        raise LedgerError(f"{self._cause}; mend it, then restart the bot")
