"""The limits of a bot that runs: which hold now, and the commands by which people change them.

Knows no clock and no ledger; the service asks, and records what it answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from riskplugin.config import RiskConfig
from riskplugin.control.limits import due, filing, orders, telling
from riskplugin.control.limits.holding import InForce, nobody
from riskplugin.core.commands import Command
from riskplugin.core.events import Event
from riskplugin.core.state import RiskState


class RunningLimits(InForce):
    """What a service needs of limits that may change."""

    def __init__(
        self, config: RiskConfig, *, slots: int | None, registered: Callable[[str], bool] = nobody
    ) -> None:
        super().__init__(config, slots=slots, registered=registered)
        self._clock = due.Clock()

    def commands(self) -> dict[str, Command]:
        """The commands that change limits, by name."""
        return orders.commands(self)

    def taken_up(self, state: RiskState, at: datetime) -> Iterator[Event]:
        """What follows from the file when the bot starts."""
        yield from filing.taken_up(state.runtime, self.file, at)

    def due(self, state: RiskState, at: datetime) -> Iterator[Event]:
        """What happens by itself by now; ``state`` folds each event as it comes."""
        if state.runtime.overrides or state.runtime.proposals:
            yield from due.due(self, self._clock, state, at)

    def used(self, state: RiskState, pair: str, at: datetime) -> Iterator[Event]:
        """An entry in ``pair`` was sent."""
        yield from due.used(state, pair, at)

    def told(self, state: RiskState) -> dict[str, Any]:
        """What holds and what waits, for the status that other processes read."""
        return telling.told(self, state.runtime)
