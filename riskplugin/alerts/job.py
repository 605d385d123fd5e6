"""One attempt to send, in a thread of its own: a channel that hangs can be given up."""

from __future__ import annotations

import threading
import time

from riskplugin.alerts.sink import Letter, Sink
from riskplugin.core.alerts.entries import Owed
from riskplugin.redaction import hushed


class Job:
    """Sends a letter for the messages ``batch``; ``error`` says what went wrong, None for nothing.

    It may end long after nobody waits for it any more.
    """

    def __init__(self, sink: Sink, letter: Letter, batch: tuple[Owed, ...], name: str) -> None:
        self.batch = batch
        self.error: str | None = "it ended without an answer"
        self.given_up = 0
        self.begun = time.monotonic()
        self._sink, self._letter = sink, letter
        self._done = threading.Event()
        threading.Thread(target=self._run, name=f"riskplugin-send-{name}", daemon=True).start()

    def ended(self, seconds: float) -> bool:
        """Whether it has ended, waiting for it so long."""
        return self._done.wait(seconds)

    def _run(self) -> None:
        try:
            self._sink(self._letter)
            self.error = None
        except BaseException as error:  # noqa: BLE001  # even one that wants to end the process
            self.error = _said(error)
        finally:
            self._done.set()


def _said(error: BaseException) -> str:
    """What went wrong, without secrets; some errors cannot even say what they are."""
    kind = type(error).__name__
    try:
        return hushed(f"{kind}: {error}")[:300]
    except Exception:  # noqa: BLE001  # whatever its __str__ does
        return kind
