"""A record as one flat row, the same columns for every kind: for tables (CSV, Parquet).

Numbers are numbers or nothing. What the columns cannot hold, a record that is no decision or a
value that is odd, stands whole in ``data``, as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from riskplugin.cli.audit.choice import pair_of
from riskplugin.cli.audit.telling import told
from riskplugin.core.basis import Basis
from riskplugin.core.events import EntryDecided, Event
from riskplugin.core.verdict import Allow
from riskplugin.ledger.record import Record
from riskplugin.ports import LedgerError

#: Every column, in order, and what it holds. New ones are added at the end, none ever goes.
COLUMNS: dict[str, type[Any]] = {
    "bot": str,
    "seq": int,
    "at": datetime,
    "kind": str,
    "pair": str,
    "side": str,
    "entry": str,
    "point": str,
    "allowed": bool,
    "asked_stake": float,
    "stake": float,
    "leverage": float,
    "price": float,
    "rule": str,
    "measured": float,
    "limit": float,
    "text": str,
    "rules": str,
    "level": str,
    "equity": float,
    "exposure": float,
    "breaker": str,
    "limits": str,
    "hash": str,
    "data": str,
}

Row = dict[str, Any]


def row(bot: str, record: Record) -> Row:
    """``record`` of ``bot`` by column; None for what it has not."""
    made: Row = dict.fromkeys(COLUMNS)
    made |= {
        "bot": _text(bot),
        "seq": record.seq,
        "at": record.at,
        "kind": _text(record.kind),
        "hash": record.hash.hex(),
    }
    try:
        event = record.event
    except LedgerError as error:
        raw = record.payload.decode(errors="replace")
        return made | {"text": _text(f"cannot be read: {error}"), "data": raw}
    if isinstance(event, EntryDecided):
        values = _Values()
        try:
            decided = {name: values.of(name, value) for name, value in _decided(event)}
        except (AttributeError, TypeError, ValueError):  # its parts are not those of a decision
            return made | _other(event, record)
        return made | decided | ({"data": _whole(record)} if values.odd else {})
    return made | _other(event, record)


def _other(event: Event, record: Record) -> Row:
    pair = pair_of(record)
    return {
        "pair": None if pair is None else _text(pair),
        "text": told(event),
        "data": _whole(record),
    }


def _decided(event: EntryDecided) -> Iterator[tuple[str, object]]:
    decision, request = event.decision, event.decision.request
    yield "pair", request.pair
    yield "side", request.side
    yield "entry", request.kind
    yield "point", event.point
    yield "allowed", decision.allowed
    yield "asked_stake", request.stake
    yield "stake", decision.stake
    yield "leverage", request.leverage
    yield "price", request.price
    if not isinstance(decision.binding, Allow):
        reason = decision.binding.reason
        yield "rule", reason.rule
        yield "measured", reason.measured
        yield "limit", reason.limit
        yield "text", reason.text
    yield "rules", " ".join(str(name) for name, _ in decision.verdicts)
    yield "level", decision.level
    yield "limits", event.limits or None
    if isinstance(event.basis, Basis):
        yield "equity", event.basis.equity
        yield "exposure", event.basis.exposure
        yield "breaker", event.basis.breaker


@dataclass
class _Values:
    """Puts values into columns and remembers whether one did not fit."""

    odd: bool = False

    def of(self, name: str, value: object) -> Any:
        """``value`` as column ``name`` takes it, None if it cannot."""
        if value is None:
            return None
        kind = COLUMNS[name]
        if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
            try:
                return float(value)
            except OverflowError:
                self.odd = True
                return None
        if isinstance(value, kind):
            return _text(value) if isinstance(value, str) else value
        self.odd = True
        return None


def _text(value: str) -> str:
    """Text that UTF-8 holds; StrEnum members become plain text."""
    return str(value).encode(errors="backslashreplace").decode()


def _whole(record: Record) -> str:
    """The record's text, encrypted parts opened where there is a key."""
    return record.clear.decode(errors="replace")
