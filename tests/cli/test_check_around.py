"""riskplugin check looks around: other bots, file modes, protections of freqtrade."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.checked import KEY, LIVE, TELEGRAM, found
from tests.cli.conftest import Run, change, change_strategy

pytestmark = pytest.mark.spec("CF-6")


SECOND = {"strategy": "Other", "api_server": {"listen_port": 8081}}


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        ({}, SECOND, {"shared-database": "critical", "shared-name": "critical"}),
        ({}, SECOND | {"bot_name": "b"}, {"shared-database": "critical"}),
        ({}, SECOND | {"bot_name": "b", "db_url": "sqlite:///b.sqlite"}, {}),
        ({}, SECOND | {"dry_run": False}, {}),
        ({}, {"strategy": "MyStrategyGuarded"}, {}),  # the same bot, as riskplugin init writes it
        ({}, {}, {}),  # a copy
        ({}, SECOND | {"stake_currency": None}, {}),  # no whole configuration
        (
            KEY,
            SECOND | KEY | {"bot_name": "b", "db_url": "sqlite:///b.sqlite"},
            {"shared-wallet": "info"},
        ),
        (
            KEY | LIVE,
            SECOND | KEY | LIVE | {"bot_name": "b", "db_url": "sqlite:///b.sqlite"},
            {"shared-wallet": "critical"},
        ),
        (KEY | LIVE, SECOND | KEY | {"dry_run": True}, {"shared-wallet": "warning"}),
    ],
)
def test_what_two_bots_share_is_found(
    ours: dict[str, Any], theirs: dict[str, Any], told: dict[str, str], run: Run, home: Path
) -> None:
    change(home, **ours)
    file = home / "user_data" / "config.json"
    other = json.loads(file.read_text()) | theirs
    content = {key: value for key, value in other.items() if value is not None}
    (home / "user_data" / "second.json").write_text(json.dumps(content))
    shown = json.loads(run("check", "--no-run", "--json").stdout)["findings"]
    shared = {each["id"]: each["severity"] for each in shown if each["id"].startswith("shared")}
    assert shared == told


@pytest.mark.parametrize(
    ("mode", "keys", "severity"),
    [
        (0o644, KEY, "warning"),
        (0o640, KEY, None),
        (0o644, {"telegram": TELEGRAM}, "info"),
        (0o644, {}, None),
    ],
)
def test_keys_that_everybody_can_read_are_found(
    mode: int, keys: dict[str, Any], severity: str | None, run: Run, home: Path
) -> None:
    change(home, **keys)
    file = Path("user_data/config.json")
    file.chmod(mode)
    finding = found(run).get(str(file))
    assert (finding and finding["severity"]) == severity


PROTECTION = "\n    @property\n    def protections(self):\n        return [{}]\n"


@pytest.mark.parametrize(
    ("asked", "severity", "said"),
    [
        ('{"method": "MaxDrawdown", "max_allowed_drawdown": 0.2}', "warning", "ratios"),
        (
            '{"method": "MaxDrawdown", "max_allowed_drawdown": 0.1, "calculation_mode": "equity"}',
            "info",
            "locks first",
        ),
        (
            '{"method": "MaxDrawdown", "max_allowed_drawdown": 0.2, "calculation_mode": "equity"}',
            "info",
            "locks after the breaker",
        ),
        ('{"method": "StoplossGuard", "trade_limit": 4}', "info", "after 4 stops"),
        ('{"method": "RiskDrawdown"}', None, ""),
        ('{"method": "CooldownPeriod"}', None, ""),
    ],
)
def test_protections_that_do_the_breakers_work_are_found(
    asked: str, severity: str | None, said: str, run: Run, home: Path
) -> None:
    method = PROTECTION.format(asked)
    change_strategy(home, '    timeframe = "5m"\n', f'    timeframe = "5m"\n{method}')
    run("guard", "MyStrategy")
    told = json.loads(run("check", "--no-run", "--json", "--strategy", "MyStrategyGuarded").stdout)[
        "findings"
    ]
    overlaps = [each for each in told if each["id"] == "protections-overlap"]
    assert [each["severity"] for each in overlaps] == ([severity] if severity else [])
    assert all(said in each["reason"] for each in overlaps)
