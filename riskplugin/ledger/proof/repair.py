"""A damaged or missing state, made anew from the records that it is a fold of. For people; the bot
must not run meanwhile.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from riskplugin.core.events import StateRebuilt
from riskplugin.core.state import RiskState
from riskplugin.ledger import open_ledger, open_reader
from riskplugin.ledger.proof.chain import genesis, link
from riskplugin.ledger.proof.folding import Folding
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ports import LedgerError

#: A bot that has written its status so lately is running.
LATELY = timedelta(minutes=1)


def repair(
    url: str, *, bot: str, base_dir: Path | str, by: str, reason: str, encrypt: bool = False
) -> RiskState | None:
    """Save the state that the records of ``bot`` fold to; it, or None when it is saved already.

    That it was done is recorded; ``encrypt`` as the bot does it. Raises LedgerError when the bot
    runs, and when the records themselves are not whole: then nothing is changed.
    """
    reader = open_reader(url, base_dir=base_dir)
    try:
        if bot not in reader.bots():
            raise LedgerError(f"the ledger knows no bot {bot!r}")
        _refuse_running(reader, bot)
        state = folded(reader, bot)
        if _saved(reader, bot) == state:
            return None
    finally:
        reader.close()
    ledger = open_ledger(url, bot=bot, base_dir=base_dir, encrypt=encrypt)
    try:
        rebuilt = StateRebuilt(at=datetime.now(UTC), by=by, reason=reason)
        state.observe(rebuilt)
        ledger.rebuild([rebuilt], state)
    finally:
        ledger.close()
    return state


def folded(reader: LedgerReader, bot: str) -> RiskState:
    """The state that the records of ``bot`` fold to. Raises LedgerError where the chain breaks
    or has a gap.
    """
    folding, expected, seq = Folding(), genesis(bot), 0
    for record in reader.chain(bot):
        expected, seq = link(expected, record.payload), seq + 1
        if record.seq != seq or record.hash != expected:
            raise LedgerError(
                f"record {record.seq} does not follow from the one before it, so that no state can "
                "be made of the records: see riskplugin audit verify, and restore a backup"
            )
        event = record.event
        try:
            folding.take(event, seq)
        except Exception as error:
            raise LedgerError(
                f"record {seq} cannot follow on the records before it ({type(error).__name__}): "
                "see riskplugin audit verify, and restore a backup"
            ) from error
    if folding.gap is not None:
        raise LedgerError(f"{folding.gap}: what the state is cannot be told. Restore a backup")
    return folding.state


def _refuse_running(reader: LedgerReader, bot: str) -> None:
    try:
        told = reader.status(bot)
        if told is None:
            return
        age = datetime.now(UTC) - datetime.fromisoformat(str(told["at"]))
    except (LedgerError, KeyError, TypeError, ValueError):
        return  # a damaged status says nothing; a bot that runs all the same refuses to go on
    if timedelta(0) <= age < LATELY:
        raise LedgerError(
            f"{bot} wrote its status {age.total_seconds():.0f} s ago: stop the bot, wait a minute, "
            "then repair its state"
        )


def _saved(reader: LedgerReader, bot: str) -> RiskState | None:
    """The saved state, None where there is none that can be believed."""
    try:
        return reader.state(bot)
    except LedgerError:
        return None
