"""Faults on demand: which requests fail, how, and for how long. Decides only; the server acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

FaultKind = Literal[
    "http_500",
    "http_503",
    "timeout",
    "malformed",
    "empty",
    "html",
    "rate_limit",
    "ban",
    "reject",
    "accepted_no_answer",
    "accepted_malformed",
    "balance_down",
    "balance_empty",
    "server_time",
]
BALANCE_PATHS = frozenset(
    {
        "/api/v3/account",
        "/fapi/v2/account",
        "/fapi/v3/account",
        "/fapi/v2/balance",
        "/fapi/v3/balance",
    }
)
ORDER_PATHS = ("/api/v3/order", "/fapi/v1/order", "/fapi/v1/algoOrder")
_KINDS: tuple[str, ...] = get_args(FaultKind)


@dataclass(slots=True)
class Fault:
    """Requests whose path contains `match` (and whose method, key and caller fit) fail.

    Ends after `count` requests or at `until_ms`, whichever comes first; None is without end.
    `delay_s` is how long a timeout holds the connection, `retry_after_s` what a rate limit asks
    for, `code` and `msg` replace the answer of `reject`, `shift_s` is how far ahead (negative:
    behind) the exchange's clock goes in `server_time`.
    """

    kind: FaultKind
    id: int
    match: str = ""
    method: str = ""
    key: str = ""
    name: str = ""
    count: int | None = None
    until_ms: int | None = None
    delay_s: float = 30.0
    retry_after_s: int = 1
    code: int | None = None
    msg: str = ""
    shift_s: float = 0.0
    hits: int = 0

    def fits(self, method: str, path: str, key: str, name: str, now_ms: int) -> bool:
        """Whether this request is struck."""
        return (
            self.is_alive(now_ms)
            and self._aims_at(method, path)
            and self.match in path
            and self.method in ("", method)
            and self.key in ("", key)
            and self.name in ("", name)
        )

    def is_alive(self, now_ms: int) -> bool:
        """Whether it has not run out."""
        spent = self.count is not None and self.hits >= self.count
        late = self.until_ms is not None and now_ms >= self.until_ms
        return not (spent or late)

    def _aims_at(self, method: str, path: str) -> bool:
        """Some kinds are about certain endpoints by nature."""
        if self.kind in ("balance_down", "balance_empty"):
            return path in BALANCE_PATHS
        if self.kind in ("reject", "accepted_no_answer", "accepted_malformed"):
            return method == "POST" and path in ORDER_PATHS
        return True


class Faults:
    """The faults in force. The oldest that fits strikes."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._made = 0

    def add(self, fields: Mapping[str, object], now_ms: int) -> Fault:
        """A fault from its JSON form. Raises ValueError or TypeError if it is none."""
        settings = dict(fields)
        if settings.get("kind") not in _KINDS:
            raise ValueError(f"no fault {settings.get('kind')!r}; there are {', '.join(_KINDS)}")
        seconds = settings.pop("seconds", None)
        if isinstance(seconds, (int, float)):
            settings["until_ms"] = now_ms + round(seconds * 1000)
        self._made += 1
        fault = Fault(id=self._made, **settings)  # type: ignore[arg-type]  # checked by the keys
        self._faults.append(fault)
        return fault

    def clear(self, number: int | None = None) -> None:
        """Remove one fault, or all."""
        self._faults = [f for f in self._faults if number is not None and f.id != number]

    def strike(self, method: str, path: str, key: str, name: str, now_ms: int) -> Fault | None:
        """The fault that hits this request, counted; or None."""
        for fault in self._faults:
            if fault.fits(method, path, key, name, now_ms):
                fault.hits += 1
                return fault
        return None

    def all(self) -> list[Fault]:
        """Every fault that was not removed, run out or not."""
        return list(self._faults)
