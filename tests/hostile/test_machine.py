"""Strategies that turn the machine under the bot against it, and riskplugin itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.hostile.arena import Arena
from tests.hostile.attacks import Attack
from tests.hostile.families import fights, ids
from tests.hostile.fight import fight

pytestmark = [pytest.mark.slow, pytest.mark.spec("CF-3", "CF-4", "EM-3")]
FILES = ("attack_machine", "attack_insider")


@pytest.mark.parametrize(("attack", "market"), fights(*FILES), ids=ids)
def test_the_attack_is_held(arena_in: Callable[[str], Arena], attack: Attack, market: str) -> None:
    fight(arena_in(market), attack)
