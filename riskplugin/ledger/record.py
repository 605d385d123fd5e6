"""An event as it stands in the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from riskplugin.core.events import Event
from riskplugin.ledger.form.codec import decode
from riskplugin.ledger.privacy.confidential import Opener


@dataclass(frozen=True, slots=True)
class Record:
    """An event as it stands in the ledger: its place in the bot's chain, its bytes and hash."""

    seq: int
    at: datetime
    kind: str
    payload: bytes
    hash: bytes
    _opener: Opener | None = field(default=None, repr=False, compare=False)

    @property
    def clear(self) -> bytes:
        """The bytes with encrypted texts opened, "(sealed)" without the key. Not those hashed."""
        return self.payload if self._opener is None else self._opener.read(self.payload)

    @property
    def event(self) -> Event:
        """The event itself. Raises CodecError when its bytes cannot be read."""
        return decode(self.clear)
