"""riskplugin check: each unsafe setting is found, a safe set-up passes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run, change, change_strategy
from tests.cli.ledgers import tamper
from tests.cli.staff import hire

pytestmark = pytest.mark.spec("CF-6")


def found(run: Run, *arguments: str) -> dict[str, dict[str, str]]:
    result = run("check", "--json", *arguments)
    assert result.exit_code in {0, 1}, result.output
    shown = json.loads(result.stdout)
    assert shown["ok"] is (result.exit_code == 0)
    return {finding["where"]: finding for finding in shown["findings"]}


def test_a_safe_set_up_passes(run: Run) -> None:
    run("guard", "MyStrategy")
    result = run("check", "--strategy", "MyStrategyGuarded")
    assert result.exit_code == 0, result.output
    assert "0 critical, 0 warnings" in result.output


def test_an_unguarded_strategy_is_critical(run: Run) -> None:
    result = run("check", "--strategy", "MyStrategy")
    assert result.exit_code == 1
    assert "riskplugin guard MyStrategy" in result.output
    assert max(map(len, result.output.splitlines())) <= 80


def test_a_wrong_section_is_critical_and_the_rest_is_checked(run: Run, home: Path) -> None:
    change(home, risk={"breaker": {"drawdown": {"trip": 15}}}, force_entry_enable=True)
    findings = found(run)
    assert findings["risk.breaker.drawdown.trip"]["severity"] == "critical"
    assert "did you mean 'trip_pct'?" in findings["risk.breaker.drawdown.trip"]["mend"]
    assert "force_entry_enable" in findings


LEVELS = ("minimal", "low", "medium", "high", "critical")
LIVE: dict[str, Any] = {"dry_run": False}
API = {"enabled": True, "username": "me", "password": "long enough", "jwt_secret_key": "x" * 32}
TYPES = {"entry": "limit", "exit": "market", "stoploss": "market", "stoploss_on_exchange": True}


@pytest.mark.parametrize(
    ("keys", "where", "severity"),
    [
        ({"order_types": TYPES | {"exit": "limit"}}, "order_types.exit", "warning"),
        (
            {"order_types": TYPES | {"emergency_exit": "limit"}},
            "order_types.emergency_exit",
            "critical",
        ),
        ({"order_types": TYPES | {"stoploss": "limit"}}, "order_types.stoploss", "warning"),
        ({"exit_pricing": {"price_side": "same"}}, "exit_pricing.price_side", "critical"),
        (
            {"order_types": TYPES | {"entry": "market"}, "entry_pricing": {"price_side": "same"}},
            "entry_pricing.price_side",
            "critical",
        ),
        ({"stoploss": -0.99}, "stoploss", "warning"),
        ({"stoploss": -0.99, "risk": {"modes": {"stop": "observe"}}}, "stoploss", "critical"),
        (
            LIVE | {"order_types": TYPES | {"stoploss_on_exchange": False}},
            "order_types.stoploss_on_exchange",
            "warning",
        ),
        ({"force_entry_enable": True}, "force_entry_enable", "warning"),
        ({"position_adjustment_enable": True}, "max_entry_position_adjustment", "warning"),
        ({"api_server": API | {"password": ""}}, "api_server.password", "critical"),
        (
            {"api_server": API | {"password": "SuperDuperSecretPassword"}},
            "api_server.password",
            "critical",
        ),
        (
            {"api_server": API | {"jwt_secret_key": "somethingrandom"}},
            "api_server.jwt_secret_key",
            "warning",
        ),
        (
            {"api_server": API | {"listen_ip_address": "0.0.0.0"}},
            "api_server.listen_ip_address",
            "warning",
        ),
        (LIVE | {"db_url": "sqlite://"}, "db_url", "critical"),
        (LIVE | {"risk": {"ledger": {"url": "sqlite://"}}}, "risk.ledger.url", "critical"),
        ({"risk": {"ledger": {"url": "sqlite://"}}}, "risk.ledger.url", "warning"),
        ({"stake_amount": "unlimited"}, "stake_amount", "info"),
        ({"max_open_trades": -1}, "max_open_trades", "warning"),
        ({"margin_mode": "cross"}, "margin_mode", "warning"),
        ({"initial_state": "stopped"}, "initial_state", "warning"),
        ({"risk": None}, "risk", "info"),
        ({"risk": {"modes": {"size": "observe"}}}, "risk.modes.size", "warning"),
        (
            {"risk": {"breaker": {"drawdown": {"trip_pct": None}}}},
            "risk.breaker.drawdown",
            "warning",
        ),
        ({}, "risk.leverage.max", "info"),
        ({"risk": {}}, "risk.watchdog", "info"),
        (LIVE | {"risk": {}}, "risk.watchdog", "warning"),
        ({}, "risk.alerts.routes.critical", "info"),
        (LIVE, "risk.alerts.routes.critical", "warning"),
        (
            {"telegram": {"enabled": True}, "risk": {"alerts": {"routes": {"critical": ["log"]}}}},
            "risk.alerts.routes.critical",
            "info",
        ),
        ({"strategy": None}, "strategy", "info"),
        ({"strategy": "Nobody"}, "strategy", "critical"),
    ],
)
def test_what_is_unsafe_is_found(
    keys: dict[str, Any], where: str, severity: str, run: Run, home: Path
) -> None:
    change(home, **keys)
    findings = found(run)
    assert findings[where]["severity"] == severity
    assert findings[where]["reason"]
    assert findings[where]["mend"]


@pytest.mark.parametrize(
    ("keys", "where"),
    [
        ({"db_url": "sqlite://"}, "db_url"),
        ({"db_url": "sqlite:///tradesv3.sqlite"} | LIVE, "db_url"),
        ({"api_server": {"enabled": False, "password": ""}}, "api_server.password"),
        ({"api_server": API}, "api_server.password"),
        (
            {"position_adjustment_enable": True, "max_entry_position_adjustment": 2},
            "max_entry_position_adjustment",
        ),
        ({"trading_mode": "spot", "margin_mode": ""}, "margin_mode"),
        ({"trading_mode": "spot", "margin_mode": ""}, "risk.leverage.max"),
        ({"trading_mode": "spot", "margin_mode": ""}, "risk.watchdog"),
        ({"risk": {"watchdog": {"action": "alert"}}}, "risk.watchdog"),
        ({"risk": {"leverage": {"max": dict.fromkeys(LEVELS, 1)}}}, "risk.watchdog"),
        ({"telegram": {"enabled": True}}, "risk.alerts.routes.critical"),
        ({}, "people"),
        ({"max_open_trades": -1, "risk": {"positions": {"max": 5}}}, "max_open_trades"),
    ],
)
def test_what_is_safe_is_not_found(keys: dict[str, Any], where: str, run: Run, home: Path) -> None:
    change(home, **keys)
    assert where not in found(run)


@pytest.mark.spec("LV-3")
@pytest.mark.parametrize(
    ("leverage", "modes", "severity"),
    [(10.0, {}, None), (20, {}, "warning"), (20.0, {"liquidation": "observe"}, "critical")],
)
def test_leverage_beyond_the_stop_is_found_in_the_strategy(
    leverage: float, modes: dict[str, str], severity: str | None, run: Run, home: Path
) -> None:
    method = f"\n    def leverage(self, *args, **kwargs):\n        return {leverage}\n"
    change_strategy(home, '    timeframe = "5m"\n', f'    timeframe = "5m"\n{method}')
    change(home, risk={"modes": modes})
    finding = found(run).get("leverage")
    assert (finding and finding["severity"]) == severity


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
    result = run("check")
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
