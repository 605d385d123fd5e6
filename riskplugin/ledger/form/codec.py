"""Event ⇄ canonical bytes, and the same for the state. Knows no database.

The bytes are JSON with sorted keys: ``{"data": …, "kind": "EntryDecided", "version": 1}``. They are
what the hash chain covers, so the form of a version never changes: a new form is a new version.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from orjson import OPT_PASSTHROUGH_DATACLASS as NO_DATACLASSES
from orjson import dumps, loads

from riskplugin.core.events import Event
from riskplugin.core.state import RiskState
from riskplugin.ledger.form.odd import writable
from riskplugin.ledger.form.readers import Reader, reader
from riskplugin.ledger.form.shapes import Record
from riskplugin.ledger.form.writers import Writer, careful_writer, quick_writer
from riskplugin.ports import LedgerError

#: The form of what is written now; older ones stay readable.
VERSION = 1

_STATE = Record(RiskState)


class CodecError(LedgerError):
    """Bytes that are no record, or a record of a kind or version unknown here."""


def encode(event: Event) -> bytes:
    """The canonical bytes of an event. Whatever its fields hold, it can be written.

    Raises CodecError only for an object that is no event.
    """
    kind = type(event)
    write = _WRITERS.get(kind) or _event_writer(kind)
    try:
        tree = {"data": write(event), "kind": kind.__name__, "version": VERSION}
        return dumps(tree, None, NO_DATACLASSES)
    except Exception:  # noqa: BLE001  # not as its type hints say: every value is looked at
        return _carefully(event)


def decode(payload: bytes | str) -> Event:
    """The event behind ``payload``. Raises CodecError with the reason."""
    kind, data = _opened(payload)
    known = event_kinds().get(kind)
    if known is None:
        raise CodecError(f"unknown kind of event {kind!r}; was it written by a newer riskplugin?")
    event: Event = _read(reader(Record(known), strict=False), kind, data)
    return event


def encode_state(state: RiskState) -> bytes:
    """The canonical bytes of the state."""
    try:
        tree = quick_writer(_STATE)(state)
        return _dumped({"data": tree, "kind": RiskState.__name__, "version": VERSION})
    except Exception:  # noqa: BLE001  # as in encode
        return _carefully(state)


def decode_state(payload: bytes | str) -> RiskState:
    """The state behind ``payload``; every field must be as its type says.

    Raises CodecError with the name of the field.
    """
    kind, data = _opened(payload)
    if kind != RiskState.__name__:
        raise CodecError(f"a state was expected, not {kind!r}")
    state: RiskState = _read(reader(_STATE, strict=True), kind, data)
    return state


@cache
def event_kinds() -> dict[str, type[Event]]:
    """Every kind of event by class name."""
    return {kind.__name__: kind for kind in _kinds_below(Event)}


_WRITERS: dict[type[Event], Writer] = {}


def _event_writer(kind: type[Event]) -> Writer:
    if event_kinds().get(kind.__name__) is not kind:
        raise CodecError(f"{kind.__name__} is no kind of event")
    return _WRITERS.setdefault(kind, quick_writer(Record(kind)))


def _kinds_below(parent: type[Event]) -> Iterator[type[Event]]:
    for kind in parent.__subclasses__():
        if "__dataclass_params__" in vars(kind):  # others are events in the making (core/made.py)
            yield kind
        yield from _kinds_below(kind)


def _dumped(tree: dict[str, Any]) -> bytes:
    return dumps(tree, None, NO_DATACLASSES)


def _carefully(value: Event | RiskState) -> bytes:
    kind = type(value)
    data = writable(careful_writer(Record(kind))(value))
    return _dumped({"data": data, "kind": kind.__name__, "version": VERSION})


def _opened(payload: bytes | str) -> tuple[str, Any]:
    try:
        tree = loads(payload)
        kind, version, data = tree["kind"], tree["version"], tree["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise CodecError(f"not a record of the ledger: {error!r}") from error
    if not (type(version) is int and 1 <= version <= VERSION):
        raise CodecError(
            f"{kind} is written in version {version!r}, this riskplugin reads up to {VERSION}: "
            "upgrade riskplugin"
        )
    return str(kind), data


def _read(read: Reader, kind: str, data: Any) -> Any:
    try:
        value = read(data)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise CodecError(f"{kind} cannot be read: {error}") from error
    if type(value).__name__ != kind:
        raise CodecError(f"{kind} cannot be read: it holds {str(data)[:80]!r}")
    return value
