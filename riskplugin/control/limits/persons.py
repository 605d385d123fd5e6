"""Who counts as one of the two people that loosening a limit takes."""

from __future__ import annotations

from datetime import datetime

from riskplugin.control.limits.holding import Registered
from riskplugin.control.people import People
from riskplugin.control.permissions import may
from riskplugin.ports import LedgerError


def registered(people: People) -> Registered:
    """Answers whether a registered person of that name may change limits now, and is that person
    since a moment: nobody was added, let in again or given a password under that name after it.

    Where that cannot be read, nobody counts.
    """

    def counts(name: str, since: datetime) -> bool:
        try:
            person = people.find(name)
        except LedgerError:
            return False
        if person is None or person.disabled or not may(person.role, "propose"):
            return False
        return person.since is not None and person.since <= since

    return counts
