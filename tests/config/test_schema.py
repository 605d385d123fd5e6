"""The schema for editors: current, and of one mind with the parser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped, unused-ignore]
import pytest
from hypothesis import given

from riskplugin.analytics.volatility import ESTIMATORS
from riskplugin.config import (
    ALWAYS_ENFORCED,
    CURVE_NAMES,
    ESTIMATOR_NAMES,
    MODE_NAMES,
    RULE_NAMES,
    TRIGGER_NAMES,
    json_schema,
    parse,
)
from riskplugin.config.messages import field_at, leaf_paths
from riskplugin.core.rules import RULES
from riskplugin.core.sizing.position import CURVES
from riskplugin.core.triggers import _KINDS
from tests.config.strategies import sections

pytestmark = pytest.mark.spec("CF-1")
ROOT = Path(__file__).parents[2]
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def test_the_schema_in_the_docs_is_current() -> None:
    """Mend it with: riskplugin limits schema > docs/risk.schema.json"""
    assert json.loads((ROOT / "docs" / "risk.schema.json").read_text()) == json_schema()


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


@given(sections())
def test_what_parses_is_valid_for_editors(section: dict[str, Any]) -> None:
    VALIDATOR.validate(section)
    VALIDATOR.validate(parse(section).section)


@pytest.mark.parametrize(
    "section",
    [
        {"breaker": {"drawdown": {"trip": 1}}},
        {"stop": {"normal_pct": 0}},
        {"breaker": {"cooldown": "90"}},
        {"modes": {"stpo": "observe"}},
        {"modes": {"input": "observe"}},
        {"sizing": {"volatility": {"curve": "round"}}},
    ],
)
def test_editors_see_what_does_not_parse(section: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(section)


def test_every_key_says_what_it_means() -> None:
    for path in leaf_paths():
        field = field_at(path)
        assert field is not None
        assert field.description, path


def test_the_words_are_those_of_the_registries() -> None:
    assert (*(rule.name for rule in RULES), "minimum") == RULE_NAMES
    assert set(TRIGGER_NAMES) == {*_KINDS, "system"}
    assert tuple(CURVES) == CURVE_NAMES
    assert tuple(ESTIMATORS) == ESTIMATOR_NAMES
    assert set(ALWAYS_ENFORCED) < set(MODE_NAMES)


def test_the_schema_offers_the_estimators_and_curves() -> None:
    volatility = json_schema()["$defs"]["Volatility"]["properties"]
    assert tuple(volatility["estimator"]["enum"]) == ESTIMATOR_NAMES
    assert tuple(volatility["curve"]["enum"]) == CURVE_NAMES
