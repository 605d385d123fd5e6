"""A clock that runs as fast as told: a day of a bot in minutes.

There is no way to step the machine's clock for one process, so the name ``datetime`` is replaced in
every loaded module of freqtrade and riskplugin that asks for the present, by a class that is
shifted in ``now`` and else the same; so is ``monotonic``, by which the ledger knows when to tidy
up.
"""

from __future__ import annotations

import inspect
import sys
import time
from datetime import datetime, timedelta, tzinfo
from typing import Any

_TRUE = datetime
_HOSTS = ("riskplugin.", "freqtrade.")


class _LikeDatetime(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _TRUE)


class Clock:
    """Begins at the true time and goes on from there as it is stepped, not by itself."""

    def __init__(self) -> None:
        self._begun = _TRUE.now().astimezone()
        self._monotonic = time.monotonic()
        self.passed = timedelta(0)
        self._shifted = self._like_datetime()

    def rule(self) -> None:
        """Take over the modules that are loaded by now; again for those that came later."""
        for name, module in list(sys.modules.items()):
            if not name.startswith(_HOSTS):
                continue
            if vars(module).get("monotonic") is time.monotonic:
                vars(module)["monotonic"] = self.monotonic
            if vars(module).get("datetime") is _TRUE and "datetime.now(" in inspect.getsource(
                module
            ):
                vars(module)["datetime"] = self._shifted

    def now(self, tz: tzinfo | None = None) -> datetime:
        """The present."""
        moment = self._begun + self.passed
        return moment.astimezone(tz) if tz else moment.replace(tzinfo=None)

    def monotonic(self) -> float:
        """Seconds since some beginning."""
        return self._monotonic + self.passed.total_seconds()

    def _like_datetime(self) -> type:
        clock = self

        class Shifted(_TRUE, metaclass=_LikeDatetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Any:
                return clock.now(tz)

        return Shifted
