"""Which records a command means: kinds, pair, time; and how to get at them in bounded memory."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from typing import Annotated

import orjson
import typer

from riskplugin.cli.console import UsageError
from riskplugin.config.durations import parse_duration
from riskplugin.ledger.form.codec import event_kinds
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.record import Record

KindOption = Annotated[
    list[str] | None,
    typer.Option(
        "--kind", "-k", metavar="KIND", help="A kind of record, or a group of them; several times."
    ),
]
PairOption = Annotated[
    str | None, typer.Option("--pair", "-p", metavar="PAIR", help="Only this pair.")
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since", metavar="WHEN", help="From here on: a time (UTC), or how long ago: 2h, 3d."
    ),
]
UntilOption = Annotated[
    str | None,
    typer.Option(
        "--until", metavar="WHEN", help="Up to here (not included): a time, or how long ago."
    ),
]
AllBotsOption = Annotated[bool, typer.Option("--all-bots", help="Every bot that the ledger knows.")]

#: Words for several kinds.
GROUPS: dict[str, tuple[str, ...]] = {
    "decisions": ("EntryDecided",),
    "orders": (
        "OrderSent", "OrderAnswered", "OrderBooked", "OrderFailed", "FillChecked", "IntentResolved",
    ),
    "breaker": (
        "BreakerTripped", "BreakerEscalated", "BreakerHalfOpened", "BreakerReclosed",
        "BreakerLatched",
    ),
    "alerts": (
        "WarningRaised", "WarningCleared", "BreakerTripped", "BreakerEscalated", "BreakerLatched",
        "EmergencyEntered", "EquityDistrusted", "MismatchFound", "FaultRecorded",
        "RecordsLost", "AlertRaised", "AlertRepeated", "AlertEscalated", "AlertAcknowledged",
        "AlertResolved", "AlertFailed", "AlertDropped", "PeopleFollowed",
    ),
    "deliveries": ("AlertSent", "AlertFailed", "AlertDropped"),
    "watchdog": ("WatchActed", "SessionEnded"),
    "people": (
        "ControlHandled", "LimitsAdopted", "LimitsFiled", "LimitsUnacknowledged", "LimitsProposed",
        "LimitsApproved", "LimitsDropped", "LimitsChanged", "OverrideBegan", "OverrideTrimmed",
        "OverrideMoved", "OverrideEnded", "StateRebuilt", "PersonAdded", "RoleGiven",
        "TelegramGiven", "PersonDisabled", "PersonEnabled", "TokensRevoked", "CredentialSet",
        "SignedIn", "SignInLocked", "ControlFiled", "BotJoined",
    ),
}  # fmt: skip

#: Records that are looked at in one go when the latest ones of a pair are wanted.
WINDOW = 5_000


@dataclass(frozen=True)
class Choice:
    """The records that are meant; None means all. ``until`` itself is left out."""

    kinds: frozenset[str] | None = None
    pair: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of(
        cls,
        kinds: list[str] | None = None,
        pair: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Choice:
        """The choice that the options write. Raises UsageError for one that cannot be read."""
        named = frozenset(name for kind in kinds or [] for name in _kinds(kind))
        return cls(named or None, pair, _moment(since), _moment(until))

    def takes(self, record: Record) -> bool:
        """True for a record that is meant."""
        if self.kinds is not None and record.kind not in self.kinds:
            return False
        if self.since is not None and record.at < self.since:
            return False
        if self.until is not None and record.at >= self.until:
            return False
        return self.pair is None or pair_of(record) == self.pair

    def first(self, reader: LedgerReader, bot: str) -> int | None:
        """The place of the first record that can be meant, None when there is none."""
        found = reader.records(bot, kinds=self.kinds, since=self.since, limit=1)
        return found[0].seq if found else None

    def latest(self, reader: LedgerReader, bot: str, limit: int) -> list[Record]:
        """The latest ``limit`` records that are meant, oldest first."""
        if self.pair is None and self.until is None:
            found = reader.records(
                bot, kinds=self.kinds, since=self.since, limit=limit, newest_first=True
            )
            return found[::-1]
        return self._backwards(reader, bot, limit)

    def _backwards(self, reader: LedgerReader, bot: str, limit: int) -> list[Record]:
        """The same by looking at every record, the latest first, a window at a time."""
        first, last = self.first(reader, bot), reader.records(bot, limit=1, newest_first=True)
        if first is None or not last:
            return []
        found: list[Record] = []
        end = last[0].seq
        while end >= first and len(found) < limit:
            begin = max(first, end - WINDOW + 1)
            found = [*filter(self.takes, between(reader, bot, begin, end)), *found]
            end = begin - 1
        return found[-limit:]


def between(reader: LedgerReader, bot: str, begin: int, end: int) -> Iterator[Record]:
    """The records from place ``begin`` to ``end``, both included."""
    window = reader.chain(bot, after=begin - 1, batch=min(end - begin + 1, WINDOW))
    return takewhile(lambda record: record.seq <= end, window)


def pair_of(record: Record) -> str | None:
    """The pair that a record is about, None for none (or for a record that cannot be read)."""
    try:
        data = orjson.loads(record.payload)["data"]
        pair = data["decision"]["request"]["pair"] if "decision" in data else data.get("pair")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return pair if isinstance(pair, str) else None


def _kinds(name: str) -> tuple[str, ...]:
    known = {kind.lower(): kind for kind in event_kinds()}
    plain = name.lower().replace("-", "").replace("_", "")
    if plain in GROUPS:
        return GROUPS[plain]
    if plain in known:
        return (known[plain],)
    near = difflib.get_close_matches(plain, [*GROUPS, *known], 1)
    hint = f" (did you mean {known.get(near[0], near[0])}?)" if near else ""
    raise UsageError(
        f"there is no kind of record {name!r}{hint}: groups are {', '.join(GROUPS)}; "
        f"kinds are {', '.join(sorted(known.values()))}"
    )


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.now(UTC) - parse_duration(text)
    except ValueError:
        pass
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is no time: write 2026-03-01, 2026-03-01T12:00, or how long ago: 2h, 3d"
        ) from None
    return given if given.tzinfo else given.replace(tzinfo=UTC)
