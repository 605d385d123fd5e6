"""Values that have to stay where they were put, seen to after every callback: compared in C."""

from __future__ import annotations

from collections.abc import Mapping
from operator import is_, itemgetter
from typing import Any


class Unmoved:
    """The very objects that a dictionary held under these names. Equal ones are others: what a
    strategy puts there may claim to be equal to anything.
    """

    __slots__ = ("_get", "_values")

    def __init__(self, values: Mapping[str, Any]) -> None:
        names = (*values, *tuple(values)[:1])  # the first twice: of one name there is no tuple
        self._values = tuple(values[name] for name in names)
        self._get = itemgetter(*names) if names else None

    def held_by(self, found: Mapping[str, Any]) -> bool:
        """True while ``found`` has each of them under its name."""
        if self._get is None:
            return True
        try:
            return all(map(is_, self._get(found), self._values))
        except KeyError:
            return False
