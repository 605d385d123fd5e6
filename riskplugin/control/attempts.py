"""Slows down whoever guesses: attempts are counted before they are looked at, and forgiven when
they were right. Shared by all processes through the ledger.

Counted by name, by address, and instead of by name by both where that person has signed in from
that address before: so nobody can lock others out of the places that they come from.
"""

from __future__ import annotations

import ipaddress
import math
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from riskplugin.control.person import Denied
from riskplugin.control.tables import Tables
from riskplugin.ledger.store.tables import attempts, micros, moment

#: Attempts that cost nothing; from then on the wait doubles up to LONGEST.
FREE = 5
LONGEST = timedelta(minutes=15)
#: Failures are forgotten after this long, and addresses that a person came from.
FORGOTTEN, KNOWN = timedelta(days=1), timedelta(days=30)


def wait_after(failures: int) -> timedelta:
    """How long the next attempt has to wait after so many in vain.

    >>> [wait_after(n).seconds for n in (1, 4, 5, 6, 7, 14, 15, 10_000)]
    [0, 0, 1, 2, 4, 512, 900, 900]
    """
    if failures < FREE:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - FREE, 20)), LONGEST)


class Attempts:
    """Rows of the table of that name."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def count(self, name: str, address: str, at: datetime) -> int:
        """Count one attempt; how many there were in vain, this one included.

        Raises Denied (429) while one has to wait; that attempt is not counted.
        """
        with self._tables.transaction("counting attempts") as connection:
            keys = self._keys(connection, name, address, at)
            before = {key: _failures(connection, key, at) for key in keys}
            for key, failures in before.items():
                _put(connection, key, failures + 1, at)
            _forget(connection, at)
        return max(before.values()) + 1

    def forgive(self, name: str, address: str, at: datetime) -> None:
        """It was right: forget what was in vain for this name, and know the address."""
        address = place_of(address)
        with self._tables.transaction("forgiving attempts") as connection:
            for key in (f"name:{name}", f"both:{name}@{address}"):
                connection.execute(delete(attempts).where(attempts.c.who == key))
            if address:
                row = _row(connection, f"address:{address}")
                _put(connection, f"address:{address}", (row[0] if row else 1) - 1, at, wait=False)
            _put(connection, f"known:{name}@{address}", 0, at)

    def _keys(self, connection: Connection, name: str, address: str, at: datetime) -> list[str]:
        address = place_of(address)
        known = _row(connection, f"known:{name}@{address}")
        familiar = known is not None and moment(known[1]) >= at - KNOWN
        keys = [f"both:{name}@{address}" if familiar else f"name:{name}"]
        return [*keys, f"address:{address}"] if address else keys


def place_of(address: str) -> str:
    """What counts as one address: of IPv6 a whole network, since everybody has one.

    >>> place_of("192.0.2.7"), place_of("2001:db8:1:2:3:4:5:6"), place_of("a host")
    ('192.0.2.7', '2001:db8:1:2::/64', 'a host')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
    return str(parsed)


def _row(connection: Connection, key: str) -> tuple[int, int, int] | None:
    columns = attempts.c
    query = select(columns.failures, columns.at, columns.locked_until).where(columns.who == key)
    row = connection.execute(query).first()
    return None if row is None else (int(row[0]), int(row[1]), int(row[2]))


def _failures(connection: Connection, key: str, at: datetime) -> int:
    """Attempts in vain until now. Raises Denied while the next has to wait."""
    row = _row(connection, key)
    if row is None or moment(row[1]) < at - FORGOTTEN:
        return 0
    left = moment(row[2]) - at
    if timedelta(0) < left <= LONGEST:  # a longer one was written by a clock that was ahead
        seconds = math.ceil(left.total_seconds())
        raise Denied(429, f"too many attempts: wait {seconds} s", retry_after=seconds)
    return row[0]


def _put(
    connection: Connection, key: str, failures: int, at: datetime, *, wait: bool = True
) -> None:
    until = at + wait_after(failures) if wait else at
    connection.execute(delete(attempts).where(attempts.c.who == key))
    row = {"who": key, "failures": failures, "at": micros(at), "locked_until": micros(until)}
    connection.execute(insert(attempts), row)


def _forget(connection: Connection, at: datetime) -> None:
    columns = attempts.c
    connection.execute(delete(attempts).where(columns.at < micros(at - KNOWN)))
    known = columns.who.like("known:%")
    connection.execute(delete(attempts).where(columns.at < micros(at - FORGOTTEN), ~known))
