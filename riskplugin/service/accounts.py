"""The account that questions are asked of: built once for a look, however many questions follow."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from riskplugin.core.book import Book
from riskplugin.core.monitor import READ, account_of
from riskplugin.core.policy import Policy
from riskplugin.core.snapshot import AccountSnapshot
from riskplugin.core.state import RiskState

_read = attrgetter(*READ)


class Accounts:
    """Remembers the account of the latest question.

    An account follows from the book, the limits, the fault and what is read of the state, all of
    them values that nobody changes. While book and limits are the very same, and the rest is equal,
    so is the account: whatever happens in between, an order on its way or a breaker that opens,
    puts something else there.
    """

    __slots__ = ("_account", "_book", "_fault", "_policy", "_seen")

    def __init__(self) -> None:
        self._account: AccountSnapshot | None = None
        self._book: Book | None = None
        self._policy: Policy | None = None
        self._fault: str | None = None
        self._seen: tuple[Any, ...] = ()

    def of(
        self, state: RiskState, book: Book, policy: Policy, fault: str | None
    ) -> AccountSnapshot:
        """As :func:`~riskplugin.core.monitor.account_of`, which is asked when anything differs."""
        seen, known = _read(state), self._account
        if (
            known is None
            or book is not self._book
            or policy is not self._policy
            or fault != self._fault
            or seen != self._seen
        ):
            known, _ = account_of(state, book, policy, fault=fault)
            self._account, self._seen = known, seen
            self._book, self._policy, self._fault = book, policy, fault
        return known
