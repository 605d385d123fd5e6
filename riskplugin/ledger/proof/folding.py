"""Folds a bot's records into its state, past gaps and changes of riskplugin."""

from __future__ import annotations

from riskplugin.core.events import Event, RecordsLost, SessionStarted, StateCarried
from riskplugin.core.state import RiskState
from riskplugin.ledger.form.codec import decode_state
from riskplugin.ledger.form.odd import SEALED


class Folding:
    """Takes events in order; ``state`` is what they give.

    ``gap`` says why the state cannot be told, None when it can. ``software`` are the riskplugins
    that folded since the state was last recorded as a whole.
    """

    def __init__(self) -> None:
        self.state = RiskState()
        self.gap: str | None = None
        self.software: set[str] = set()

    def take(self, event: Event, place: int) -> None:
        """Fold one event.

        Raises CodecError for a whole state that cannot be read, and whatever the state raises for
        an event that cannot follow.
        """
        match event:
            case SessionStarted():
                self.software.add(event.software)
            case RecordsLost():
                self.gap = (
                    f"{event.count} records were lost at record {place} while the ledger could not "
                    "be written"
                )
            case StateCarried() if event.saved == SEALED:
                self.gap = f"the state that record {place} carries is sealed, and no key opens it"
            case StateCarried():
                self.state, self.gap = decode_state(event.saved), None
                self.software = {event.software}
                return
        if self.gap is None:
            self.state.observe(event)
