"""The ledger's tables (SQLAlchemy Core). Moments are whole microseconds since 1970, UTC.

An event's ``id`` is the bot's number and the place in its chain in one integer (:func:`event_id`):
unique, in order, and the only tree that a decision has to be written into. Each further index
would cost a NORMAL commit a third more, so the two other ways to look events up are sparse:
``events_rare`` leaves out the one frequent kind, and ``marks`` finds a moment by every 64th event.

A change here needs a migration in ``migrations/versions`` and its name at the end of REVISIONS.

Indexes are partial on PostgreSQL, too, as the migrations make them: to say it here would import its
dialect into every bot.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

#: Every schema revision, oldest first; the last is the one this code works with.
REVISIONS = ("0001", "0002", "0003", "0004")

#: alembic's table; named so that it does not meet another program's in a shared PostgreSQL.
VERSION_TABLE = "riskplugin_version"

metadata = MetaData()

#: The kind of event that makes up most of a ledger; it has no index of its own.
FREQUENT = "EntryDecided"

#: A mark is due after this many events.
MARK_EVERY = 64

_SEQ_BITS = 40

#: SQLite only counts up by itself in a column that is exactly INTEGER PRIMARY KEY.
_COUNTER = BigInteger().with_variant(Integer(), "sqlite")

bots = Table(
    "bots",
    metadata,
    Column("number", _COUNTER, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

#: The condition of the index of rare kinds; a query that repeats it can use the index.
RARE = text(f"kind <> '{FREQUENT}'")

events = Table(
    "events",
    metadata,
    Column("id", _COUNTER, primary_key=True, autoincrement=False),
    Column("bot", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("events_rare", "bot", "kind", "id", sqlite_where=RARE),
)

#: All events of a bot up to ``seq`` happened at ``peak`` or before, even if the clock was set back.
marks = Table(
    "marks",
    metadata,
    Column("bot", Text, primary_key=True),
    Column("peak", BigInteger, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)

#: A state that was saved whole: ``seq`` is the event that it was saved with, ``hash`` ties the two.
states = Table(
    "states",
    metadata,
    Column("bot", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("payload", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)

#: How far events have changed the state since: ``seq`` is the one that last did, ``hash`` its own;
#: ``since`` is the event that the state was saved with. Apart from the state, which is large.
reached = Table(
    "reached",
    metadata,
    Column("bot", Text, primary_key=True),
    Column("since", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

#: ``hash`` is that of event ``seq``; ``key`` names the public key that ``signature`` belongs to.
checkpoints = Table(
    "checkpoints",
    metadata,
    Column("bot", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("key", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

#: Keys that encrypt fields, themselves encrypted with the key from the environment.
data_keys = Table(
    "data_keys",
    metadata,
    Column("bot", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("wrapped", Text, nullable=False),
    sqlite_with_rowid=False,
)


def _figures(*extremes: str) -> list[Column[Any]]:
    """The columns that metrics and their roll-ups share, with ``extremes`` behind equity."""
    money = ("equity_change", "gross_exposure", "net_exposure", "unrealised")
    ratios = ("concentration", "leverage", "risk_score", "volatility")
    return [
        *(Column(name, Float(53)) for name in ("equity", *extremes, *money)),
        *(Column(name, Float(53)) for name in ("drawdown", "daily_result")),
        Column("positions", Integer, nullable=False),
        *(Column(name, Float(53)) for name in ratios),
        Column("level", Text, nullable=False),
        Column("breaker", Text, nullable=False),
        Column("emergency", Boolean, nullable=False),
        Column("trusted", Boolean, nullable=False),
    ]


#: NULL stands for a figure that is not finite, or (volatility) not known.
metrics = Table(
    "metrics",
    metadata,
    Column("bot", Text, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    *_figures(),
    sqlite_with_rowid=False,
)

#: Metrics of a whole minute or hour (``grain``, in seconds) that begins ``at``: the last value of
#: each figure, and of drawdown, exposure, concentration, leverage, score, volatility the highest.
#: ``equity_change`` is the sum; level and breaker are the worst; any emergency, all trusted.
rollups = Table(
    "rollups",
    metadata,
    Column("bot", Text, primary_key=True),
    Column("grain", Integer, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("samples", Integer, nullable=False),
    *_figures("equity_low", "equity_high"),
    sqlite_with_rowid=False,
)

#: What a row of the series holds, raw or rolled up; raw ones stand for themselves alone.
SERIES = tuple(column.name for column in rollups.columns if column.name not in ("bot", "grain"))

status = Table(
    "status",
    metadata,
    Column("bot", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("payload", Text, nullable=False),
)

_WAITING = text("handled_at IS NULL")

controls = Table(
    "controls",
    metadata,
    Column("id", _COUNTER, primary_key=True),
    Column("bot", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("handled_at", BigInteger),
    Column("outcome", Text),
    Column("args", Text),
    Column("via", Text),
    Index("controls_waiting", "bot", "id", sqlite_where=_WAITING),
    sqlite_autoincrement=True,
)

#: What people sign in with. The chain of people names the ``digest`` that counts; other rows are
#: second factors not yet confirmed, or leftovers. ``totp`` is sealed where the ledger is encrypted.
credentials = Table(
    "credentials",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("totp", Text),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

#: Tokens that were signed out before they expired, and codes of second factors that were used; a
#: row may go when ``until`` is over.
revoked = Table(
    "revoked",
    metadata,
    Column("token", Text, primary_key=True),
    Column("until", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

#: Attempts to sign in that were not forgiven by a right one: by name, by address, by both.
attempts = Table(
    "attempts",
    metadata,
    Column("who", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("locked_until", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def event_id(number: int, seq: int) -> int:
    """The id of event ``seq`` (from 1) of the bot with that number.

    >>> event_id(1, 1) - event_id(1, 0), event_id(1, 0) < event_id(1, 2**39) < event_id(2, 0)
    (1, True)
    """
    return (number << _SEQ_BITS) + seq


def micros(at: datetime) -> int:
    """An aware datetime as the tables keep it. Raises TypeError for a naive one.

    >>> micros(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def now() -> int:
    """The present moment as the tables keep it."""
    return micros(datetime.now(UTC))


def blob(value: object) -> bytes:
    """The bytes in a column. Raises TypeError for what is none; a number is not zeros."""
    if not isinstance(value, bytes | memoryview):
        raise TypeError(f"{type(value).__name__} where bytes belong")
    return bytes(value)


def moment(microseconds: int) -> datetime:
    """The other way round, in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)
