"""One live bot's ledger, on SQLite or PostgreSQL: one thread at a time, errors in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from threading import RLock
from types import TracebackType
from typing import Any

from riskplugin.core.events import Event
from riskplugin.core.state import RiskState
from riskplugin.ledger.database import Durability, Target, failure
from riskplugin.ledger.held import Held, Rows
from riskplugin.ledger.journal import Journal
from riskplugin.ledger.statements import Statements, metrics_row, status_text
from riskplugin.ledger.tables import micros, moment, now
from riskplugin.ports import Control, Ledger, LedgerError, Metrics

#: What values raise that no column can take, or that none of us wrote.
_UNWRITABLE = (TypeError, ValueError, ArithmeticError)


class SqlLedger(Ledger):
    """Events, state, metrics and commands of ``bot``; safe to use from several threads.

    ``load`` comes before the first ``append``: one that would replace a saved state which was not
    read, or is damaged, raises LedgerError. (A fresh database needs no load.) After a failed write
    the ledger connects afresh at the next call; the same events may be given again with it, and
    are recorded once even if the connection was lost in the middle of a commit.
    """

    def __init__(self, to: Target, bot: str, durability: Durability = "full") -> None:
        self.bot = bot
        self._database = Held(to, durability)
        self._sql = Statements(self._database)
        self._journal = Journal(self._database, self._sql, bot)
        self._lock = RLock()

    def connect(self) -> None:
        """Open the database now, creating or upgrading its tables. Raises LedgerError."""
        with self._turn("opening"):
            self._database.cursor()

    def load(self) -> RiskState:
        """The state as last saved, or a fresh one.

        Raises LedgerError when it cannot be read or is damaged; nothing is changed on disk.
        """
        with self._turn("reading the state"):
            return self._journal.load()

    def append(self, events: Sequence[Event], state: RiskState) -> None:
        """Write events and the state after them in one transaction, on disk when this returns."""
        with self._turn("recording"):
            self._journal.append(events, state)

    def sample(self, metrics: Metrics, status: dict[str, Any]) -> None:
        """Keep one row of metrics and the status that other processes read."""
        with self._turn("keeping metrics"):
            at = micros(metrics.at)
            told = {"bot": self.bot, "at": at, "payload": status_text(status)}
            row = metrics_row(metrics) | {"bot": self.bot, "at": at}
            rows: Rows = [(self._sql.sample, row), (self._sql.status, told)]
            self._database.write(rows, relaxed=True)

    def controls(self) -> Sequence[Control]:
        """Commands not yet handled, oldest first."""
        with self._turn("reading commands"):
            rows = self._database.read(self._sql.waiting, {"bot": self.bot})
        return [
            Control(id=id_, command=command, by=by, reason=reason, at=moment(at))
            for id_, command, by, reason, at in rows
        ]

    def settle(self, control_id: int, outcome: str) -> None:
        """Mark a command as handled; one that is handled already keeps its first outcome."""
        with self._turn("settling a command"):
            row = {"for_bot": self.bot, "for_id": control_id}
            self._database.write(
                [(self._sql.settle, row | {"outcome": outcome, "handled_at": now()})]
            )

    def close(self) -> None:
        """Release file and connection."""
        with self._lock:
            self._database.close()

    def _turn(self, doing: str) -> _Turn:
        return _Turn(self._lock, self._database, doing)


class _Turn:
    """The use of the connection by one thread; what fails in it becomes a LedgerError.

    A class, because a generator would cost a tenth of an append.
    """

    __slots__ = ("_database", "_doing", "_lock")

    def __init__(self, lock: RLock, database: Held, doing: str) -> None:
        self._lock = lock
        self._database = database
        self._doing = doing

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.release()
        if isinstance(error, (LedgerError, *self._database.errors, *_UNWRITABLE)):
            raise failure(self._doing, self._database.target, error) from error
