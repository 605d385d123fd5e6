"""What the walks ask for: figures beyond every limit, and what a bot does as it starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: What the strategy's leverage() answers on futures.
LEVERAGE = 4.0
#: Margin of what is held before a walk: inside every limit.
LITTLE = 40.0
#: Margin that a walk asks for: beyond every limit.
MUCH = {"futures": 2_500.0, "spot": 6_000.0}
#: So many times too low is a price that makes much of a stake of 100.
FAR = {"futures": 25.0, "spot": 60.0}

_starting: list[Callable[[Any], None]] = []


def when_started(act: Callable[[Any], None]) -> None:
    """Let the next strategy that starts do this in its bot_start."""
    _starting.append(act)


def at_start(strategy: Any) -> None:
    """Do what was asked for, once."""
    while _starting:
        _starting.pop()(strategy)
