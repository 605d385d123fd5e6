"""riskplugin check: exit codes, what is ignored, what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.checked import found
from tests.cli.conftest import Run, change, change_strategy
from tests.cli.ledgers import tamper
from tests.cli.staff import hire

pytestmark = pytest.mark.spec("CF-6")


def test_a_safe_set_up_passes(run: Run) -> None:
    run("guard", "MyStrategy")
    result = run("check", "--no-run", "--strategy", "MyStrategyGuarded")
    assert result.exit_code == 0, result.output
    assert "0 critical, 0 warnings" in result.output


def test_an_unguarded_strategy_is_critical(run: Run) -> None:
    result = run("check", "--no-run", "--strategy", "MyStrategy")
    assert result.exit_code == 1
    assert "riskplugin guard MyStrategy" in result.output
    assert max(map(len, result.output.splitlines())) <= 80


def test_a_wrong_section_is_critical_and_the_rest_is_checked(run: Run, home: Path) -> None:
    change(home, risk={"breaker": {"drawdown": {"trip": 15}}}, force_entry_enable=True)
    findings = found(run)
    assert findings["risk.breaker.drawdown.trip"]["severity"] == "critical"
    assert "did you mean 'trip_pct'?" in findings["risk.breaker.drawdown.trip"]["mend"]
    assert "force_entry_enable" in findings


def test_the_exit_code_is_for_machines(run: Run, home: Path) -> None:
    run("guard", "MyStrategy")
    change(home, strategy="MyStrategyGuarded", force_entry_enable=True)
    assert run("check", "--no-run").exit_code == 0
    assert run("check", "--no-run", "--strict").exit_code == 1
    result = run("check", "--no-run", "--strict", "--ignore", "force-entry")
    assert result.exit_code == 0
    assert "Ignored: force-entry" in result.output


def test_what_is_ignored_is_told_and_does_not_count(run: Run, home: Path) -> None:
    result = run("check", "--no-run", "--json", "--ignore", "unguarded")
    assert result.exit_code == 0
    ignored = [each["id"] for each in json.loads(result.stdout)["findings"] if each["ignored"]]
    assert ignored == ["unguarded"]


def test_ignoring_what_does_not_exist_is_wrong_use(run: Run) -> None:
    result = run("check", "--no-run", "--ignore", "unguared")
    assert result.exit_code == 2
    assert "did you mean unguarded?" in result.stderr


def test_a_strategy_that_ends_the_program_when_it_is_read_is_a_finding(
    run: Run, home: Path
) -> None:
    change_strategy(home, "timeframe =", "raise SystemExit(3)\n    timeframe =")
    assert found(run)["strategy"]["id"] == "strategy-load"


def test_a_strategy_that_cannot_be_loaded_is_a_finding(run: Run, home: Path) -> None:
    change_strategy(home, "timeframe =", "1 / 0\n    timeframe =")
    finding = found(run)["strategy"]
    assert finding["severity"] == "critical"
    assert "division by zero" in finding["reason"]


def test_settings_of_the_strategy_count(run: Run, home: Path) -> None:
    change(home, order_types=None)
    change_strategy(home, '"emergency_exit": "market"', '"emergency_exit": "limit"')
    assert found(run)["order_types.emergency_exit"]["severity"] == "critical"


def test_no_configuration_is_wrong_use(run: Run, home: Path) -> None:
    (home / "user_data/config.json").unlink()
    result = run("check")
    assert result.exit_code == 2
    assert "--config" in result.stderr


def test_a_broken_file_is_one_message(run: Run, home: Path) -> None:
    (home / "user_data/config.json").write_text('{"dry_run": maybe}')
    result = run("check", "--no-run")
    assert result.exit_code == 2
    assert "config.json" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.spec("AU-6")
def test_fewer_than_two_risk_managers_are_noted(ann: Run) -> None:
    assert "nobody is risk manager" in found(ann)["people"]["reason"]
    hire(ann, "max", "risk_manager")
    assert "max alone is risk manager" in found(ann)["people"]["reason"]
    hire(ann, "mia", "risk_manager")
    assert "people" not in found(ann)
    assert ann("users", "disable", "max", "--yes").exit_code == 0
    assert "mia alone is risk manager" in found(ann)["people"]["reason"]


def test_people_that_cannot_be_read_are_a_warning(ann: Run, home: Path) -> None:
    tamper(home, "UPDATE states SET payload = 'x' WHERE bot = 'people'")
    assert found(ann)["people"]["severity"] == "warning"
