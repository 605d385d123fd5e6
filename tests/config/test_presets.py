"""Presets: each holds together, and the three are one ladder from tight to loose."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from riskplugin import RiskLimits
from riskplugin.config import PRESETS, parse
from riskplugin.config.ceilings import is_limit, leaves
from riskplugin.config.direction import DIRECTIONS, direction_of
from riskplugin.core.snapshot import AccountSnapshot
from riskplugin.core.triggers import tripped
from riskplugin.core.units import Quote

pytestmark = pytest.mark.spec("CF-1")
NAMES = ("conservative", "moderate", "aggressive")


def limits_of(name: str) -> dict[str, Any]:
    return {k: v for k, v in leaves(parse(PRESETS[name].section).section) if is_limit(k)}


def test_there_are_three() -> None:
    assert tuple(PRESETS) == NAMES


@pytest.mark.parametrize("key", DIRECTIONS)
def test_no_limit_is_looser_than_in_the_next_preset(key: str) -> None:
    direction = direction_of(key)
    for tighter, looser in pairwise(NAMES):
        mine, theirs = limits_of(tighter)[key], limits_of(looser)[key]
        assert not direction.exceeds(mine, theirs), f"{tighter} {mine}, {looser} {theirs}"


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_can_be_used_as_it_is(name: str) -> None:
    assert RiskLimits.preset(name).to_section() == parse(PRESETS[name].section).section
    assert RiskLimits.preset(name).modes == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_is_about_limits_only(name: str) -> None:
    assert all(is_limit(key) for key, _ in leaves(PRESETS[name].section))


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_says_in_one_sentence_whom_it_is_for(name: str) -> None:
    whom = PRESETS[name].whom
    assert whom.startswith("For ")
    assert whom.endswith(".")
    assert whom.count(".") == 1


def test_moderate_is_the_default() -> None:
    assert RiskLimits.preset("moderate") == RiskLimits()


def test_an_unknown_preset_names_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="conservative, moderate, aggressive"):
        RiskLimits.preset("reckless")


@pytest.mark.parametrize("name", NAMES)
def test_one_lost_entry_does_not_trip_the_breaker(name: str) -> None:
    """Who trades with a preset as it is loses the day by several stops, not by one."""
    from riskplugin.cli.limits.reckoned import Reckoner

    policy = RiskLimits.preset(name).policy
    for futures in (False, True):
        lost = Reckoner(policy, 1000.0, futures=futures).to_their_stops()
        assert lost.count >= 2
        assert lost.trigger is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_full_emergency_book_that_loses_its_stops_is_a_part_of_a_days_loss(name: str) -> None:
    """What may be held in an emergency is small beside what made it one."""
    policy = RiskLimits.preset(name).policy
    emergency = policy.emergency
    most = emergency.max_positions * emergency.max_position * emergency.max_leverage
    account = AccountSnapshot(
        equity=Quote(1000 * (1 - most * emergency.stop)),
        peak_equity=Quote(1000.0),
        day_start_equity=Quote(1000.0),
    )
    assert not tripped(account, policy)
