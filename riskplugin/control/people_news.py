"""Follows the chain of people for one bot, so that others hear of changes (AL-1, AU-5).

People are changed by the command line and by doors, which have no channels; the bots tell of it. Of
several bots on one ledger only one does: the first by name that is running, and when it does not,
after a while the next. How far it is told stands in the chain of whoever told it, together with the
alerts: so nothing is left out by a crash, and told twice only if two bots take it up at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from riskplugin.alerts.keeping import News, wall_clock
from riskplugin.control.directory import Entry
from riskplugin.control.people_chain import ChangedError, PeopleChain
from riskplugin.control.people_tellings import telling_of
from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.alerts.tellings import CRITICAL, Raise, Resolve
from riskplugin.core.events import PEOPLE_CHAIN, Event, PeopleFollowed
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.store.tables import micros, status
from riskplugin.ports import LedgerError

#: Seconds between two looks at the chain.
EVERY = 2.0
#: Seconds that the first bot has before the second one tells, and so on.
TURN = 5.0
#: A bot that said nothing for so long is not running.
SILENT = timedelta(minutes=2)

_DAMAGED = "people_damaged"


class PeopleNews:
    """Called every now and then with the alerts as they stand; answers what is to be told."""

    def __init__(
        self,
        chain: PeopleChain,
        reader: Callable[[], LedgerReader],
        *,
        bot: str,
        ticks: Callable[[], float] = time.monotonic,
        clock: Callable[[], datetime] = wall_clock,
    ) -> None:
        self._chain, self._open, self._bot = chain, reader, bot
        self._ticks, self._clock = ticks, clock
        self._heard: list[tuple[int, Raise]] = []
        self._looked: float | None = None
        self._since: float | None = None
        self._height = -1
        self._reader: LedgerReader | None = None
        chain.listen(self._hear)

    def __call__(self, book: AlertBook) -> News | None:
        """What is new, None for nothing; a ledger that cannot be read is told of elsewhere."""
        now = self._ticks()
        if self._looked is not None and now - self._looked < EVERY:
            return None
        self._looked = now
        try:
            return self._look(book, now)
        except ChangedError as error:
            said = f"{error}. Nobody can sign in"
            return News((Raise(name=_DAMAGED, severity=CRITICAL, said=said, lasting=True),), ())
        except LedgerError:
            return None

    def close(self) -> None:
        """Release the ledger."""
        if self._reader is not None:
            self._reader.close()

    def _hear(self, height: int, before: Entry | None, event: Event) -> None:
        telling = telling_of(before, event)
        if telling is not None:
            self._heard.append((height, telling))

    def _look(self, book: AlertBook, now: float) -> News | None:
        if self._reader is None:
            self._reader = self._open()
        height = _height(self._reader)
        if height != self._height:
            self._chain.read()
            self._height = height
        if not self._untold(book.people):
            return _mended(book)
        if not self._untold(_told(self._reader)) or not self._our_turn(self._reader, now):
            return None
        self._since = None
        told = PeopleFollowed(at=self._clock(), height=self._heard[-1][0])
        return News(tuple(telling for _, telling in self._heard), (told,))

    def _untold(self, told: int) -> bool:
        self._heard = [(height, each) for height, each in self._heard if height > told]
        if not self._heard:
            self._since = None
        return bool(self._heard)

    def _our_turn(self, reader: LedgerReader, now: float) -> bool:
        """Each running bot that comes before this one by name had time to tell."""
        if self._since is None:
            self._since = now
        since = micros(self._clock() - SILENT)
        query = select(status.c.bot).where(status.c.at >= since, status.c.bot < self._bot)
        with reader.connection("looking for other bots") as connection:
            before_us = len(connection.execute(query).all())
        return now - self._since >= TURN * before_us


def _height(reader: LedgerReader) -> int:
    latest = reader.records(PEOPLE_CHAIN, newest_first=True, limit=1)
    return latest[0].seq if latest else 0


def _told(reader: LedgerReader) -> int:
    """How far any bot has told it."""
    height = 0
    for bot in reader.bots():
        latest = reader.events(bot, kinds=[PeopleFollowed], limit=1, newest_first=True)
        height = max([height, *(e.height for e in latest if isinstance(e, PeopleFollowed))])
    return height


def _mended(book: AlertBook) -> News | None:
    known = book.known(_DAMAGED)
    if known is None or known.over:
        return None
    said = "the records of who people are can be read again"
    return News((Resolve(keys=(_DAMAGED,), said=said),), ())
