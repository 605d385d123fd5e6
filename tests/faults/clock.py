"""This machine's clock, wrong on demand.

freqtrade hands ``datetime.now()`` to the strategy's hooks, and the adapter reads it for orders.
There is no way to step the real clock for one test, so the name ``datetime`` is replaced in every
loaded module of riskplugin and freqtrade that asks for the present, by a class that is shifted in
``now`` and else the same. The sandbox, ccxt and its signatures keep the true time: they are the
exchange's side, and a wrong clock there is the fault "wrong server time".
"""

from __future__ import annotations

import inspect
import sys
from datetime import datetime, timedelta, tzinfo
from typing import Any

import pytest

TRUE = datetime


class _LikeDatetime(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, TRUE)


class Clock:
    """Steps as often as told; ends with the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = timedelta(0)
        shifted = self._shifted()
        for name, module in list(sys.modules.items()):
            ours = name.startswith(("riskplugin.", "freqtrade.")) and ".sandbox" not in name
            if not ours or vars(module).get("datetime") is not TRUE:
                continue
            if "datetime.now(" in inspect.getsource(module):
                monkeypatch.setattr(module, "datetime", shifted)

    def step(self, by: timedelta) -> None:
        """From now on the clock goes ``by`` further ahead (negative: back)."""
        self.ahead += by

    def _shifted(self) -> type:
        clock = self

        class Shifted(TRUE, metaclass=_LikeDatetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Any:
                return TRUE.now(tz) + clock.ahead

        return Shifted
