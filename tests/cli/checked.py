"""riskplugin check as its tests ask it, and settings that many of them begin with."""

from __future__ import annotations

import json
from typing import Any

from tests.cli.conftest import Run

LEVELS = ("minimal", "low", "medium", "high", "critical")
LIVE: dict[str, Any] = {"dry_run": False}
API = {"enabled": True, "username": "me", "password": "long enough", "jwt_secret_key": "x" * 32}
TYPES = {"entry": "limit", "exit": "market", "stoploss": "market", "stoploss_on_exchange": True}
LIMIT = {"order_types": TYPES | {"exit": "limit"}}
TELEGRAM = {"enabled": True, "token": "1:a", "chat_id": "77"}
KEY: dict[str, Any] = {"exchange": {"name": "binance", "key": "a key", "secret": "a secret"}}


def found(run: Run, *arguments: str) -> dict[str, dict[str, str]]:
    """By the place that each names; the strategy is read, not run."""
    result = run("check", "--no-run", "--json", *arguments)
    assert result.exit_code in {0, 1}, result.output
    shown = json.loads(result.stdout)
    assert shown["ok"] is (result.exit_code == 0)
    return {finding["where"]: finding for finding in shown["findings"]}
