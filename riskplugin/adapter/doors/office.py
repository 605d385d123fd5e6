"""The bot's own office: one desk, at which an order is carried out at once, loop or no loop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from riskplugin.adapter.botconfig import read_config, user_data
from riskplugin.adapter.doors.room import room_for
from riskplugin.adapter.registry import session_for
from riskplugin.adapter.session import RiskSession
from riskplugin.bootstrap import ledger_url
from riskplugin.calm import calm_logger
from riskplugin.control.people import People, open_people
from riskplugin.control.permissions import TIGHTENING
from riskplugin.core.levels import Side
from riskplugin.dashboard.ledger_desk import LedgerDesk
from riskplugin.dashboard.office import Given
from riskplugin.ledger import open_reader
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ports import LedgerError
from riskplugin.status import of_state

logger = calm_logger(__name__)


class BotDesk(LedgerDesk):
    """The desk inside the bot: it knows prices, and need not wait for the loop."""

    def __init__(self, session: RiskSession, reader: LedgerReader, via: str) -> None:
        super().__init__(reader, session.bot, via)
        self.session = session

    def status(self) -> dict[str, Any] | None:
        """What the bot said at its last loop, and what holds now: an order may have come since."""
        told = super().status()
        return None if told is None else told | of_state(self.session.service.state)

    def order(self, command: str, *, by: str, reason: str, args: Mapping[str, Any]) -> Given:
        """Leave the order in the ledger and carry it out in this thread.

        A ledger that takes nothing stops no order that takes risk away: those need none.
        """
        try:
            given = super().order(command, by=by, reason=reason, args=args)
        except LedgerError:
            if command not in TIGHTENING:
                raise
            logger.exception("riskplugin: %s by %s could not be left in the ledger", command, by)
            return Given(None, self._at_once(command, by=by, reason=reason))
        self.obey()
        return given

    def obey(self) -> bool:
        """Carry out what waits in the ledger; False when that is left to the loop."""
        try:
            self.session.service.obey(self.session.look(datetime.now(UTC)))
        except Exception:  # whatever keeps this thread from looking at the book
            logger.exception("riskplugin: an order has to wait for the bot's loop")
            return False
        return True

    def room(self, pair: str, side: Side, leverage: float | None) -> dict[str, Any] | None:
        """The largest entry that would pass now."""
        return room_for(self.session, pair, side, leverage)

    def _at_once(self, command: str, *, by: str, reason: str) -> str:
        book = self.session.look(datetime.now(UTC))
        return self.session.service.command(command, by=by, reason=reason, book=book, via=self.via)


class BotOffice:
    """Finds the session that guards the bot now: it is another one after a reload."""

    patience = 8.0
    own_login = True

    def __init__(self, via: str, config: Callable[[], Any]) -> None:
        self.via = via
        self._config = config
        self._lock = threading.Lock()
        self._session: RiskSession | None = None
        self._people: People | None = None
        self._reader: LedgerReader | None = None

    @property
    def session(self) -> RiskSession:
        """The session of the running bot. Raises LedgerError while there is none."""
        session = session_for(self._config())
        if session is None:
            raise LedgerError("no guarded bot is running here now")
        with self._lock:
            if session is not self._session:
                self._forget()
                self._session = session
        return session

    @property
    def people(self) -> People:
        """Who is registered in the bot's ledger."""
        session = self.session
        with self._lock:
            if self._people is None:
                risk, folder = _place(session)
                self._people = open_people(risk, folder, session.redactor)
            return self._people

    @property
    def reader(self) -> LedgerReader:
        """The bot's ledger as everybody else reads it."""
        session = self.session
        with self._lock:
            if self._reader is None:
                risk, folder = _place(session)
                self._reader = open_reader(
                    ledger_url(risk, folder), base_dir=folder, redactor=session.redactor
                )
            return self._reader

    def bots(self) -> list[str]:
        """The one that runs here."""
        return [self.session.bot]

    def desk(self, bot: str) -> BotDesk:
        """The bot's desk."""
        return BotDesk(self.session, self.reader, self.via)

    def guest(self, login: str | None) -> str:
        """Whoever has the password of the bot's API."""
        return login or "api"

    def _forget(self) -> None:
        reader, self._reader, self._people = self._reader, None, None
        if reader is not None:
            reader.close()


def _place(session: RiskSession) -> tuple[Any, Path]:
    return read_config(session.config), user_data(session.config)
