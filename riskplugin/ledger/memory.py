"""The ledger of a backtest: keeps the present state, counts events, writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from riskplugin.core.events import Event
from riskplugin.core.state import RiskState
from riskplugin.ports import Control, Ledger, Metrics


def keep_all(_event: Event) -> bool:
    """Every event is worth keeping."""
    return True


class MemoryLedger(Ledger):
    """Holds the events for which ``keep`` answers True, and the number of all by kind.

    Made for one thread. It holds no lock and no connection, so that hyperopt can copy it.
    """

    def __init__(self, keep: Callable[[Event], bool] = keep_all) -> None:
        self.events: list[Event] = []
        self.counts: Counter[type[Event]] = Counter()
        self.state: RiskState | None = None
        self.metrics: Metrics | None = None
        self.status: dict[str, Any] = {}
        self._keep = keep

    def load(self) -> RiskState:
        """A fresh state: a backtest has no past."""
        return RiskState()

    def begin(self) -> None:
        """Forget the run before."""
        self.events = []
        self.counts = Counter()
        self.state = None

    def append(self, events: Sequence[Event], state: RiskState, *, relaxed: bool = False) -> None:
        """Count the events and keep the notable ones."""
        for event in events:
            self.counts[type(event)] += 1
            if self._keep(event):
                self.events.append(event)
        self.state = state

    def sample(self, metrics: Metrics, status: dict[str, Any]) -> None:
        """Keep the latest metrics and status only."""
        self.metrics, self.status = metrics, status

    def controls(self) -> Sequence[Control]:
        """None: nobody commands a backtest."""
        return ()

    def settle(self, control_id: int, outcome: str) -> None:
        """Nothing to mark."""

    def close(self) -> None:
        """Nothing to release."""
