"""The ledger of a backtest that was asked to leave one: a file beside its results.

Written in large transactions, since a backtest that dies is run again; closed with the process.
"""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskplugin.calm import calm_logger
from riskplugin.core.events import Event
from riskplugin.core.state import RiskState
from riskplugin.ports import Control, Ledger, LedgerError, Metrics
from riskplugin.redaction import NOBODYS, Redactor

if TYPE_CHECKING:
    from riskplugin.ledger.sql import SqlLedger

logger = calm_logger(__name__)

#: Events that are written together.
BATCH = 2000


class KeptLedger(Ledger):
    """Records one backtest after the other in ``path``, each as a bot of its own.

    The file is made with the first event. Made for one thread, and for the process that made it:
    a fork does not write.
    """

    def __init__(self, path: Path, bot: str, redactor: Redactor = NOBODYS) -> None:
        self.path = path
        self._redactor = redactor
        self._bot = bot
        self._runs = 0
        self._runs_here = False
        self._waiting: list[Event] = []
        self._state = RiskState()
        self._sql: SqlLedger | None = None

    @property
    def bot(self) -> str:
        """The name under which the present run is kept."""
        return self._bot if self._runs < 2 else f"{self._bot} #{self._runs}"

    def load(self) -> RiskState:
        """A fresh state: a backtest has no past."""
        return RiskState()

    def begin(self) -> None:
        """End the run before; what follows is kept under a name of its own."""
        self.close()
        self._runs += 1
        self._state = RiskState()

    def append(self, events: Sequence[Event], state: RiskState, *, relaxed: bool = False) -> None:
        """Keep the events until there are enough to be written. Raises LedgerError."""
        self._waiting += events
        self._state = state
        if len(self._waiting) >= BATCH:
            self._write()

    def sample(self, metrics: Metrics, status: dict[str, Any]) -> None:
        """Nothing: a backtest has no metrics of the clock's time."""

    def controls(self) -> Sequence[Control]:
        """None: nobody commands a backtest."""
        return ()

    def settle(self, control_id: int, outcome: str) -> None:
        """Nothing to mark."""

    def close(self) -> None:
        """Write what waits, and release the file. Raises LedgerError."""
        try:
            if self._waiting:
                self._write()
        finally:
            atexit.unregister(self._end)
            sql, self._sql = self._sql, None
            if sql is not None:
                sql.close()

    def _write(self) -> None:
        if self._sql is None:
            from riskplugin.ledger import open_ledger

            if not self._runs_here:
                self.path = _unused(self.path)
            self._runs_here = True
            self._sql = open_ledger(
                f"sqlite:///{self.path}",
                bot=self.bot,
                base_dir=self.path.parent,
                durability="normal",
                redactor=self._redactor,
            )
            self._sql.load()
            atexit.register(self._end)
            logger.info("riskplugin: this backtest is recorded in %s", self.path)
        self._sql.append(self._waiting, self._state)
        self._waiting = []

    def _end(self) -> None:
        """The process ends; a file that cannot be written is only told."""
        try:
            self.close()
        except LedgerError as error:
            logger.warning("riskplugin: the end of the backtest's ledger is missing: %s", error)


def _unused(path: Path) -> Path:
    """``path``, or with a number where there is a file of that name already."""
    names = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return next(p for p in (path, *islice(names, 1000)) if not p.exists())
