"""One attempt to send, in a thread of its own: a channel that hangs can be given up."""

from __future__ import annotations

import threading

from riskplugin.alerts.sink import Letter, Sink
from riskplugin.core.alerts.book import Owed
from riskplugin.redaction import hushed


class Job:
    """Sends a letter for the messages ``batch``; ``error`` says what went wrong, None for nothing.

    It may end long after nobody waits for it any more.
    """

    def __init__(self, sink: Sink, letter: Letter, batch: tuple[Owed, ...], name: str) -> None:
        self.batch = batch
        self.error: str | None = None
        self.given_up = 0
        self._sink, self._letter = sink, letter
        self._done = threading.Event()
        threading.Thread(target=self._run, name=f"riskplugin-send-{name}", daemon=True).start()

    def ended(self, seconds: float) -> bool:
        """Whether it has ended, waiting for it so long."""
        return self._done.wait(seconds)

    def _run(self) -> None:
        try:
            self._sink(self._letter)
        except Exception as error:  # noqa: BLE001  # a channel may fail in any way it likes
            self.error = hushed(f"{type(error).__name__}: {error}")[:300]
        finally:
            self._done.set()
