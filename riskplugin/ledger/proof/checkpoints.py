"""Checkpoints: signed statements that a bot's chain ends with a certain hash at a certain record.

Whoever rewrites the records before one must rewrite the statement too, and lacks the key (AU-2).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from riskplugin.calm import calm_logger
from riskplugin.ledger.journal import Head
from riskplugin.ledger.proof.outside import Outside, outside
from riskplugin.ledger.proof.plan import CheckpointPlan
from riskplugin.ledger.proof.signing import load_signing_key
from riskplugin.ledger.store.held import Held
from riskplugin.ledger.store.statements import Statements
from riskplugin.ledger.store.tables import blob, micros, moment, now
from riskplugin.ports import LedgerError

logger = calm_logger(__name__)

#: What is signed begins with this, so that the key's signature on anything else fits nothing here.
PURPOSE = "riskplugin checkpoint 1"

_UTC = timedelta(0)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``key`` states at ``at`` that record ``seq`` of ``bot`` has the hash ``hash``."""

    bot: str
    seq: int
    at: datetime
    hash: bytes
    key: str
    signature: bytes = field(repr=False)

    def message(self) -> bytes:
        """What is signed: JSON in ASCII with sorted keys and no spaces."""
        return _dumped(self._told())

    def line(self) -> str:
        """The checkpoint as one line of JSON, without its end, for a copy elsewhere."""
        told = self._told() | {"signature": base64.b64encode(self.signature).decode()}
        return _dumped(told).decode()

    def _told(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(timespec="microseconds"),
            "bot": self.bot,
            "hash": self.hash.hex(),
            "key": self.key,
            "purpose": PURPOSE,
            "seq": self.seq,
        }

    @classmethod
    def parse(cls, line: str) -> Checkpoint:
        """The checkpoint that :meth:`line` wrote. Raises LedgerError for any other line."""
        try:
            told = json.loads(line)
            signature = base64.b64decode(told["signature"], validate=True)
            at = datetime.fromisoformat(told["at"])
            hash_ = bytes.fromhex(told["hash"])
            made = cls(told["bot"], told["seq"], at, hash_, told["key"], signature)
            types = tuple(map(type, (made.bot, made.seq, made.key))) == (str, int, str)
            if types and at.utcoffset() == _UTC and json.loads(made.line()) == told:
                return made
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise LedgerError(f"not a checkpoint: {error!r}") from error
        raise LedgerError(f"not a checkpoint as riskplugin writes it: {line[:80]!r}")


def read_copies(path: Path) -> tuple[list[Checkpoint], list[int]]:
    """The checkpoints in a file of copies, and the numbers of the lines (from 1) that are none.

    A line cut short, as a power cut leaves it, is no reason to distrust the others. Raises
    LedgerError when the file cannot be read.
    """
    found: list[Checkpoint] = []
    unread: list[int] = []
    try:
        lines = path.read_text("utf-8", errors="replace").splitlines()
    except OSError as error:
        raise LedgerError(f"the copies in {path} cannot be read: {error.strerror}") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(Checkpoint.parse(line))
            except LedgerError:
                unread.append(number)
    return found, unread


class Checkpointer:
    """Signs one bot's chain from time to time. Nothing that fails here stops the bot."""

    def __init__(self, plan: CheckpointPlan, database: Held, sql: Statements, bot: str) -> None:
        self._plan = plan
        self._database = database
        self._sql = sql
        self._bot = bot
        self._asked = False
        self._signed = 0
        self._tried = 0
        self._tried_at: float | None = None
        self._outside: Outside | None = None
        self._failing = False

    def look(self, head: Head | None) -> None:
        """Sign ``head`` if that is due; None stands for a head that is not known for sure."""
        if head is not None and self._due(head):
            self._attempt(head)

    def finish(self, head: Head | None) -> None:
        """Sign what was recorded since the last checkpoint, and give its copy a moment to leave."""
        if head is not None and head.seq > self._signed:
            self._attempt(head)
        if self._outside is not None:
            self._outside.close()

    def _due(self, head: Head) -> bool:
        """At once in a new session; a try that failed is repeated when the next one is due."""
        if head.seq <= self._signed:
            return False
        if self._tried_at is None or head.seq - self._tried >= self._plan.every_records:
            return True
        return monotonic() - self._tried_at >= self._plan.every.total_seconds()

    def _attempt(self, head: Head) -> None:
        self._tried, self._tried_at = head.seq, monotonic()
        try:
            signed = self._sign(head)
        except Exception as error:  # noqa: BLE001  # the boundary: trading goes on unsigned
            if not self._failing:
                logger.warning("riskplugin: no checkpoint was signed: %s", error)
            self._failing = True
            return
        if signed and self._failing:
            logger.info("riskplugin: checkpoints are signed again")
            self._failing = False

    def _sign(self, head: Head) -> bool:
        """True when ``head`` is signed and kept; False without a key, or with nothing to sign."""
        self._ask()
        if head.seq <= self._signed:
            return False
        key = load_signing_key(self._plan.key_file)
        if key is None:
            if self._signed:
                raise LedgerError(f"the signing key {self._plan.key_file} is gone")
            return False
        unsigned = Checkpoint(self._bot, head.seq, moment(now()), head.hash, key.id, b"")
        made = replace(unsigned, signature=key.sign(unsigned.message()))
        self._database.write([(self._sql.checkpoint, _row(made))])
        self._signed = head.seq
        self._copy(made)
        return True

    def _ask(self) -> None:
        """Find the ledger's latest checkpoint, once. Raises LedgerError if the chain belies it: a
        signature from here on would cover up what was done to the records before.
        """
        if self._asked:
            return
        rows = self._database.read(self._sql.last_checkpoint, {"bot": self._bot})
        if rows:
            *row, found = rows[0]
            latest = from_row(self._bot, row)
            if found is None or blob(found) != latest.hash:
                raise LedgerError(
                    f"the records up to {latest.seq} are not those that were signed at "
                    f"{latest.at:%Y-%m-%d %H:%M:%S} UTC, so nothing more is signed. Look at them "
                    "with: riskplugin audit verify"
                )
            self._signed = latest.seq
            self._copy(latest)  # it may not have left before the bot stopped
        self._asked = True

    def _copy(self, made: Checkpoint) -> None:
        if self._plan.copy_to is None:
            return
        if self._outside is None:
            self._outside = outside(self._plan.copy_to)
        self._outside.send(made.line())


def from_row(bot: str, row: Sequence[Any]) -> Checkpoint:
    """The checkpoint in a row of the table: seq, at, hash, key, signature."""
    seq, at, hash_, key, signature = row
    return Checkpoint(bot, int(seq), moment(int(at)), blob(hash_), str(key), blob(signature))


def _row(made: Checkpoint) -> tuple[Any, ...]:
    return (made.bot, made.seq, micros(made.at), made.hash, made.key, made.signature)


def _dumped(told: dict[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
