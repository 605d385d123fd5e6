"""A clock that a strategy has turned opens no breaker: cooldowns run on our own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from riskplugin.core.breaker import BreakerState
from tests.hostile.arena import SECTION, Arena, unharmed
from tests.hostile.fight import turn

pytestmark = [pytest.mark.slow, pytest.mark.spec("CB-5", "CB-6", "CF-3")]


@pytest.mark.parametrize("attack", ["TravelsAhead", "TravelsBack"])
def test_a_tripped_breaker_does_not_cool_down_by_the_strategys_clock(
    arena_in: Callable[[str], Arena], attack: str
) -> None:
    arena = arena_in("futures")
    arena.position()
    section = {**SECTION, "breaker": {"system": {"max_consecutive_errors": 1}}}
    with unharmed(), arena.bot(f"{attack}Guarded", section=section) as bot:
        bot.session.fault("test", "something failed")
        turn(bot)
        state = bot.session.service.state
        assert state.breaker is BreakerState.OPEN
        before = arena.entries()
        for _ in range(3):
            turn(bot)
            assert state.breaker is BreakerState.OPEN
            assert arena.entries() == before
