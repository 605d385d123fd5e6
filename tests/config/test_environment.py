"""freqtrade's environment overrides, through freqtrade's own loader."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from freqtrade.configuration import Configuration
from freqtrade.enums import RunMode

from riskplugin.config import ConfigError, RiskConfig, parse
from riskplugin.config.messages import leaf_paths

pytestmark = pytest.mark.spec("CF-1")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    (tmp_path / "user_data").mkdir()
    return Path(shutil.copy(ROOT / "config.example.json", tmp_path / "config.json"))


def load(file: Path) -> dict[str, Any]:
    args = {"config": [str(file)], "user_data_dir": str(file.parent / "user_data")}
    config: dict[str, Any] = Configuration(args, RunMode.OTHER).get_config()
    return config


def load_risk(file: Path) -> RiskConfig:
    return parse(load(file)["risk"])


@pytest.mark.parametrize(
    ("name", "text", "path", "value"),
    [
        ("BREAKER__DRAWDOWN__TRIP_PCT", "12", "breaker.drawdown.trip_pct", 12.0),
        ("BREAKER__DRAWDOWN__TRIP_PCT", "12.5", "breaker.drawdown.trip_pct", 12.5),
        ("BREAKER__WEEKLY_LOSS__TRIP_PCT", "5", "breaker.weekly_loss.trip_pct", 5.0),
        ("BREAKER__SCORE__TRIP", "null", "breaker.score.trip", None),
        ("BREAKER__SCORE__TRIP", "off", "breaker.score.trip", None),
        ("BREAKER__LOSING_STREAK__WARN", "None", "breaker.losing_streak.warn", None),
        ("BREAKER__DAILY_LOSS__HOLD_UNTIL_NEXT_DAY", "true", None, True),
        ("BREAKER__COOLDOWN", "90m", "breaker.cooldown", "1h30m"),
        ("BREAKER__ON_TRIP", "halt", "breaker.on_trip", "halt"),
        ("POSITIONS__MAX", "4", "positions.max", 4),
        ("DAY__TIMEZONE", "Asia/Tokyo", "day.timezone", "Asia/Tokyo"),
        ("DAY__STARTS_AT", "08:30", "day.starts_at", "08:30"),
        ("MODES__STOP", "observe", "modes.stop", "observe"),
        ("SIZING__BASE_PCT__MINIMAL", "2.5", "sizing.base_pct.minimal", 2.5),
        ("CONTROL__KILL_FILE", "/run/STOP", "control.kill_file", "/run/STOP"),
        ("LEDGER__URL", "postgresql://bot:1@db/risk", "ledger.url", "postgresql://bot:1@db/risk"),
    ],
)
def test_a_variable_overrides_the_file(
    name: str,
    text: str,
    path: str | None,
    value: object,
    config_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(f"FREQTRADE__RISK__{name}", text)
    found: Any = load_risk(config_file).section
    for part in (path or name.lower().replace("__", ".")).split("."):
        found = found[part]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("STOP__NORMAL_PCT", "nan", "risk.stop.normal_pct: was NaN"),
        ("STOP__NORMAL_PCT", "inf", "risk.stop.normal_pct: was Infinity"),
        ("STOP__NORMAL_PCT", "true", "risk.stop.normal_pct: was true"),
        ("STOP__NORMAL_PCT", "5%", 'risk.stop.normal_pct: was "5%"'),
        ("STOP__NORMAL_PCT", "[5]", "risk.stop.normal_pct: was [5]"),
        ("BREAKER__COOLDOWN", "90", "the unit is missing"),
        ("ENABLED", "false", "risk.enabled: was false, is not a key"),
        ("MAX_LEVERAGE", "99", "risk.max_leverage: was 99, is not a key"),
        ("MODES__TRUST", "observe", "risk.modes.trust"),
    ],
)
def test_a_wrong_variable_stops_the_start(
    name: str, text: str, message: str, config_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"FREQTRADE__RISK__{name}", text)
    with pytest.raises(ConfigError) as caught:
        load_risk(config_file)
    assert message in str(caught.value)


def test_a_section_may_come_from_variables_alone(
    config_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = json.loads(config_file.read_text())
    del config["risk"]
    config_file.write_text(json.dumps(config))
    monkeypatch.setenv("FREQTRADE__RISK__STOP__NORMAL_PCT", "3")
    assert load_risk(config_file).policy.stop == 0.03


def test_every_key_is_lower_case_so_that_a_variable_reaches_it() -> None:
    assert all(part == part.lower() and "__" not in part for path in leaf_paths() for part in path)


def test_the_example_is_a_complete_configuration_with_the_defaults(config_file: Path) -> None:
    from freqtrade.configuration.config_validation import validate_config_consistency

    config = load(config_file)
    config["runmode"] = RunMode.DRY_RUN
    config.update(stoploss=-0.05, minimal_roi={"0": 0.03})  # freqtrade takes them from the strategy
    validate_config_consistency(config)
    assert config["risk"] == parse({}).section
