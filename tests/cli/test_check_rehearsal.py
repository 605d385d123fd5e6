"""A strategy that is tried by riskplugin check runs in a process that it cannot harm us from."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from riskplugin.cli.checking import look
from riskplugin.cli.findings import Finding
from tests.cli.conftest import Run, change, change_strategy
from tests.processes import processes_about

pytestmark = [pytest.mark.spec("CF-6"), pytest.mark.slow]

BODY = '    timeframe = "5m"\n'


def with_method(home: Path, name: str, *lines: str, kind: str = "def") -> None:
    body = "".join(f"        {line}\n" for line in lines)
    change_strategy(home, BODY, f"{BODY}\n    {kind} {name}(self, *args, **kwargs):\n{body}\n")


def found(limit: float = 60) -> dict[str, Finding]:
    files, userdir = [Path("user_data/config.json")], Path("user_data")
    return {each.id: each for each in look(files, userdir, None, limit=limit)}


@pytest.mark.exhaustive
def test_a_strategy_that_hangs_when_it_is_loaded_ends_with_the_check(home: Path) -> None:
    change_strategy(home, BODY, f'{BODY}    __import__("time").sleep(3600)\n')
    began = time.monotonic()
    finding = found(limit=2)["strategy-hangs"]
    assert finding.where == "strategy"
    assert time.monotonic() - began < 120
    assert not processes_about(home)


@pytest.mark.exhaustive
def test_a_strategy_that_is_killed_by_the_system_is_told_with_its_signal(home: Path) -> None:
    with_method(home, "custom_exit", "import os, signal", "os.kill(os.getpid(), signal.SIGKILL)")
    finding = found()["strategy-ends-process"]
    assert finding.where == "custom_exit"
    assert "SIGKILL" in finding.reason


def test_it_is_given_no_keys_and_its_words_are_cleaned(run: Run, home: Path) -> None:
    exchange = {"name": "binance", "key": "key-of-mine-77", "secret": "secret-of-mine-77"}
    change(home, exchange=exchange | {"pair_whitelist": ["BTC/USDT:USDT"]})
    with_method(
        home,
        "bot_loop_start",
        'given = {k: self.config["exchange"][k] for k in ("key", "secret")}',
        'raise ValueError(f"{given} and secret-of-mine-77")',
    )
    shown = run("check", "--json").stdout
    reasons = {each["where"]: each["reason"] for each in json.loads(shown)["findings"]}
    assert "{'key': '', 'secret': ''} and ***" in reasons["bot_loop_start"]
    assert "of-mine-77" not in shown


@pytest.mark.exhaustive
def test_freqai_is_said_to_be_left_out(home: Path) -> None:
    freqai: dict[str, Any] = {"enabled": True, "identifier": "x", "feature_parameters": {}}
    change(home, freqai=freqai)
    with_method(home, "custom_exit", "raise KeyError('rsi')")
    told = found()
    assert "FreqAI" in told["not-run"].reason
    assert told["callback-raises"].where == "custom_exit"
