"""The order for one backtest, as it is handed to a process of its own."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Job:
    """``given`` is what ``freqtrade backtesting`` takes as arguments, by freqtrade's own names.

    ``guarded``: with the plugin, whatever the strategy derives from. ``settings`` are keys of the
    section "risk" (dotted) laid over the configuration's. The run is written into ``folder``.
    """

    name: str
    guarded: bool
    given: dict[str, Any]
    folder: str
    settings: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, text: str) -> Job:
        """The job that ``text`` is."""
        return cls(**json.loads(text))


def laid_over(section: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """A copy of ``section`` with ``settings`` (dotted keys) in it.

    >>> laid_over({"breaker": {"drawdown": {"warn_pct": 5}}}, {"breaker.drawdown.trip_pct": 9})
    {'breaker': {'drawdown': {'warn_pct': 5, 'trip_pct': 9}}}
    """
    made: dict[str, Any] = _copy(section)
    for key, value in settings.items():
        *groups, last = key.split(".")
        place = made
        for name in groups:
            inner = place.setdefault(name, {})
            if not isinstance(inner, dict):
                inner = place[name] = {}
            place = inner
        place[last] = value
    return made


def _copy(value: Any) -> Any:
    return {k: _copy(v) for k, v in value.items()} if isinstance(value, dict) else value
