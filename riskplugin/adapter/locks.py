"""The breaker mirrored into freqtrade's own pair locks, for /locks, FreqUI and the log (CB-9).

One long lock per opening; other people's locks are left alone. Enforcement does not rely on it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from freqtrade.persistence import PairLocks
from freqtrade.persistence.models import PairLock

from riskplugin.core import events as ev

#: Every lock of ours begins so.
PREFIX = "riskplugin: "
#: A latched breaker has no end; its lock ends after a year, the latch itself does not.
LATCH_LOCK = timedelta(days=365)
_REASON_LENGTH = 250


class LockMirror:
    """Subscriber: sets a global lock while no entry may pass, and takes only its own away."""

    def __call__(self, event: ev.Event) -> None:
        try:
            self._mirror(event)
        except Exception:
            PairLock.session.rollback()  # the session is the bot's own: it must stay usable
            raise

    def _mirror(self, event: ev.Event) -> None:
        if isinstance(event, ev.BreakerTripped):
            text = "; ".join(trigger.text for trigger in event.triggers)
            self._lock(f"breaker open: {text}", event.until, event.at)
        elif isinstance(event, ev.BreakerLatched):
            text = f"breaker latched by {event.by}: {event.reason}"
            self._lock(text, event.at + LATCH_LOCK, event.at)
        elif isinstance(event, ev.BreakerHalfOpened | ev.BreakerReclosed):
            self._release()

    def _lock(self, text: str, until: datetime, at: datetime) -> None:
        self._release()
        PairLocks.lock_pair("*", until, (PREFIX + text)[:_REASON_LENGTH], now=at)

    def _release(self) -> None:
        ours = [
            lock
            for lock in PairLocks.get_pair_locks(None, datetime.now(UTC))
            if (lock.reason or "").startswith(PREFIX)
        ]
        for lock in ours:
            lock.active = False
        if ours and PairLocks.use_db:
            PairLock.session.commit()
