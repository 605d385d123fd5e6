"""When the breaker was not closed, and why: from its records. Pure but for the one read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from riskplugin.core import events as ev
from riskplugin.ledger.form.codec import CodecError
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.record import Record


@dataclass(frozen=True, slots=True)
class BreakerPeriod:
    """A time in which the breaker was ``open``, ``latched`` or ``half_open``; ``end`` is None
    while it lasts.
    """

    state: str
    begin: datetime
    end: datetime | None
    text: str


#: What opens, tests and closes the breaker. All are rare, so the ledger has them in an index.
_KINDS = (ev.BreakerTripped, ev.BreakerLatched, ev.BreakerHalfOpened, ev.BreakerReclosed)
#: The most records that are looked at; those before are older than anybody's chart.
_MOST = 1000


def periods(
    reader: LedgerReader, bot: str, since: datetime | None, until: datetime | None
) -> list[BreakerPeriod]:
    """The periods that touch the time from ``since`` to ``until``, oldest first."""
    records = reader.records(bot, kinds=_KINDS, limit=_MOST, newest_first=True)
    found = _periods(_read(reversed(records)))
    return [
        each
        for each in found
        if (since is None or each.end is None or each.end > since)
        and (until is None or each.begin < until)
    ]


def _read(records: Iterable[Record]) -> Iterator[ev.Event]:
    for record in records:
        try:
            yield record.event
        except CodecError:  # damaged: `riskplugin audit verify` says where
            continue


def _periods(events: Iterable[ev.Event]) -> Iterator[BreakerPeriod]:
    begun: tuple[str, datetime, str] | None = None
    for event in events:
        state, text = _state(event)
        if begun is not None and (begun[0] == state == "latched"):
            continue  # latched again: the first reason stands
        if begun is not None:
            yield BreakerPeriod(begun[0], begun[1], event.at, begun[2])
        begun = None if state is None else (state, event.at, text)
    if begun is not None:
        yield BreakerPeriod(begun[0], begun[1], None, begun[2])


def _state(event: ev.Event) -> tuple[str | None, str]:
    match event:
        case ev.BreakerTripped():
            return "open", "; ".join(t.text for t in event.triggers) or "tripped"
        case ev.BreakerLatched():
            return "latched", f"latched by {event.by}: {event.reason}"
        case ev.BreakerHalfOpened():
            by = f", re-armed by {event.by}" if event.by else ""
            return "half_open", f"testing with small probes{by}"
    return None, ""
