"""One live bot's ledger, on SQLite or PostgreSQL: one thread at a time, errors in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from time import monotonic
from typing import Any

from riskplugin.core.events import Event
from riskplugin.core.state import RiskState
from riskplugin.ledger.form.odd import SEALED
from riskplugin.ledger.journal import Journal
from riskplugin.ledger.metrics.keep import Keep
from riskplugin.ledger.metrics.rollups import Rollups
from riskplugin.ledger.privacy.confidential import Confidential
from riskplugin.ledger.proof.checkpoints import Checkpointer
from riskplugin.ledger.proof.plan import CheckpointPlan
from riskplugin.ledger.store.database import Durability, Target, failure
from riskplugin.ledger.store.held import Held, Rows
from riskplugin.ledger.store.statements import metrics_row, statements, status_text
from riskplugin.ledger.store.tables import micros, moment, now
from riskplugin.ports import Control, Ledger, LedgerError, Metrics

#: Seconds between two looks for metrics to roll up.
SHORTEN_EVERY = 60

#: What values raise that no column can take, or that none of us wrote.
_UNWRITABLE = (TypeError, ValueError, ArithmeticError)


class SqlLedger(Ledger):
    """Events, state, metrics and commands of ``bot``; safe to use from several threads.

    ``load`` comes before the first ``append``: one that would replace a saved state which was not
    read, or is damaged, raises LedgerError. (A fresh database needs no load.) After a failed write
    the ledger connects afresh at the next call; the same events may be given again with it, and
    are recorded once even if the connection was lost in the middle of a commit.
    """

    def __init__(
        self,
        to: Target,
        bot: str,
        durability: Durability = "full",
        *,
        keep: Keep | None = None,
        checkpoints: CheckpointPlan | None = None,
        confidential: Confidential | None = None,
    ) -> None:
        self.bot = bot
        self._database = Held(to, durability)
        self._sql = statements(self._database.make)
        self._confidential = confidential or Confidential()
        self._journal = Journal(self._database, self._sql, bot, self._confidential)
        self._asked: dict[int, tuple[str, str]] = {}
        self._rollups = None if keep is None else Rollups(self._database, bot, keep)
        self._shortened = -math.inf
        self._checkpointer = (
            None
            if checkpoints is None
            else Checkpointer(checkpoints, self._database, self._sql, bot)
        )
        self._lock = RLock()
        self._closed = False
        self._failures: tuple[type[BaseException], ...] = (
            LedgerError,
            *self._database.errors,
            *_UNWRITABLE,
        )

    def connect(self) -> None:
        """Open the database now, creating or upgrading its tables. Raises LedgerError."""
        with self._turn("opening"):
            self._database.cursor()
            self._confidential.connect(self._database, self.bot)

    def load(self) -> RiskState:
        """The state as the records tell it, or a fresh one.

        Raises LedgerError when it cannot be read or is damaged; nothing is changed on disk.
        """
        with self._turn("reading the state"):
            return self._journal.load()

    def begin(self) -> None:
        """Raises LedgerError: the records of a bot are never begun anew."""
        raise LedgerError("a bot's records are never begun anew; only a backtest has no past")

    def append(self, events: Sequence[Event], state: RiskState, *, relaxed: bool = False) -> None:
        """Write events and the state after them in one transaction, on disk when this returns.

        With ``relaxed`` the system has it by then, and the disk with the next record.
        """
        with self._lock:
            try:
                self._journal.append(events, state, relaxed=relaxed)
            except self._failures as error:
                raise failure("recording", self._database.target, error) from error

    def rebuild(self, events: Sequence[Event], state: RiskState) -> None:
        """As ``append``, without asking what state was saved before; see :mod:`repair`."""
        with self._turn("repairing the state"):
            self._journal.rebuild(events, state)

    def sample(self, metrics: Metrics, status: dict[str, Any]) -> None:
        """Keep one row of metrics and the status that other processes read.

        The records are signed when a checkpoint is due; that may fail and raises nothing. Once a
        minute some of the rows that are old enough are rolled up.
        """
        with self._turn("keeping metrics"):
            at = micros(metrics.at)
            text = self._confidential.payload(status_text(status).encode()).decode()
            told = {"bot": self.bot, "at": at, "payload": text}
            row = metrics_row(metrics) | {"bot": self.bot, "at": at}
            rows: Rows = [(self._sql.sample, row), (self._sql.status, told)]
            self._database.write(rows, relaxed=True)
            if self._checkpointer is not None:
                self._checkpointer.look(self._journal.head)
        if self._rollups is not None and monotonic() - self._shortened >= SHORTEN_EVERY:
            self._shortened = monotonic()
            with self._turn("rolling up metrics"):
                self._rollups.step(at)

    def say(self, status: dict[str, Any], at: datetime) -> None:
        """Keep the status that other processes read, without metrics: for who trades nothing."""
        with self._turn("keeping the status"):
            text = self._confidential.payload(status_text(status).encode()).decode()
            row = {"bot": self.bot, "at": micros(at), "payload": text}
            self._database.write([(self._sql.status, row)], relaxed=True)

    def controls(self) -> Sequence[Control]:
        """Commands not yet handled, oldest first."""
        with self._turn("reading commands"):
            rows = self._database.read(self._sql.waiting, {"bot": self.bot})
        read = self._confidential.read_column
        found = [
            Control(
                id=id_,
                command=command,
                by=read(by),
                reason=read(reason),
                at=moment(at),
                args=args,
                via=via,
            )
            for id_, command, by, reason, at, args, via in rows
        ]
        self._asked = {control.id: (control.by, control.reason) for control in found}
        return found

    def settle(self, control_id: int, outcome: str) -> None:
        """Mark a command as handled; one that is handled already keeps its first outcome.

        What the person typed stays as this ledger keeps texts: without secrets, sealed if it seals.
        """
        write = self._confidential.column
        with self._turn("settling a command"):
            row: dict[str, Any] = {"for_bot": self.bot, "for_id": control_id}
            row |= {"handled_at": now(), "outcome": self._outcome(outcome)}
            by, reason = self._asked.pop(control_id, (None, None))
            row["kept_by"] = None if by in (None, SEALED) else write(str(by))
            row["kept_reason"] = None if reason in (None, SEALED) else write(str(reason))
            self._database.write([(self._sql.settle, row)])

    def close(self) -> None:
        """Save the state, sign what is not signed yet; release file and connection."""
        with self._lock:
            if not self._closed:
                self._journal.finish()
            if self._checkpointer is not None and not self._closed:
                self._checkpointer.finish(self._journal.head)
            self._closed = True
            self._database.close()

    def _outcome(self, outcome: str) -> str:
        """That all went well is no secret, and is what the person waits for."""
        return outcome if outcome == "done" else self._confidential.column(outcome)

    @contextmanager
    def _turn(self, doing: str) -> Iterator[None]:
        """The use of the connection by one thread; what fails in it becomes a LedgerError.

        An append does the same by hand: a generator would cost a tenth of it.
        """
        with self._lock:
            try:
                yield
            except self._failures as error:
                raise failure(doing, self._database.target, error) from error
