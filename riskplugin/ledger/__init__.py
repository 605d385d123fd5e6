"""Where a bot's events, state, metrics and commands are kept: SQLite or PostgreSQL, or memory.

Events form a hash chain per bot; state and events are written together or not at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from riskplugin.ledger.memory import MemoryLedger
from riskplugin.ledger.unavailable import UnavailableLedger

if TYPE_CHECKING:
    from riskplugin.ledger.database import Durability
    from riskplugin.ledger.reader import LedgerReader
    from riskplugin.ledger.sql import SqlLedger

__all__ = ["MemoryLedger", "UnavailableLedger", "open_ledger", "open_reader"]


def open_ledger(
    url: str, *, bot: str, base_dir: Path | str, durability: Durability = "full"
) -> SqlLedger:
    """Open the ledger of ``bot``, creating file, folders and tables as needed.

    Relative SQLite paths count from ``base_dir``. With ``durability="normal"`` a power cut (not a
    crash of the bot) may lose the latest commits. Raises LedgerError.
    """
    from riskplugin.ledger.database import target
    from riskplugin.ledger.sql import SqlLedger

    ledger = SqlLedger(target(url, Path(base_dir)), bot, durability)
    ledger.connect()
    return ledger


def open_reader(url: str, *, base_dir: Path | str, create: bool = False) -> LedgerReader:
    """Open a ledger to read it and to leave commands.

    A ledger that does not exist is only created with ``create``, so that a command can be left
    before the bot starts. Raises LedgerError.
    """
    from riskplugin.ledger.database import target
    from riskplugin.ledger.reader import LedgerReader

    return LedgerReader(target(url, Path(base_dir)), create=create)
