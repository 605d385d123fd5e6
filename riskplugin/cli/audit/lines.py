"""A record as one JSON line that lets a third party compute its hash (AU-2).

``data`` comes last and is the record's own text, byte for byte: numbers are written in more than
one way, and the hash covers this one. What a record held that JSON cannot is an object with the
key ``$``, as :mod:`riskplugin.ledger.form.odd` writes it.
"""

from __future__ import annotations

import re

import orjson

from riskplugin.ledger.record import Record

_HEAD = b'{"data":'
_TAIL = re.compile(rb',"kind":"(\w+)","version":(\d+)\}\Z')


def line(bot: str, record: Record, before: bytes | None = None) -> bytes:
    """``record`` of ``bot`` as JSON without a line end; ``before`` is the hash it follows.

    A record that is not as riskplugin writes it has its text in ``payload`` instead of ``data``.
    """
    head = {"bot": _utf8(bot), "seq": record.seq, "at": record.at, "hash": record.hash.hex()}
    if before is not None:
        head["previous"] = before.hex()
    data = _data(record)
    if data is None:
        head |= {"kind": record.kind, "payload": record.payload.decode(errors="replace")}
        return orjson.dumps(head)
    text, version = data
    opened = orjson.dumps(head | {"kind": record.kind, "version": version})
    return opened[:-1] + b',"data":' + text + b"}"


def _data(record: Record) -> tuple[bytes, int] | None:
    """The text of the record's data and its version; None for what only looks like a record."""
    tail = _TAIL.search(record.payload)
    if not (tail and record.payload.startswith(_HEAD) and tail[1].decode() == record.kind):
        return None
    data = record.payload[len(_HEAD) : tail.start()]
    try:
        orjson.loads(data)
    except ValueError:
        return None
    return (data, int(tail[2])) if b"\n" not in data and b"\r" not in data else None


def _utf8(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()
