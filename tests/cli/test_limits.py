"""riskplugin limits: in force, as schema, in plain words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from riskplugin.config import json_schema, parse
from riskplugin.config.messages import leaf_paths
from tests.cli.conftest import Run, change

pytestmark = pytest.mark.spec("CF-1")


def test_every_limit_is_shown_within_80_columns(run: Run, home: Path) -> None:
    change(home, risk={"stop": {"normal_pct": 3}})
    result = run("limits")
    assert result.exit_code == 0, result.output
    for path in leaf_paths():
        assert ".".join(path) in result.output
    assert "3 *" in result.output
    assert max(map(len, result.output.splitlines())) <= 80


def test_json_has_the_section_with_defaults_and_its_version(run: Run, home: Path) -> None:
    change(home, risk={"stop": {"normal_pct": 3}})
    shown = json.loads(run("limits", "--json").stdout)
    assert shown["risk"] == parse({"stop": {"normal_pct": 3}}).section
    assert shown["version"] == parse({"stop": {"normal_pct": 3}}).version


def test_the_environment_counts(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FREQTRADE__RISK__STOP__NORMAL_PCT", "2.5")
    assert json.loads(run("limits", "--json").stdout)["risk"]["stop"]["normal_pct"] == 2.5


@pytest.mark.spec("AU-4")
@pytest.mark.parametrize("arguments", [["limits"], ["limits", "--json"], ["limits", "explain"]])
def test_a_password_is_never_shown(run: Run, home: Path, arguments: list[str]) -> None:
    change(home, risk={"ledger": {"url": "postgresql://bot:geheim@db/risk"}})
    result = run(*arguments)
    assert result.exit_code == 0
    assert "geheim" not in result.output


def test_the_schema_is_the_schema(run: Run) -> None:
    assert json.loads(run("limits", "schema").stdout) == json_schema()


def test_without_a_configuration_the_defaults_are_shown(run: Run, home: Path) -> None:
    (home / "user_data/config.json").unlink()
    shown = json.loads(run("limits", "--json").stdout)
    assert shown["risk"] == parse({}).section
    assert "defaults" in shown["source"]


def test_a_wrong_section_is_one_clear_message(run: Run, home: Path) -> None:
    change(home, risk={"breaker": {"drawdown": {"trip": 15}}, "stop": {"normal_pct": 0}})
    result = run("limits")
    assert result.exit_code == 2
    assert "did you mean 'trip_pct'?" in result.stderr
    assert "risk.stop.normal_pct: was 0" in result.stderr
    assert "Traceback" not in result.output


def test_a_file_that_is_not_there_is_wrong_use(run: Run) -> None:
    result = run("limits", "--config", "nope.json")
    assert result.exit_code == 2
    assert "there is no file nope.json" in result.stderr
