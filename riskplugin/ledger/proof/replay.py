"""Makes recorded decisions again from their records: the proof that each followed from the limits
of its time (AU-3), and the answer to what other limits would have said.

Each decision is held against the account as it was recorded with it. What the account would have
become under other limits is not asked here.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping
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
from riskplugin.ledger.reader import LedgerReader, Record
from riskplugin.ledger.store.tables import FREQUENT
from riskplugin.ports import LedgerError

_REQUEST = tuple(EntryRequest.__dataclass_fields__)

#: More changes of limits than a bot can have.
_ALL = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Redecision:
    """One decision, as recorded and as made again.

    ``now`` is None when it cannot be made again, and ``why_not`` says why.
    """

    seq: int
    recorded: EntryDecided
    now: Decision | None = None
    why_not: str | None = None

    @property
    def same(self) -> bool:
        """Every part of the answer is the same, texts and figures included.

        Of a request that held something of a type no record can hold, only the refusal is asked.
        """
        if self.now is None:
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
        gate = limits.gate(record.seq)
    except _UnknownError as error:
        return Redecision(seq=record.seq, recorded=event, why_not=str(error))
    try:
        now = gate.decide(event.decision.request, event.basis)
    except Exception as error:  # noqa: BLE001  # its record holds what no decision rests on
        why = f"its record holds what no decision can rest on ({type(error).__name__})"
        return Redecision(seq=record.seq, recorded=event, why_not=why)
    return Redecision(seq=record.seq, recorded=event, now=now)


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
        self._adopted = reader.records(bot, kinds=[LimitsAdopted], limit=_ALL)
        self._from = [record.seq for record in self._adopted]
        self._other = other
        self._gates: dict[int, Gate] = {}

    def gate(self, seq: int) -> Gate:
        """The gate for record ``seq``. Raises _UnknownError."""
        position = bisect_left(self._from, seq) - 1
        if position not in self._gates:
            self._gates[position] = Gate(self._policy(position))
        return self._gates[position]

    def _policy(self, position: int) -> Policy:
        if position < 0:
            if self._other is None:
                raise _UnknownError("the limits of its time were not recorded")
            return self._other
        adopted = self._adopted[position].event
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


def _with(policy: Policy, adopted: LimitsAdopted) -> Policy:
    return replace(policy, max_positions=adopted.max_positions)
