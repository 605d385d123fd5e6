"""What a section means: defaults, units, versions, durations."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.config import ConfigError, parse
from riskplugin.config.durations import format_duration, parse_duration
from riskplugin.core.levels import Mode, OnTrip, RiskLevel
from riskplugin.core.policy import Policy, Threshold
from tests.config.strategies import sections

pytestmark = pytest.mark.spec("CF-1")


def test_an_empty_section_means_the_defaults_of_the_core() -> None:
    config = parse({})
    assert config.policy == Policy()
    assert config.ledger_url == "sqlite:///user_data/risk.sqlite"
    assert config.kill_file == Path("user_data/RISK_KILL")
    assert config.metrics_interval == timedelta(seconds=5)


def test_the_defaults_are_those_of_the_design() -> None:
    section = parse({}).section
    assert section["sizing"]["base_pct"] == {
        "minimal": 2.0,
        "low": 1.0,
        "medium": 0.5,
        "high": 0.25,
        "critical": 0.25,
    }
    assert section["breaker"]["drawdown"] == {"warn_pct": 10.0, "trip_pct": 15.0}
    assert section["breaker"]["max_cooldown"] == "1d"
    assert section["emergency"] == {
        "max_leverage": 5.0,
        "max_position_pct": 0.5,
        "max_positions": 3,
        "stop_pct": 10.0,
    }


def test_percentages_become_ratios() -> None:
    policy = parse(
        {
            "sizing": {"base_pct": {"minimal": 3}, "max_risk_per_trade_pct": 1},
            "stop": {"normal_pct": 4},
            "breaker": {
                "drawdown": {"warn_pct": 4, "trip_pct": 8},
                "weekly_loss": {"warn_pct": 3, "trip_pct": 5},
                "score": {"warn": 70, "trip": 90},
                "on_trip": "halt",
                "cooldown": "1h30m",
            },
            "day": {"timezone": "Europe/Berlin", "starts_at": "08:30"},
            "modes": {"stop": "observe"},
        }
    ).policy
    assert policy.sizing.base[RiskLevel.MINIMAL] == 0.03
    assert policy.sizing.max_risk_per_trade == 0.01
    assert policy.stop == 0.04
    assert policy.breaker.drawdown == Threshold(warn=0.04, trip=0.08)
    assert policy.breaker.weekly_loss == Threshold(warn=0.03, trip=0.05)
    assert policy.breaker.score == Threshold(warn=70, trip=90)
    assert policy.breaker.on_trip is OnTrip.HALT
    assert policy.breaker.cooldown == timedelta(minutes=90)
    assert policy.day.timezone == ZoneInfo("Europe/Berlin")
    assert policy.day.starts_at == time(8, 30)
    assert policy.modes == {"stop": Mode.OBSERVE}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"exposure": {"trip_pct": 30}}, {"warn_pct": 27.0, "trip_pct": 30.0}),
        ({"drawdown": {"trip_pct": 6}}, {"warn_pct": 4.0, "trip_pct": 6.0}),
        ({"drawdown": {"warn_pct": 6}}, {"warn_pct": 6.0, "trip_pct": 15.0}),
        ({"losing_streak": {"trip": 5}}, {"warn": 2, "trip": 5}),
        ({"liquidation_room": {"trip_pct": 60}}, {"warn_pct": 100.0, "trip_pct": 60.0}),
        ({"weekly_loss": {"trip_pct": 5}}, {"warn_pct": None, "trip_pct": 5.0}),
        ({"score": {"trip": None}}, {"warn": 80.0, "trip": None}),
    ],
)
def test_a_warning_that_is_not_written_follows_its_trip_value(
    written: dict[str, Any], meant: dict[str, Any]
) -> None:
    (name,) = written
    assert parse({"breaker": written}).section["breaker"][name] == meant


def test_the_version_names_the_limits_and_not_how_they_were_written() -> None:
    version = parse({}).version
    assert len(version) == 12
    assert parse({"stop": {"normal_pct": 5}, "breaker": {"cooldown": "60m"}}).version == version
    assert parse({"modes": {"stop": "enforce"}}).version == version
    assert parse({"stop": {"normal_pct": 5.1}}).version != version


@pytest.mark.spec("AU-4")
def test_a_password_reaches_neither_repr_nor_public_section_nor_version() -> None:
    secret, other = (
        parse({"ledger": {"url": f"postgresql://bot:{word}@db/risk"}}) for word in ("geheim", "x")
    )
    assert "geheim" in secret.ledger_url
    assert "geheim" not in repr(secret) + json.dumps(secret.public_section)
    assert secret.version == other.version


def test_the_section_given_may_change_afterwards() -> None:
    written: dict[str, Any] = {"modes": {"stop": "observe"}}
    config = parse(written)
    written["modes"]["size"] = "observe"
    config.section["stop"]["normal_pct"] = 99
    assert config.policy.modes == {"stop": Mode.OBSERVE}
    assert config.section["stop"]["normal_pct"] == 5.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.version = "x"  # type: ignore[misc]


def test_parsing_leaves_the_section_as_it_is() -> None:
    written = {"breaker": {"drawdown": {"trip_pct": -1}}, "what": 1}
    before = copy.deepcopy(written)
    with pytest.raises(ConfigError):
        parse(written)
    assert written == before


@given(sections())
def test_the_normalised_section_means_the_same(section: dict[str, Any]) -> None:
    config = parse(section)
    again = parse(json.loads(json.dumps(config.section)))
    assert again == config
    assert again.section == config.section


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=366)))
def test_a_duration_is_read_as_it_is_written(length: timedelta) -> None:
    whole = timedelta(seconds=int(length.total_seconds()))
    assert parse_duration(format_duration(whole)) == whole


@pytest.mark.parametrize(
    "text", ["", "90", "1.5h", "-1h", "1h 30m", "30m1h", "1w", "0s", "400d", "١h", "1h1h", "9" * 99]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not"):
        parse_duration(text)


def test_the_error_survives_pickling() -> None:
    with pytest.raises(ConfigError) as caught:
        parse({"x": 1})
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    assert again.problems == caught.value.problems


@pytest.mark.spec("AU-2")
@pytest.mark.parametrize(
    "place", ["https://keeper.example/in", "http://10.0.0.1", "/mnt/x.jsonl", None]
)
def test_checkpoints_go_to_a_path_or_a_web_address(place: str | None) -> None:
    assert (
        parse({"ledger": {"checkpoints": {"copy_to": place}}}).ledger.checkpoints.copy_to == place
    )


@pytest.mark.spec("AU-2")
@pytest.mark.parametrize("place", ["ftp://x/y", "http://", "file:///etc/x", 3, ""])
def test_checkpoints_go_nowhere_else(place: object) -> None:
    with pytest.raises(ConfigError, match=r"copy_to.*must be a text \(path, or http\(s\)"):
        parse({"ledger": {"checkpoints": {"copy_to": place}}})


@pytest.mark.spec("AU-1")
def test_where_records_are_kept_is_no_limit() -> None:
    elsewhere = {"ledger": {"durability": "normal", "encrypt": True}, "control": {"kill_file": "X"}}
    assert parse(elsewhere).version == parse({}).version
    assert parse(elsewhere).limits == parse({}).limits
    assert parse({"stop": {"normal_pct": 4}}).version != parse({}).version
    assert "sqlite" not in parse({}).limits
