"""RiskLimits and the section are two spellings of the same limits."""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, fields
from typing import Any

import pytest
from hypothesis import given

from riskplugin.config import ConfigError, RiskLimits, parse
from riskplugin.config.messages import flat_names, leaf_paths
from riskplugin.core.policy import Policy
from tests.config.strategies import sections

pytestmark = pytest.mark.spec("CF-1")


def test_the_defaults_are_those_of_the_section() -> None:
    assert RiskLimits().to_section() == parse({}).section
    assert RiskLimits().policy == Policy()
    assert RiskLimits.from_section({}) == RiskLimits()


def test_the_well_known_fields_have_their_defaults() -> None:
    limits = RiskLimits()
    assert limits.max_leverage_conservative == 5.0
    assert limits.max_position_size_pct_conservative == 0.5
    assert limits.max_daily_loss_pct == 1.0
    assert limits.max_drawdown_pct == 10.0
    assert limits.emergency_drawdown_pct == 15.0
    assert limits.max_total_exposure_pct == 50.0


def test_every_key_of_the_section_has_one_field() -> None:
    assert sorted(flat_names().values()) == sorted(leaf_paths())


def test_every_default_is_that_of_its_key() -> None:
    section = RiskLimits().to_section()
    for each in fields(RiskLimits):
        value: Any = section
        for name in each.metadata["path"].split("."):
            value = value[name]
        if each.name not in {"daily_loss_trip_pct", "exposure_warn_pct", "modes", "hard_limits"}:
            factory = each.default_factory
            default = each.default if factory is MISSING else factory()
            assert default == value, each.name


@given(sections())
def test_a_section_survives_the_way_there_and_back(section: dict[str, Any]) -> None:
    limits = RiskLimits.from_section(section)
    assert limits.to_section() == parse(section).section
    assert limits.policy == parse(section).policy
    assert RiskLimits.from_section(limits.to_section()) == limits


def test_twice_the_daily_loss_trips() -> None:
    threshold = RiskLimits(max_daily_loss_pct=3.0).policy.breaker.daily_loss
    assert (threshold.warn, threshold.trip) == (0.03, 0.06)
    threshold = RiskLimits(max_daily_loss_pct=3.0, daily_loss_trip_pct=4).policy.breaker.daily_loss
    assert threshold.trip == 0.04
    assert RiskLimits(daily_loss_trip_pct="off").policy.breaker.daily_loss.trip is None
    assert RiskLimits(daily_loss_trip_pct=2.0) == RiskLimits()


def test_the_exposure_at_which_entries_stop_follows_the_one_that_trips() -> None:
    exposure = RiskLimits(max_total_exposure_pct=30).policy.breaker.exposure
    assert exposure.warn == pytest.approx(0.27)
    assert exposure.trip == 0.3
    assert RiskLimits(exposure_warn_pct="off").policy.breaker.exposure.warn is None


def test_impossible_limits_cannot_be_built() -> None:
    with pytest.raises(ConfigError, match=r"risk\.breaker\.drawdown\.warn_pct: was 20"):
        RiskLimits(max_drawdown_pct=20.0)
    with pytest.raises(ConfigError, match=r"was NaN"):
        RiskLimits(max_total_exposure_pct=float("nan"))
    with pytest.raises(TypeError, match="max_drawdown"):
        RiskLimits(max_drawdown=20.0)  # type: ignore[call-arg]


def test_limits_are_values() -> None:
    limits = RiskLimits(cooldown="60m", modes={"stop": "observe"})
    assert limits == RiskLimits(cooldown="1h", modes={"stop": "observe"})
    assert len({limits, RiskLimits(cooldown="1h", modes={"stop": "observe"})}) == 1
    with pytest.raises(FrozenInstanceError):
        limits.cooldown = "2h"  # type: ignore[misc]


@pytest.mark.spec("AU-4")
def test_a_password_is_not_in_the_repr() -> None:
    assert "geheim" not in repr(RiskLimits(ledger_url="postgresql://bot:geheim@db/risk"))
