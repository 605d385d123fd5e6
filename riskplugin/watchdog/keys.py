"""Do the watchdog's own keys work? Found out on a quiet day, not in the night of the crash."""

from __future__ import annotations

from riskplugin.watchdog.closer import Closer
from riskplugin.watchdog.venue import VenueError

#: Seconds between two trials, and after one that failed.
EVERY, AGAIN = 3600.0, 60.0


class Keys:
    """Call :meth:`trouble` once a round; without ``closer`` there are no keys."""

    def __init__(self, closer: Closer | None) -> None:
        self._closer = closer
        self._due: float | None = None
        self._trouble: str | None = None

    def trouble(self, clock: float) -> str | None:
        """Why they do not work, None when they do."""
        if self._closer is not None and (self._due is None or clock >= self._due):
            self._trouble = _tried(self._closer)
            self._due = clock + (EVERY if self._trouble is None else AGAIN)
        return self._trouble


def _tried(closer: Closer) -> str | None:
    try:
        closer.venue.check()
    except VenueError as error:
        return str(error)
    return None
