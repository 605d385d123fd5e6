"""What the digest of a day asks of the ledger, in bounded memory; knows no wording."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from riskplugin.core import events as ev
from riskplugin.ledger.reader import LedgerReader

_KINDS = (
    ev.DayStarted,
    ev.CapitalChanged,
    ev.TradeClosed,
    ev.EntryDecided,
    ev.BreakerTripped,
    ev.AlertRaised,
    ev.AlertAcknowledged,
)
#: Records that are looked at; a busy day has a few thousand.
MOST = 50_000
#: How finely the drawdown of a day is looked at: minutes.
POINTS = 1440


class DayReader:
    """The records of ``bot`` between two moments."""

    def __init__(self, reader: LedgerReader, bot: str) -> None:
        self._reader, self._bot = reader, bot

    def events(self, begun: datetime, until: datetime) -> Iterator[ev.Event]:
        """What happened that the digest counts, in order."""
        found = self._reader.records(self._bot, kinds=_KINDS, since=begun, limit=MOST)
        return (record.event for record in found if record.at < until)

    def deepest(self, begun: datetime, until: datetime) -> float | None:
        """The deepest drawdown as a ratio, None when nothing was measured."""
        points = self._reader.series(self._bot, begun, until, POINTS)
        return max((point.metrics.drawdown for point in points), default=None)

    def equity_at(self, until: datetime) -> float | None:
        """The equity that the day of ``until`` began with."""
        kinds = (ev.DayStarted,)
        found = self._reader.events(self._bot, kinds=kinds, since=until, limit=1)
        soon = (e for e in found if e.at - until < timedelta(seconds=1))
        return next((e.equity for e in soon if isinstance(e, ev.DayStarted)), None)
