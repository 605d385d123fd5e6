"""A ledger that does everything but write: canonical bytes and the hash chain, no disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from riskplugin.core.events import Event
from riskplugin.core.state import RiskState
from riskplugin.ledger.form.codec import encode
from riskplugin.ledger.proof.chain import genesis, link
from riskplugin.ports import Control, Ledger, Metrics


class ChainedLedger(Ledger):
    """Keeps the chain's head and the number of records."""

    def __init__(self, state: RiskState) -> None:
        self.head = genesis("bench")
        self.records = 0
        self._state = state

    def load(self) -> RiskState:
        """The state it was made with."""
        return self._state

    def begin(self) -> None:
        """No past to forget."""

    def append(self, events: Sequence[Event], state: RiskState, *, relaxed: bool = False) -> None:
        """Encode and chain each event."""
        for event in events:
            self.head = link(self.head, encode(event))
            self.records += 1

    def sample(self, metrics: Metrics, status: dict[str, Any]) -> None:
        """Keep nothing."""

    def controls(self) -> Sequence[Control]:
        """None."""
        return ()

    def settle(self, control_id: int, outcome: str) -> None:
        """Nothing to mark."""

    def close(self) -> None:
        """Nothing to release."""
