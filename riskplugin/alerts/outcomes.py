"""What became of messages: told by the channels' threads, recorded by the desk's (AL-1)."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from riskplugin.calm import calm_logger
from riskplugin.core import events as ev
from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.alerts.entries import Owed
from riskplugin.core.alerts.plan import AlertPlan
from riskplugin.core.alerts.rules import told
from riskplugin.core.alerts.tellings import WARNING, Raise, Resolve, Telling
from riskplugin.core.alerts.wording import joined
from riskplugin.core.levels import Severity

logger = calm_logger(__name__)

#: Seconds after which people hear elsewhere that a channel takes nothing.
SILENT_AFTER = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A channel took ``messages``, or none of them because of ``error``."""

    channel: str
    messages: tuple[int, ...]
    error: str | None


class Outcomes:
    """Reports of channels until they are recorded. Only the desk's thread takes them out."""

    def __init__(self) -> None:
        self._reports: deque[Outcome] = deque()
        self._failing: dict[str, float] = {}
        self._errors: dict[str, str] = {}
        self._lock = threading.Lock()

    def report(self, channel: str, messages: tuple[int, ...], error: str | None) -> None:
        """From a channel's thread: what became of an attempt."""
        with self._lock:
            self._reports.append(Outcome(channel, messages, error))
            if error is None:
                self._failing.pop(channel, None)
            else:
                self._failing.setdefault(channel, time.monotonic())
                self._errors[channel] = error

    def waiting(self) -> list[Outcome]:
        """What is not recorded yet."""
        with self._lock:
            return list(self._reports)

    def recorded(self, outcomes: list[Outcome]) -> None:
        """These are: the oldest ones."""
        with self._lock:
            for _ in outcomes:
                self._reports.popleft()

    def silence(self, book: AlertBook) -> Iterator[Telling]:
        """That a channel has been taking nothing for a while, and that one takes messages again."""
        with self._lock:
            since, errors = dict(self._failing), dict(self._errors)
        for channel, begun in since.items():
            if time.monotonic() - begun >= SILENT_AFTER and not _told_silent(book, channel):
                waiting = sum(owed.channel == channel for owed in book.owed)
                said = f"the channel {channel} takes nothing: {errors[channel]}. Waiting: {waiting}"
                key = _key(channel)
                yield Raise(
                    name="channel_silent", key=key, severity=WARNING, said=said, lasting=True
                )


def events_of(outcomes: list[Outcome], book: AlertBook, at: datetime) -> list[ev.Event]:
    """What is recorded of them: each message that was taken; of failures only the beginning of an
    outage, and only of one that lasts until now.
    """
    taken: dict[str, tuple[int, ...]] = {}
    last: dict[str, str | None] = {}
    for outcome in outcomes:
        last[outcome.channel] = outcome.error
        if outcome.error is None:
            taken[outcome.channel] = (*taken.get(outcome.channel, ()), *outcome.messages)
    failed = [(n, e) for n, e in last.items() if e is not None and n not in book.silent]
    for name, error in failed:
        logger.warning("riskplugin: the channel %s takes nothing: %s", name, error)
    return [
        *(ev.AlertSent(at=at, channel=name, messages=numbers) for name, numbers in taken.items()),
        *(ev.AlertFailed(at=at, channel=name, error=error) for name, error in failed),
    ]


def speaking(outcomes: list[Outcome], book: AlertBook) -> list[Telling]:
    """The end of an outage that people were told of."""
    back = dict.fromkeys(o.channel for o in outcomes if o.error is None)
    return [
        Resolve(keys=(_key(name),), said=f"the channel {name} takes messages again")
        for name in back
        if _told_silent(book, name)
    ]


def given_up(
    book: AlertBook, channels: Collection[str], plan: AlertPlan, at: datetime
) -> list[ev.Event]:
    """What is owed to channels that are not configured any more is given up on record. What people
    should have heard there they hear where alerts go now.
    """
    made: list[ev.Event] = []
    gone = dict.fromkeys(o.channel for o in book.owed if o.channel not in channels)
    for name in gone:
        owed = [o for o in book.owed if o.channel == name]
        numbers = tuple(o.number for o in owed)
        why = "there is no such channel here any more"
        logger.warning("riskplugin: %d messages for %s are given up: %s", len(owed), name, why)
        made.append(ev.AlertDropped(at=at, channel=name, messages=numbers, why=why))
        news = [o for o in owed if _news(book, o)]
        if news:
            lost = joined(book, news)
            telling = Raise(
                name="channel_gone",
                key=f"channel_gone {name}",
                severity=lost.severity,
                said=f"the channel {name} is gone from the configuration. It was owed {lost.text}",
                fresh=True,
            )
            made += told(book, [telling], plan.only(frozenset(channels)), at)
    return made


def _news(book: AlertBook, owed: Owed) -> bool:
    """Somebody would still have to do something about it."""
    alert = book.alert(owed.alert)
    return alert is not None and not alert.over and alert.severity is not Severity.INFO


def _key(channel: str) -> str:
    return f"channel_silent {channel}"


def _told_silent(book: AlertBook, channel: str) -> bool:
    known = book.known(_key(channel))
    return known is not None and not known.over
