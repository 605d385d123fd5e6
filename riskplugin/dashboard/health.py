"""Whether the bot is there, its records can be believed, and somebody watches it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from riskplugin.core import events as ev
from riskplugin.dashboard.account import Alert
from riskplugin.dashboard.answers import Chain, Finding, Health, Watchdog
from riskplugin.dashboard.office import Desk
from riskplugin.dashboard.search import head
from riskplugin.dashboard.told import read_as
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.store.tables import checkpoints, moment
from riskplugin.ports import LedgerError
from riskplugin.status import aged
from riskplugin.version import __version__

#: The chain that the watchdog of a bot keeps for itself (riskplugin/watchdog, which is no part of
#: this layer's imports: both stand side by side).
WATCHDOG = ".watchdog"
#: A watchdog that has not looked for so many of its intervals does not look any more.
_MISSED = 5


def health_of(desk: Desk, told: dict[str, Any] | None = None) -> Health:
    """All of it. ``told`` is the bot's status where it is known already."""
    told = desk.status() or {} if told is None else told
    chain = _chain(desk)
    started = _started(desk)
    loop = told.get("loop")
    loop = loop if isinstance(loop, dict) else {}
    return Health(
        bot=desk.bot,
        at=told.get("at"),
        age_s=told.get("age_s"),
        silent=bool(told.get("silent", True)),
        run_mode=None if started is None else started.run_mode,
        started=None if started is None else started.at,
        software=__version__ if started is None else started.software or __version__,
        loop_s=_number(loop.get("seconds")),
        prices_s=_number(loop.get("oldest_price_s")),
        ledger=chain.trouble or "ok",
        chain=chain,
        consecutive_errors=told.get("consecutive_errors") or 0,
        last_fault=told.get("last_fault"),
        working_entries=told.get("working_entries") or 0,
        watchdog=watchdog_of(desk.reader, desk.bot),
    )


def watchdog_of(reader: LedgerReader, bot: str) -> Watchdog | None:
    """What the watchdog said at its last look, None where none ever looked."""
    told = _watched(reader, bot)
    if told is None:
        return None
    interval = _number(told.get("interval_s")) or 60.0
    listed = told.get("findings")
    return Watchdog(
        at=told.get("at"),
        age_s=told["age_s"],
        silent=told["age_s"] > _MISSED * max(interval, 1.0),
        action=None if told.get("action") is None else str(told["action"]),
        findings=[
            read_as(Finding, each, f"the findings of {bot}{WATCHDOG}")
            for each in (listed if isinstance(listed, list) else [])
        ],
    )


def watchdogs_alerts(reader: LedgerReader, bot: str) -> list[Alert]:
    """What the watchdog's own chain has open: acknowledged there, not at the bot."""
    told = _watched(reader, bot) or {}
    listed = told.get("alerts")
    found = [
        each for each in (listed if isinstance(listed, list) else []) if isinstance(each, dict)
    ]
    what = f"the alerts of {bot}{WATCHDOG}"
    return [read_as(Alert, {"at": None, **each, "of": bot + WATCHDOG}, what) for each in found]


def _watched(reader: LedgerReader, bot: str) -> dict[str, Any] | None:
    told = reader.status(bot + WATCHDOG)
    return None if told is None else aged(told, bot + WATCHDOG)


def _chain(desk: Desk) -> Chain:
    trouble, records, signed, at = None, 0, None, None
    try:
        records = head(desk.reader, desk.bot)
        signed, at = _signed(desk)
        desk.reader.state(desk.bot)
    except LedgerError as error:
        trouble = str(error)
    return Chain(trouble=trouble, records=records, signed=signed, signed_at=at)


def _signed(desk: Desk) -> tuple[int | None, datetime | None]:
    query = select(checkpoints.c.seq, checkpoints.c.at).where(checkpoints.c.bot == desk.bot)
    with desk.reader.connection("reading checkpoints") as connection:
        row = connection.execute(query.order_by(checkpoints.c.seq.desc()).limit(1)).first()
    return (None, None) if row is None else (int(row.seq), moment(row.at))


def _started(desk: Desk) -> ev.SessionStarted | None:
    try:
        found = desk.reader.events(desk.bot, kinds=[ev.SessionStarted], limit=1, newest_first=True)
    except LedgerError:
        return None
    return next((e for e in found if isinstance(e, ev.SessionStarted)), None)


def _number(value: Any) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if usable else None
