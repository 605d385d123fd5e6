"""Who counts as one of the two people that loosening a limit takes."""

from __future__ import annotations

from collections.abc import Callable

from riskplugin.control.people import People
from riskplugin.control.permissions import may
from riskplugin.ports import LedgerError


def registered(people: People) -> Callable[[str], bool]:
    """Answers whether a registered person of that name may change limits, now.

    Where that cannot be read, nobody counts.
    """

    def counts(name: str) -> bool:
        try:
            person = people.find(name)
        except LedgerError:
            return False
        return person is not None and not person.disabled and may(person.role, "propose")

    return counts
