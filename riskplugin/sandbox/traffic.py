"""Counts requests: per endpoint, per API key, per caller name. Knows nothing of what they mean."""

from __future__ import annotations

from collections import Counter
from typing import TypedDict


class TrafficReport(TypedDict):
    """What `/control/requests` answers; each counter maps `METHOD /path` to a number."""

    total: int
    endpoints: dict[str, int]
    by_key: dict[str, dict[str, int]]
    by_name: dict[str, dict[str, int]]
    unknown: dict[str, int]


class Traffic:
    """Counters since the start or the last reset."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin at zero."""
        self._endpoints: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        self._by_key: dict[str, Counter[str]] = {}
        self._by_name: dict[str, Counter[str]] = {}

    def count(self, endpoint: str, key: str, name: str) -> None:
        """One more request; key and name may be empty."""
        self._endpoints[endpoint] += 1
        if key:
            self._by_key.setdefault(key, Counter())[endpoint] += 1
        if name:
            self._by_name.setdefault(name, Counter())[endpoint] += 1

    def count_unknown(self, endpoint: str) -> None:
        """An endpoint was asked for that is not there."""
        self._unknown[endpoint] += 1

    def report(self) -> TrafficReport:
        """All counters."""
        return {
            "total": self._endpoints.total(),
            "endpoints": dict(self._endpoints),
            "by_key": {key: dict(counts) for key, counts in self._by_key.items()},
            "by_name": {name: dict(counts) for name, counts in self._by_name.items()},
            "unknown": dict(self._unknown),
        }
