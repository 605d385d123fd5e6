"""Signals to the bot's process: SIGUSR1 closes everything, like the kill file (EM-2); and whether
the process was asked to stop.

A handler only sets a flag, which the next loop obeys. freqtrade's own signals are left alone.
"""

from __future__ import annotations

import signal
import sys
import threading
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING, Any
from weakref import finalize, ref

from riskplugin.calm import calm_logger

if TYPE_CHECKING:
    from riskplugin.adapter.session import RiskSession
    from riskplugin.core.book import Book

logger = calm_logger(__name__)

BY, REASON = "signal", "the bot's process was sent SIGUSR1"


class Bell:
    """Rings when the signal came. One for the process: a bot that is reloaded misses none."""

    def __init__(self) -> None:
        self.rung = False
        self.owner: object = None

    def ring(self, number: int, frame: FrameType | None) -> None:
        """The handler: it may interrupt anything, so it does nothing else."""
        self.rung = True

    def hang_up(self, owner: object) -> bool:
        """Listen for ``owner``, unless somebody else listens already. True when it listens."""
        wanted = getattr(signal, "SIGUSR1", None)
        if wanted is None or threading.current_thread() is not threading.main_thread():
            return False
        known = signal.getsignal(wanted)
        if known not in (signal.SIG_DFL, self.ring):
            logger.warning("riskplugin: SIGUSR1 is taken; it closes nothing here")
            return False
        signal.signal(wanted, self.ring)
        self.owner = owner
        return True

    def take_down(self, owner: object) -> None:
        """Give the signal back, unless another session listens by now."""
        if self.owner is not owner or threading.current_thread() is not threading.main_thread():
            return
        self.owner = None
        if signal.getsignal(signal.SIGUSR1) == self.ring:
            signal.signal(signal.SIGUSR1, signal.SIG_DFL)


BELL = Bell()


def listen(session: RiskSession) -> None:
    """From here on SIGUSR1 is heard, and a stop that was asked for is recorded as one."""
    ours, known, close = object(), ref(session), session.exchange.close
    if BELL.hang_up(ours):
        finalize(session, BELL.take_down, ours)

    def farewell(*args: Any, **kwargs: Any) -> Any:
        guarding = known()
        if guarding is not None:
            _asked_to_stop(guarding)
        return close(*args, **kwargs)

    session.exchange.close = farewell  # freqtrade's last word to us


def obey(session: RiskSession, book: Book) -> None:
    """Close everything if the signal came since the last loop: once for each."""
    if BELL.rung:
        BELL.rung = False
        session.service.command("close-all", by=BY, reason=REASON, book=book, via="signal")


def _asked_to_stop(session: RiskSession) -> None:
    """freqtrade ends on SIGTERM and on Ctrl-C by KeyboardInterrupt; whatever else ends it is a
    failure, and none at all a reload.
    """
    if isinstance(sys.exception(), KeyboardInterrupt):
        try:
            session.service.end(datetime.now(UTC))
        except Exception:
            logger.exception("riskplugin: that the bot was stopped could not be recorded")
