"""The watchdog's own dead man's switch: a service elsewhere is called, and misses the calls."""

from __future__ import annotations

import threading
import urllib.request

from riskplugin.calm import calm_logger

logger = calm_logger(__name__)

TIMEOUT_S = 10.0


class Heartbeat:
    """Calls ``url`` once for each :meth:`beat`, from a thread: it must not slow the watchdog.

    One call at a time: while a service hangs the next beats are left out.
    """

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._thread: threading.Thread | None = None

    def beat(self) -> None:
        """Call, unless there is no address, or the call before is still under way."""
        if self._url is None or (self._thread is not None and self._thread.is_alive()):
            return
        self._thread = threading.Thread(
            target=_call, args=(self._url,), name="riskplugin-heartbeat", daemon=True
        )
        self._thread.start()


def _call(url: str) -> None:
    """The address may hold a token, so that no error's own text is written down."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S):  # noqa: S310  # http(s)
            return
    except Exception as error:  # noqa: BLE001  # of a service that speaks nonsense, too
        logger.warning("riskplugin: the heartbeat was not taken: %s", type(error).__name__)
