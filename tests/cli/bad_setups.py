"""Bad configurations for riskplugin check: what is planted in each, and the good one it begins as.

Each is laid over the good configuration; ``planted`` are the ids that have to be found, ``notes``
those that may be told besides at the severity info.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
STRATEGIES = Path(__file__).parent / "user_strategies"
FUTURES = {
    "trading_mode": "futures",
    "margin_mode": "isolated",
    "exchange": {"pair_whitelist": ["BTC/USDT:USDT", "ETH/USDT:USDT"]},
}
SPOT = {
    "trading_mode": "spot",
    "margin_mode": "",
    "exchange": {"pair_whitelist": ["BTC/USDT", "ETH/USDT"]},
}
LIVE = {"dry_run": False}
TYPES = {
    "entry": "limit",
    "exit": "market",
    "emergency_exit": "market",
    "stoploss": "market",
    "stoploss_on_exchange": True,
    "stoploss_price_type": "mark",
}


@dataclass(frozen=True)
class Bad:
    """One configuration and what is wrong with it."""

    name: str
    strategy: str
    keys: Mapping[str, Any]
    planted: frozenset[str]
    beside: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mode: int = 0o600


def bad(name: str, strategy: str, planted: str, *keys: Mapping[str, Any], **more: Any) -> Bad:
    """``planted`` with spaces between; of ``keys`` the later win."""
    whole: dict[str, Any] = {}
    for each in keys:
        whole = over(whole, each)
    return Bad(name, strategy, whole, frozenset(planted.split()), **more)


def over(base: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    """``keys`` laid over ``base``, groups merged; None takes a key out."""
    merged = dict(base)
    for key, value in keys.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, Mapping)
        merged[key] = over(old, value) if both else value  # type: ignore[arg-type]
    return {key: value for key, value in merged.items() if value is not None}


def good() -> dict[str, Any]:
    """A live futures bot with everything as it should be."""
    config: dict[str, Any] = json.loads((ROOT / "config.example.json").read_text())
    return over(
        config,
        {
            **LIVE,
            "order_types": TYPES,
            "cancel_open_orders_on_exit": True,
            "exchange": {"key": "a key", "secret": "a secret", **FUTURES["exchange"]},  # type: ignore[dict-item]
            "telegram": {
                "enabled": True,
                "token": "12345:token",
                "chat_id": "12345678",
                "allow_custom_messages": False,
            },
            "api_server": {
                "enabled": True,
                "listen_ip_address": "127.0.0.1",
                "listen_port": 8080,
                "username": "me",
                "password": "long and my own",
                "jwt_secret_key": "0123456789abcdef" * 2,
            },
            "risk": {"watchdog": {"action": "rest"}},
        },
    )


BAD = (
    bad(
        "freqtrade's template, live on spot",
        "Good",
        "exit-price-side exit-timeout-count stop-limit stop-off-exchange",
        SPOT,
        {
            "order_types": {"exit": "limit", "stoploss": "limit", "stoploss_on_exchange": False},
            "exit_pricing": {"price_side": "same"},
        },
    ),
    bad(
        "an open API",
        "Good",
        "api-password api-jwt api-open api-cors",
        {
            "api_server": {
                "listen_ip_address": "0.0.0.0",
                "password": "",
                "jwt_secret_key": "somethingRandomSomethingRandom123",
                "CORS_origins": ["*"],
            }
        },
    ),
    bad(
        "orders that wait",
        "Good",
        "exit-limit exit-timeout exit-timeout-count entry-timeout emergency-limit "
        "exit-time-in-force stop-unsupported",
        {
            "order_types": {
                "exit": "limit",
                "emergency_exit": "limit",
                "stoploss_price_type": "index",
            },
            "unfilledtimeout": {"entry": None, "exit": 120},
            "order_time_in_force": {"entry": "GTC", "exit": "PO"},
        },
    ),
    bad(
        "a forgetful bot on spot",
        "Good",
        "db-in-memory ledger-in-memory initial-stopped slow-loop force-entry file-readable",
        SPOT,
        {
            "db_url": "sqlite://",
            "initial_state": "stopped",
            "force_entry_enable": True,
            "internals": {"process_throttle_secs": 300},
            "risk": {"ledger": {"url": "sqlite://"}},
        },
        mode=0o644,
    ),
    bad(
        "limits that are none",
        "Good",
        "rule-observes breaker-off cross-margin positions-unlimited stoploss-wide",
        {
            "margin_mode": "cross",
            "max_open_trades": -1,
            "stake_amount": 100,
            "stoploss": -0.99,
            "risk": {
                "modes": {"stop": "observe"},
                "breaker": {"daily_loss": {"warn_pct": None, "trip_pct": "off"}},
            },
        },
    ),
    bad(
        "two bots, one wallet",
        "Good",
        "shared-wallet shared-database shared-name",
        beside={"second.json": {"strategy": "Other", "api_server": {"listen_port": 8081}}},
    ),
    bad("freqtrade would not start", "Good", "freqtrade-refuses", {"unfilledtimeout": {"exit": 0}}),
    bad("not guarded, all the leverage", "Wide", "unguarded stoploss-wide liquidation-first"),
    bad(
        "a ladder without end",
        "Ladder",
        "dca-unlimited stake-beyond",
    ),
    bad("exits refused on spot", "Veto", "unguarded exit-veto", SPOT),
    bad("stops that are none", "Stops", "stoploss-positive stoploss-beyond answer-unusable"),
    bad("fails at night", "Fragile", "callback-raises callback-signature answer-unusable"),
    bad("hangs", "Hangs", "strategy-hangs"),
    bad("ends the process, on spot", "Quits", "strategy-ends-process strategy-prints", SPOT),
    bad(
        "talks to the world",
        "Talks",
        "strategy-network strategy-writes strategy-processes custom-messages telegram-group "
        "alerts-silenced alerts-unheard protections-overlap",
        {
            "telegram": {
                "chat_id": "-100123",
                "allow_custom_messages": True,
                "notification_settings": {"warning": "off"},
            }
        },
    ),
)


def set_up(case: Bad | None, folder: Path) -> Path:
    """The files of a user with this configuration (None: the good one); answers its folder."""
    home = folder / "user_data"
    (home / "strategies").mkdir(parents=True)
    name = "Good" if case is None else case.strategy
    shutil.copy(STRATEGIES / f"checked_{name.lower()}.py", home / "strategies")
    config = over(good(), {"strategy": name, **({} if case is None else case.keys)})
    file = home / "config.json"
    file.write_text(json.dumps(config))
    file.chmod(0o600 if case is None else case.mode)
    for other, keys in ({} if case is None else case.beside).items():
        (home / other).write_text(json.dumps(over(config, keys)))
        (home / other).chmod(0o600)
    return folder
