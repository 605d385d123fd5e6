"""What one look at the ledger shows of the bot. Judges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from riskplugin.core.levels import Side
from riskplugin.core.state import RiskState
from riskplugin.core.units import is_number
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.store.tables import checkpoints, controls, moment
from riskplugin.ports import LedgerError


@dataclass(frozen=True, slots=True)
class Listed:
    """A position as the bot listed it last; ``amount`` in base currency."""

    pair: str
    side: Side
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One look. ``life`` changes with every sign of life; ``trouble`` says why nothing was seen.

    ``expected`` are pairs in which an entry was under way, so that more may be held than listed.
    ``waiting`` are the moments at which unanswered commands were given.
    """

    at: datetime
    trouble: str | None = None
    life: str | None = None
    spoke: datetime | None = None
    ended: bool = False
    listed: tuple[Listed, ...] = ()
    expected: tuple[tuple[str, Side], ...] = ()
    oldest_price_s: float | None = None
    process: Mapping[str, Any] | None = None
    waiting: tuple[datetime, ...] = ()
    signed: datetime | None = None
    recorded: datetime | None = None

    @property
    def exposed(self) -> bool:
        """Something is held, or may be."""
        return bool(self.listed or self.expected)


def look(reader: LedgerReader, bot: str, at: datetime) -> Sight:
    """Look at the ledger once. Never raises: a ledger that cannot be read is a sight, too."""
    try:
        return _look(reader, bot, at)
    except (LedgerError, TypeError, ValueError, KeyError, AttributeError) as error:
        return Sight(at=at, trouble=f"{error}" or type(error).__name__)


def _look(reader: LedgerReader, bot: str, at: datetime) -> Sight:
    told = reader.status(bot) or {}
    state = reader.state(bot) or RiskState()
    last = reader.records(bot, limit=1, newest_first=True)
    spoke = _moment(told.get("at"))
    head = last[0].seq if last else 0
    recorded = last[0].at if last else None
    waiting, signed = _asked(reader, bot)
    loop = told.get("loop") or {}
    price = loop.get("oldest_price_s")
    return Sight(
        at=at,
        life=f"{told.get('at', 'never')} {head}",
        spoke=max((m for m in (spoke, recorded) if m is not None), default=None),
        ended=state.ended is not None,
        listed=_listed(told),
        expected=_expected(told, state),
        oldest_price_s=float(price) if isinstance(price, int | float) else None,
        process=told.get("process"),
        waiting=waiting,
        signed=signed,
        recorded=recorded,
    )


def _asked(reader: LedgerReader, bot: str) -> tuple[tuple[datetime, ...], datetime | None]:
    """When unanswered commands were given, oldest first; when the records were signed last."""
    open_ones = select(controls.c.at).where(controls.c.bot == bot, controls.c.handled_at.is_(None))
    signed = select(func.max(checkpoints.c.at)).where(checkpoints.c.bot == bot)
    with reader.connection("reading what waits") as connection:
        waiting = tuple(moment(row) for row in connection.scalars(open_ones.order_by("at")))
        latest = connection.scalar(signed)
    return waiting, None if latest is None else moment(latest)


def _listed(told: Mapping[str, Any]) -> tuple[Listed, ...]:
    """Raises KeyError, TypeError, ValueError for a list that no bot wrote."""
    rows = told.get("positions") or ()
    return tuple(Listed(str(r["pair"]), Side(r["side"]), _amount(r.get("amount"))) for r in rows)


def _amount(value: object) -> float:
    """An older bot lists none: then none may be sold on a spot account."""
    return abs(float(value)) if is_number(value) else 0.0  # type: ignore[arg-type]


def _expected(told: Mapping[str, Any], state: RiskState) -> tuple[tuple[str, Side], ...]:
    """Entries that worked at the last look, or left after it."""
    found = [(str(w["pair"]), Side(w["side"])) for w in told.get("working") or ()]
    sent = (*state.pending, *state.unresolved, *(a.sent for a in state.awaited if not a.booked))
    found += [
        (order.pair, Side.LONG if order.order_side == "buy" else Side.SHORT)
        for order in sent
        if not order.reduces
    ]
    return tuple(dict.fromkeys(found))


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
