"""riskplugin check: what is unsafe in a configuration is found, what is safe is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.checked import API, LEVELS, LIMIT, LIVE, TELEGRAM, TYPES, found
from tests.cli.conftest import Run, change, change_strategy

pytestmark = pytest.mark.spec("CF-6")


SLOW, KEYS = "internals.process_throttle_secs", "telegram.keyboard"
MESSAGES = "telegram.allow_custom_messages"


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
        (LIMIT | {"exit_pricing": {"price_side": "ask"}}, "exit_pricing.price_side", "warning"),
        (LIMIT | {"unfilledtimeout": {"exit": 11}}, "unfilledtimeout.exit", "warning"),
        (LIMIT | {"unfilledtimeout": {"entry": 10}}, "unfilledtimeout.exit", "warning"),
        (
            LIMIT | {"unfilledtimeout": {"exit": 10, "exit_timeout_count": 0}},
            "unfilledtimeout.exit_timeout_count",
            "warning",
        ),
        ({"unfilledtimeout": {"exit": 10}}, "unfilledtimeout.entry", "warning"),
        (
            {"order_time_in_force": {"entry": "GTC", "exit": "ioc"}},
            "order_time_in_force.exit",
            "warning",
        ),
        (
            {"order_types": TYPES, "exchange": {"name": "bitmart"}},
            "order_types.stoploss_on_exchange",
            "critical",
        ),
        (LIVE | {"order_types": TYPES}, "order_types.stoploss_price_type", "info"),
        ({"internals": {"process_throttle_secs": 31}}, SLOW, "warning"),
        ({"internals": {"process_throttle_secs": 120}}, SLOW, "critical"),
        (LIVE, "cancel_open_orders_on_exit", "info"),
        ({"exit_profit_only": True}, "exit_profit_only", "info"),
        ({"ignore_roi_if_entry_signal": True}, "ignore_roi_if_entry_signal", "info"),
        ({"api_server": API | {"CORS_origins": ["*"]}}, "api_server.CORS_origins", "warning"),
        ({"api_server": API | {"username": ""}}, "api_server.password", "critical"),
        ({"telegram": TELEGRAM | {"chat_id": "-77"}}, "telegram.authorized_users", "warning"),
        ({"telegram": TELEGRAM | {"chat_id": ""}}, "telegram.chat_id", "critical"),
        ({"telegram": TELEGRAM | {"keyboard": [["/daily", "/forceexit"]]}}, KEYS, "info"),
        ({"telegram": TELEGRAM | {"allow_custom_messages": True}}, MESSAGES, "info"),
        (
            {"telegram": TELEGRAM | {"notification_settings": {"warning": "off"}}},
            "telegram.notification_settings.warning",
            "warning",
        ),
        ({"webhook": {"enabled": True, "url": "x"}}, "webhook.webhookstatus", "warning"),
        ({"webhook": {"enabled": True, "url": "x"}}, "risk.alerts.routes.critical", "info"),
        ({"discord": {"enabled": True, "webhook_url": "x"}}, "discord.warning", "warning"),
        ({"protections": [{"method": "CooldownPeriod"}]}, "protections", "critical"),
        ({"unfilledtimeout": {"entry": 10, "exit": 0}}, "configuration", "critical"),
        ({"risk": {}}, "risk.watchdog", "info"),
        (LIVE | {"risk": {}}, "risk.watchdog", "warning"),
        ({}, "risk.alerts.routes.critical", "info"),
        (LIVE, "risk.alerts.routes.critical", "warning"),
        (
            {"telegram": TELEGRAM, "risk": {"alerts": {"routes": {"critical": ["log"]}}}},
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
        (LIMIT, "exit_pricing.price_side"),
        (LIMIT | {"unfilledtimeout": {"exit": 10}}, "unfilledtimeout.exit"),
        (
            LIMIT | {"unfilledtimeout": {"exit": 90, "unit": "seconds"}},
            "unfilledtimeout.exit",
        ),
        ({"unfilledtimeout": {"entry": 10}}, "unfilledtimeout.exit"),
        ({"order_time_in_force": {"entry": "IOC", "exit": "GTC"}}, "order_time_in_force.exit"),
        (
            LIVE | {"order_types": TYPES | {"stoploss_price_type": "mark"}},
            "order_types.stoploss_price_type",
        ),
        (
            LIVE | {"order_types": TYPES, "trading_mode": "spot", "margin_mode": ""},
            "order_types.stoploss_price_type",
        ),
        ({"internals": {"process_throttle_secs": 30}}, SLOW),
        (LIVE | {"cancel_open_orders_on_exit": True}, "cancel_open_orders_on_exit"),
        (
            {"api_server": API | {"enabled": False, "CORS_origins": ["*"]}},
            "api_server.CORS_origins",
        ),
        ({"telegram": TELEGRAM}, MESSAGES),
        ({"telegram": TELEGRAM}, "telegram.chat_id"),
        (
            {"telegram": TELEGRAM | {"chat_id": "-77", "authorized_users": ["1"]}},
            "telegram.authorized_users",
        ),
        (
            {
                "telegram": TELEGRAM | {"notification_settings": {"warning": "off"}},
                "webhook": {"enabled": True, "url": "x", "webhookstatus": {"a": "{status}"}},
            },
            "risk.alerts.routes.critical",
        ),
        ({}, "configuration"),
        ({"trading_mode": "spot", "margin_mode": ""}, "risk.watchdog"),
        ({"risk": {"watchdog": {"action": "alert"}}}, "risk.watchdog"),
        ({"risk": {"leverage": {"max": dict.fromkeys(LEVELS, 1)}}}, "risk.watchdog"),
        ({"telegram": TELEGRAM}, "risk.alerts.routes.critical"),
        ({}, "people"),
        ({"max_open_trades": -1, "risk": {"positions": {"max": 5}}}, "max_open_trades"),
    ],
)
def test_what_is_safe_is_not_found(keys: dict[str, Any], where: str, run: Run, home: Path) -> None:
    change(home, **keys)
    assert where not in found(run)


@pytest.mark.spec("LV-3")
@pytest.mark.parametrize(
    ("leverage", "guarded", "modes", "severity"),
    [
        (14.0, True, {}, None),
        (15, True, {}, "warning"),
        (20, True, {"liquidation": "observe"}, "critical"),
        (20, False, {}, "critical"),
    ],
)
def test_leverage_beyond_the_stop_is_found_in_the_strategy(
    leverage: float,
    guarded: bool,
    modes: dict[str, str],
    severity: str | None,
    run: Run,
    home: Path,
) -> None:
    method = f"\n    def leverage(self, *args, **kwargs):\n        return {leverage}\n"
    change_strategy(home, '    timeframe = "5m"\n', f'    timeframe = "5m"\n{method}')
    change(home, risk={"modes": modes})
    run("guard", "MyStrategy")
    name = "MyStrategyGuarded" if guarded else "MyStrategy"
    finding = found(run, "--strategy", name).get("leverage")
    assert (finding and finding["severity"]) == severity


@pytest.mark.parametrize(
    ("stoploss", "guarded", "modes", "severity"),
    [
        (-0.49, True, {}, None),
        (-0.5, True, {}, "warning"),
        (-0.99, True, {"stop": "observe"}, "critical"),
        (-0.99, False, {}, "critical"),
    ],
)
def test_a_stop_far_away_is_found(
    stoploss: float,
    guarded: bool,
    modes: dict[str, str],
    severity: str | None,
    run: Run,
    home: Path,
) -> None:
    change(home, stoploss=stoploss, risk={"modes": modes})
    run("guard", "MyStrategy")
    name = "MyStrategyGuarded" if guarded else "MyStrategy"
    finding = found(run, "--strategy", name).get("stoploss")
    assert (finding and finding["severity"]) == severity
