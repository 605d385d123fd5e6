"""Strategies that enter more than they may, and leave less than they must."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.hostile.arena import Arena
from tests.hostile.attacks import Attack
from tests.hostile.families import fights, ids
from tests.hostile.fight import fight

pytestmark = [pytest.mark.slow, pytest.mark.spec("SZ-8", "SZ-10", "LV-2", "EM-3")]
FILES = ("attack_exits", "attack_entries")


@pytest.mark.parametrize(("attack", "market"), fights(*FILES), ids=ids)
def test_the_attack_is_held(arena_in: Callable[[str], Arena], attack: Attack, market: str) -> None:
    fight(arena_in(market), attack)
