"""The hash chain: each record's hash covers its own bytes and the hash before it (AU-2)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256


def genesis(bot: str) -> bytes:
    """Where a bot's chain begins; another bot's records do not fit onto it."""
    return sha256(b"riskplugin ledger of " + bot.encode("utf-8", "surrogatepass")).digest()


def link(previous: bytes, payload: bytes) -> bytes:
    """The hash of ``payload`` as the record after the one hashed ``previous`` (32 bytes)."""
    return sha256(previous + payload).digest()


def verify(rows: Iterable[tuple[bytes, bytes]], start: bytes) -> int | None:
    """Check ``(payload, hash)`` rows in order, the first of them following the hash ``start``.

    The position (from 0) of the first row whose hash does not fit, None when all do. A record
    that was edited, removed, put in or moved breaks the chain there; records cut off at the end
    do not: compare the last hash with one kept elsewhere.

    >>> start = genesis("bot")
    >>> first = link(start, b"a")
    >>> verify([(b"a", first), (b"b", link(first, b"b"))], start)
    >>> verify([(b"a", first), (b"B", link(first, b"b"))], start)
    1
    """
    expected = start
    for position, (payload, recorded) in enumerate(rows):
        expected = sha256(expected + payload).digest()
        if expected != recorded:
            return position
    return None
