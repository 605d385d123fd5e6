"""What a start would make of the saved state: it, and the records behind it that changed it."""

from __future__ import annotations

from collections.abc import Callable

from riskplugin.core.events import Event
from riskplugin.core.state import RiskState
from riskplugin.ledger.form.codec import CodecError, decode_state
from riskplugin.ledger.proof.evidence import State


class Retold:
    """Takes all events in order. ``saved`` is the state as it was saved, ``state`` what it became,
    each None when it cannot be told; ``error`` says why.
    """

    def __init__(self, row: State, opened: Callable[[bytes], bytes]) -> None:
        self.saved: RiskState | None = None
        self.state: RiskState | None = None
        self.error: str | None = None
        self._behind = range(row.seq + 1, (row.last or 0) + 1)
        try:
            payload = opened(row.payload)
            self.saved, self.state = decode_state(payload), decode_state(payload)
        except CodecError as error:
            self.error = f"the saved state cannot be read: {error}"

    def take(self, event: Event, place: int) -> None:
        """Fold the event if a start would."""
        if self.state is None or place not in self._behind:
            return
        try:
            self.state.observe(event)
        except Exception as error:  # noqa: BLE001  # whatever it is, a start would fail, too
            self.state = None
            self.error = f"record {place} cannot follow on the saved state: {error}"
