"""A double tap orders once: answers remembered by the key that the caller gave with them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from riskplugin.dashboard.office import Given

#: How many keys are remembered; the oldest is forgotten first.
KEPT = 1000


class OtherOrder(ValueError):
    """The key was used for another order before."""


class Once:
    """Orders by their keys. One caller at a time: two taps may come at once."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], tuple[str, Given]] = OrderedDict()
        self._lock = threading.Lock()

    def given(self, who: str, key: str | None, what: str, give: Callable[[], Given]) -> Given:
        """The order that ``who`` gave with ``key``; given now if it is new.

        Raises OtherOrder when the key stands for another order than ``what``.
        """
        if key is None:
            return give()
        with self._lock:
            known = self._known.get((who, key))
            if known is None:
                known = self._known[(who, key)] = (what, give())
                while len(self._known) > KEPT:
                    self._known.popitem(last=False)
            if known[0] != what:
                raise OtherOrder("this Idempotency-Key was used for another order")
            return known[1]
