"""control.hard_limits: named like the section's keys, never tighter than its own values (AU-6)."""

from __future__ import annotations

from typing import Any

import pytest

from riskplugin.config import ConfigError, parse

pytestmark = pytest.mark.spec("AU-6", "CF-1")


def with_hard(hard: dict[str, Any], **section: Any) -> dict[str, Any]:
    return {**section, "control": {"hard_limits": hard}}


def test_without_any_the_sections_own_values_are_the_ceiling() -> None:
    ceiling = parse({"stop": {"normal_pct": 4}}).ceiling
    assert (ceiling["stop.normal_pct"], ceiling["breaker.drawdown.trip_pct"]) == (4.0, 15.0)


def test_they_stand_above_the_working_limits_and_change_no_version() -> None:
    config = parse(with_hard({"breaker": {"drawdown": {"trip_pct": 25}}}))
    assert config.ceiling["breaker.drawdown.trip_pct"] == 25.0
    assert config.version == parse({}).version


@pytest.mark.parametrize(
    ("hard", "words"),
    [
        ({"breaker": {"drawdown": {"trip_pct": 12}}}, "must not be tighter than risk.breaker"),
        ({"breaker": {"liquidation_room": {"trip_pct": 20}}}, "must not be tighter"),
        ({"breaker": {"cooldown": "2h"}}, "must not be tighter"),
        ({"breaker": {"drawdown": {"trip": 12}}}, "is no limit"),
        ({"ledger": {"url": "sqlite://"}}, "is no limit"),
        ({"breaker": {"drawdown": {"trip_pct": "much"}}}, "must be a number"),
        ({"leverage": {"max": {"high": 18}}}, "must be at most"),
        ({"modes": {"nothing": "observe"}}, "is no limit"),
    ],
)
def test_what_cannot_be_stops_the_start_and_says_where(hard: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(with_hard(hard))
    [problem] = caught.value.problems
    assert problem.path.startswith("risk.control.hard_limits.")
    assert words in str(problem)


def test_the_number_of_positions_may_have_one_although_the_section_names_none() -> None:
    assert parse(with_hard({"positions": {"max": 8}})).ceiling["positions.max"] == 8
