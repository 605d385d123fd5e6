"""Greed alone, within freqtrade's rules, is no intrusion: limits cap it, and nothing latches."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from riskplugin.core.breaker import BreakerState
from tests.hostile.arena import Arena
from tests.hostile.fight import turn

pytestmark = [pytest.mark.slow, pytest.mark.spec("SZ-8", "SZ-10", "MO-4")]


@pytest.mark.parametrize("market", ["futures", "spot"])
def test_a_strategy_that_only_asks_for_too_much_is_capped_and_goes_on(
    arena_in: Callable[[str], Arena], market: str
) -> None:
    arena = arena_in(market)
    arena.position()
    before = arena.entries()
    with arena.bot("GreedyGuarded") as bot:
        for _ in range(4):
            turn(bot)
            arena.assert_within_limits()
        assert arena.entries() > before, "it is capped, not shut out"
        state = bot.session.service.state
        assert state.breaker is BreakerState.CLOSED, state.last_fault
