"""Where a bot's events, state, metrics and commands are kept: SQLite or PostgreSQL, or memory.

Events form a hash chain per bot; state and events are written together or not at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from riskplugin.ledger.kept import KeptLedger
from riskplugin.ledger.memory import MemoryLedger
from riskplugin.ledger.metrics.keep import Keep
from riskplugin.ledger.proof.plan import CheckpointPlan
from riskplugin.ledger.unavailable import UnavailableLedger
from riskplugin.redaction import NOBODYS, Redactor

if TYPE_CHECKING:
    from riskplugin.ledger.reader import LedgerReader
    from riskplugin.ledger.sql import SqlLedger
    from riskplugin.ledger.store.database import Durability

__all__ = [
    "CheckpointPlan",
    "Keep",
    "KeptLedger",
    "MemoryLedger",
    "UnavailableLedger",
    "open_ledger",
    "open_reader",
]


def open_ledger(
    url: str,
    *,
    bot: str,
    base_dir: Path | str,
    durability: Durability = "full",
    keep: Keep | None = None,
    checkpoints: CheckpointPlan | None = None,
    redactor: Redactor = NOBODYS,
    encrypt: bool = False,
) -> SqlLedger:
    """Open the ledger of ``bot``, creating file, folders and tables as needed.

    Relative SQLite paths count from ``base_dir``. With ``durability="normal"`` a power cut (not a
    crash of the bot) may lose the latest commits. ``keep`` says when metrics are rolled up; None:
    never. ``checkpoints`` says when the records are signed; None: never. ``redactor``
    hides the secrets that it knows in every text; with ``encrypt`` those that name persons are
    encrypted with the key in RISKPLUGIN_ENCRYPTION_KEY. Raises LedgerError.
    """
    from riskplugin.ledger.privacy.confidential import Confidential
    from riskplugin.ledger.sql import SqlLedger
    from riskplugin.ledger.store.database import target

    ledger = SqlLedger(
        target(url, Path(base_dir)),
        bot,
        durability,
        keep=keep,
        checkpoints=checkpoints,
        confidential=Confidential(redactor, encrypt=encrypt),
    )
    ledger.connect()
    return ledger


def open_reader(
    url: str, *, base_dir: Path | str, create: bool = False, redactor: Redactor = NOBODYS
) -> LedgerReader:
    """Open a ledger to read it and to leave commands.

    A ledger that does not exist is only created with ``create``, so that a command can be left
    before the bot starts. ``redactor`` cleans what is left there. Raises LedgerError.
    """
    from riskplugin.ledger.reader import LedgerReader
    from riskplugin.ledger.store.database import target

    return LedgerReader(target(url, Path(base_dir)), create=create, redactor=redactor)
