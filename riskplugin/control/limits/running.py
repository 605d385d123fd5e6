"""The limits of a bot that runs: which hold now, and the commands by which people change them.

Knows no clock and no ledger; the service asks, and records what it answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any

from riskplugin.config import RiskConfig
from riskplugin.control.limits import due, filing, household, orders, telling
from riskplugin.control.limits.holding import InForce, Registered, nobody
from riskplugin.core.commands import Command
from riskplugin.core.events import Event
from riskplugin.core.events.limits import BotJoined
from riskplugin.core.state import RiskState


class RunningLimits(InForce):
    """What a service needs of limits that may change."""

    def __init__(
        self,
        config: RiskConfig,
        *,
        slots: int | None,
        registered: Registered = nobody,
        markets: Callable[[], Collection[str]] = tuple,
        neighbours: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        super().__init__(config, slots=slots, registered=registered, markets=markets)
        self._clock = due.Clock()
        self._control = household.values_of(config)
        self._neighbours = neighbours

    def commands(self) -> dict[str, Command]:
        """The commands that change limits, by name."""
        return orders.commands(self)

    def taken_up(self, state: RiskState, at: datetime) -> Iterator[Event]:
        """What follows from the file when the bot starts."""
        others = self._neighbours() if state.began is None else ()
        if others:
            yield BotJoined(at=at, others=others)
        yield from filing.taken_up(state.runtime, self.file, at)
        yield from household.taken_up(state.runtime, self._control, at)

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
