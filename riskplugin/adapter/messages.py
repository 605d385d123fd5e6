"""Alerts through the bot's own channels: Telegram, Discord, webhook, log (AL-2).

Short enough for a phone, with the figures. A channel that fails is the service's to log.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from freqtrade.enums import RPCMessageType

from riskplugin.adapter import internals
from riskplugin.calm import calm_logger
from riskplugin.core import events as ev
from riskplugin.core.reconcile import slip_text

if TYPE_CHECKING:
    from freqtrade.data.dataprovider import DataProvider

logger = calm_logger(__name__)

#: How many messages may wait for a channel that hangs.
OUTBOX = 1000
#: The same warning or fault is said again after this long.
AGAIN_AFTER = timedelta(minutes=5)


class _Outbox:
    """Sends in a thread of its own: a dead webhook must not hold up a close-all (AL-1)."""

    def __init__(self) -> None:
        self._queue: queue.Queue[tuple[Any, str]] = queue.Queue(OUTBOX)
        self._thread: threading.Thread | None = None

    def put(self, hub: Any, text: str) -> None:
        """Leave a message; one that finds the outbox full is in the log only."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(
                target=self._send, name="riskplugin-alerts", daemon=True
            )
            self._thread.start()
        try:
            self._queue.put_nowait((hub, text))
        except queue.Full:
            logger.warning("riskplugin: the bot's channels are stuck; not sent: %s", text)

    def _send(self) -> None:
        while True:
            hub, text = self._queue.get()
            try:
                hub.send_msg({"type": RPCMessageType.WARNING, "status": text})
            except Exception:
                logger.exception("riskplugin: a message could not be sent")
            finally:
                self._queue.task_done()

    def drain(self) -> None:
        """Wait until every message has been handed over."""
        self._queue.join()


class BotMessages:
    """Subscriber: says what people have to know, at once, on every channel of the bot."""

    def __init__(self, dp: DataProvider) -> None:
        self._dp = dp
        self._said: dict[str, datetime] = {}
        self._outbox = _Outbox()

    def __call__(self, event: ev.Event) -> None:
        write = _TEXTS.get(type(event))
        text = None if write is None else write(event)
        if text is None or self._said_lately(event):
            return
        level = logging.CRITICAL if type(event) in _CRITICAL else logging.WARNING
        logger.log(level, "riskplugin: %s", text)
        hub = internals.rpc_manager(self._dp)
        if hub is not None:
            self._outbox.put(hub, f"riskplugin: {text}")

    def drain(self) -> None:
        """Wait until every message has been handed over to the bot's channels."""
        self._outbox.drain()

    def _said_lately(self, event: ev.Event) -> bool:
        """A warning that comes and goes around its value is said once in a while, not every
        loop.
        """
        name = _name_of(event)
        if name is None:
            return False
        before = self._said.get(name)
        if before is not None and timedelta(0) <= event.at - before < AGAIN_AFTER:
            return True
        self._said[name] = event.at
        return False


def _name_of(event: ev.Event) -> str | None:
    if isinstance(event, ev.WarningRaised):
        return f"warning {event.trigger.name}"
    return f"fault {event.source}" if isinstance(event, ev.FaultRecorded) else None


def _tripped(event: ev.BreakerTripped) -> str:
    why = "; ".join(trigger.text for trigger in event.triggers)
    return (
        f"BREAKER OPEN until {event.until:%H:%M:%S} UTC ({event.on_trip}). {why}. "
        f"Stopped: {event.stopped}. Not stopped: {event.not_stopped}."
    )


def _half_opened(event: ev.BreakerHalfOpened) -> str:
    by = f" by {event.by} ({event.reason})" if event.by else ""
    return f"breaker half-open{by}: probes only, measured from equity {event.equity:.2f}"


def _reclosed(event: ev.BreakerReclosed) -> str:
    return (
        f"breaker CLOSED: test passed; references re-based from peak {event.old_peak:.2f} "
        f"to equity {event.equity:.2f}"
    )


def _flat(event: ev.FlattenVerified) -> str:
    parts = [f"{o.pair} {o.profit:+.2f}" for o in event.outcomes]
    return (
        f"book verified FLAT after {event.seconds:.1f} s, {event.attempts} orders: "
        f"{', '.join(parts) or 'nothing was open'}"
    )


def _failed(event: ev.OrderFailed) -> str | None:
    if not event.uncertain or event.reduces:
        return None
    return f"entry on {event.pair} has an unknown fate ({event.error}); no further entry on it"


def _control(event: ev.ControlHandled) -> str:
    return f"{event.command} by {event.by} ({event.reason}): {event.outcome}"


def _records(event: ev.RecordsRead) -> str | None:
    if not event.correction:
        return None
    return f"trades changed by {-event.correction:+.2f} without a fill: equity is left as it is"


def _checked(event: ev.FillChecked) -> str | None:
    texts = [*event.findings, *([slip_text(event)] if event.slipped else [])]
    return "; ".join(texts) or None


_TEXTS: dict[type[ev.Event], Callable[[Any], str | None]] = {
    ev.BreakerTripped: _tripped,
    ev.BreakerEscalated: lambda e: f"BREAKER now also acts on the book ({e.on_trip}): {e.reason}",
    ev.BreakerHalfOpened: _half_opened,
    ev.BreakerReclosed: _reclosed,
    ev.BreakerLatched: lambda e: (
        f"BREAKER LATCHED by {e.by}: {e.reason}. A person has to re-arm it"
    ),
    ev.EmergencyEntered: lambda e: f"EMERGENCY MODE by {e.by}: {e.reason}",
    ev.EmergencyLeft: lambda e: f"emergency mode left by {e.by}: {e.reason}",
    ev.FlattenOrdered: lambda e: (
        f"CLOSING EVERYTHING ({len(e.trade_ids)} trades) by {e.by}: {e.reason}"
    ),
    ev.FlattenVerified: _flat,
    ev.WarningRaised: lambda e: f"warning: {e.trigger.text}",
    ev.EquityDistrusted: lambda e: f"balance UNTRUSTED, entries stopped: {e.reason}",
    ev.EquityTrusted: lambda e: f"balance trusted again: {e.reason}",
    ev.FaultRecorded: lambda e: f"fault in {e.source}: {e.text}",
    ev.OrderFailed: _failed,
    ev.FillChecked: _checked,
    ev.ClockSetBack: lambda e: f"the clock was set back to {e.at:%Y-%m-%d %H:%M:%S} UTC",
    ev.MismatchFound: lambda e: f"wallet and trades DISAGREE, entries stopped: {e.text}",
    ev.MismatchCleared: lambda e: f"wallet and trades agree again: {e.text}",
    ev.RecordsRead: _records,
    ev.ControlHandled: _control,
}
_CRITICAL = frozenset(
    {ev.BreakerTripped, ev.BreakerLatched, ev.EmergencyEntered, ev.FlattenOrdered}
)
