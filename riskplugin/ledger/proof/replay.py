"""Makes recorded decisions again from their records: the proof that each followed from the limits
of its time (AU-3), and the answer to what other limits would have said.

Each decision is held against the account as it was recorded with it. What the account would have
become under other limits is not asked here.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from riskplugin.config import parse
from riskplugin.core.events import EntryDecided, LimitsAdopted
from riskplugin.core.gate import Gate
from riskplugin.core.policy import Policy
from riskplugin.core.rules.input import InputRule
from riskplugin.core.snapshot import EntryRequest
from riskplugin.core.verdict import Allow, Cap, Decision, Deny, Reason
from riskplugin.ledger.form.codec import encode
from riskplugin.ledger.form.odd import Foreign
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.record import Record
from riskplugin.ledger.store.tables import FREQUENT
from riskplugin.ports import LedgerError

_REQUEST = tuple(EntryRequest.__dataclass_fields__)

#: More changes of limits than a bot can have.
_ALL = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Redecision:
    """One decision, as recorded and as made again.

    ``now`` is None when it cannot be made again, and ``why_not`` says why. ``version`` names the
    limits that held for its pair, "" where that is not asked.
    """

    seq: int
    recorded: EntryDecided
    now: Decision | None = None
    why_not: str | None = None
    version: str = ""

    @property
    def same(self) -> bool:
        """Every part of the answer is the same, texts and figures included, and it names the limits
        that held.

        Of a request that held something of a type no record can hold, only the refusal is asked.
        """
        if self.now is None or (self.version and self.recorded.limits not in ("", self.version)):
            return False
        again = replace(self.recorded, decision=self.now)
        if encode(again) == encode(self.recorded):
            return True
        return _unusable(self.recorded.decision) and _unusable(self.now)


def _unusable(decision: Decision) -> bool:
    """It was refused because of a value that is only known by its ``repr`` by now."""
    fields = (getattr(decision.request, name) for name in _REQUEST)
    refused = isinstance(decision.binding, Deny) and decision.binding.reason.rule == InputRule.name
    return refused and any(isinstance(value, Foreign) for value in fields)


def replay(
    reader: LedgerReader,
    bot: str,
    *,
    section: Mapping[str, Any] | None = None,
    since: datetime | None = None,
) -> Iterator[Redecision]:
    """Make the decisions of ``bot`` again, in order, those ``since`` a moment (inclusive).

    Without ``section`` each is made under the limits that held then. With one (a section "risk"),
    all are made under its limits; the number of positions is still the bot's own unless the
    section names one. Raises ConfigError for a section that cannot be used, and LedgerError.
    """
    other = None if section is None else parse(section).policy
    limits = _Limits(reader, bot, other)
    for record in _decisions(reader, bot, since):
        yield _again(record, limits)


def _decisions(reader: LedgerReader, bot: str, since: datetime | None) -> Iterator[Record]:
    after = 0
    if since is not None:
        first = reader.records(bot, since=since, limit=1)
        if not first:
            return
        after = first[0].seq - 1
    for record in reader.chain(bot, after=after):
        if record.kind == FREQUENT and (since is None or record.at >= since):
            yield record


def _again(record: Record, limits: _Limits) -> Redecision:
    event = record.event
    if not isinstance(event, EntryDecided):
        raise LedgerError(f"record {record.seq} is no decision although its column says so")
    if not _whole(event.decision):
        why = "its record does not hold a whole decision"
        return Redecision(seq=record.seq, recorded=event, why_not=why)
    if event.basis is None:
        why = "its record is of an older form, without what it rests on"
        return Redecision(seq=record.seq, recorded=event, why_not=why)
    try:
        gate, version = limits.gate(record.seq, event)
    except _UnknownError as error:
        return Redecision(seq=record.seq, recorded=event, why_not=str(error))
    try:
        now = gate.decide(event.decision.request, event.basis)
    except Exception as error:  # noqa: BLE001  # its record holds what no decision rests on
        why = f"its record holds what no decision can rest on ({type(error).__name__})"
        return Redecision(seq=record.seq, recorded=event, why_not=why)
    return Redecision(seq=record.seq, recorded=event, now=now, version=version)


def _whole(decision: Any) -> bool:
    """It has the parts of a decision: records give back what was recorded, odd or not."""
    if type(decision) is not Decision:
        return False
    try:
        named = [verdict for _, verdict in (*decision.verdicts, *decision.observed)]
    except (TypeError, ValueError):
        return False
    said: list[Any] = [decision.binding, *named]
    return type(decision.request) is EntryRequest and all(map(_is_verdict, said))


def _is_verdict(said: Any) -> bool:
    return type(said) is Allow or (type(said) in (Cap, Deny) and type(said.reason) is Reason)


class _UnknownError(Exception):
    """The limits under which a decision was made are not known; the message says why."""


class _Limits:
    """The gates of a bot's life: which held at which record, or which stands in for it."""

    def __init__(self, reader: LedgerReader, bot: str, other: Policy | None) -> None:
        adopted = reader.records(bot, kinds=[LimitsAdopted], limit=_ALL)
        self._for_all = [record for record in adopted if _pair(record) == ""]
        self._for_pair: dict[str, list[Record]] = {}
        for record in adopted:
            if pair := _pair(record):
                self._for_pair.setdefault(pair, []).append(record)
        self._other = other
        self._gates: dict[int, Gate] = {}

    def gate(self, seq: int, event: EntryDecided) -> tuple[Gate, str]:
        """The gate for record ``seq``, and the limits' version. Raises _UnknownError."""
        record = self._record(seq, event.decision.request.pair)
        place = -1 if record is None else record.seq
        if place not in self._gates:
            self._gates[place] = Gate(self._policy(record))
        adopted = None if record is None or self._other is not None else record.event
        return self._gates[place], adopted.version if isinstance(adopted, LimitsAdopted) else ""

    def _record(self, seq: int, pair: object) -> Record | None:
        """What was adopted last before ``seq`` for all pairs, or later for this one."""
        own = self._for_pair.get(pair, []) if isinstance(pair, str) else []
        found = [record for record in map(_last_before(seq), (self._for_all, own)) if record]
        return max(found, key=lambda record: record.seq, default=None)

    def _policy(self, record: Record | None) -> Policy:
        if record is None:
            if self._other is None:
                raise _UnknownError("the limits of its time were not recorded")
            return self._other
        adopted = record.event
        if not isinstance(adopted, LimitsAdopted):
            raise _UnknownError("the record of its limits is not one of limits")
        if self._other is not None:
            most = self._other.max_positions
            return self._other if most is not None else _with(self._other, adopted)
        try:
            return _with(parse(json.loads(adopted.section)).policy, adopted)
        except (ValueError, TypeError) as error:
            raise _UnknownError(
                f"limits {adopted.version} cannot be read today: {error}"
            ) from error


def _pair(record: Record) -> str:
    """The pair that limits hold for, "" for all."""
    return record.event.pair if isinstance(record.event, LimitsAdopted) else ""


def _last_before(seq: int) -> Callable[[list[Record]], Record | None]:
    def last(records: list[Record]) -> Record | None:
        position = bisect_left(records, seq, key=lambda record: record.seq) - 1
        return None if position < 0 else records[position]

    return last


def _with(policy: Policy, adopted: LimitsAdopted) -> Policy:
    return replace(policy, max_positions=adopted.max_positions)
