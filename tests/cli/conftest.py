"""A user_data folder with a strategy and a configuration, and the command line run inside it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from typer.testing import CliRunner, Result

from riskplugin.cli import app
from riskplugin.control import passwords

ROOT = Path(__file__).parents[2]
STRATEGY = """
from freqtrade.strategy import IStrategy


class MyStrategy(IStrategy):
    timeframe = "5m"
    stoploss = -0.04
    minimal_roi = {"0": 0.02}
    order_types = {
        "entry": "limit",
        "exit": "market",
        "emergency_exit": "market",
        "stoploss": "market",
        "stoploss_on_exchange": False,
    }

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
"""
Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working directory with user_data/, its config.json and one strategy."""
    folder = tmp_path / "user_data" / "strategies"
    folder.mkdir(parents=True)
    (folder / "my_strategy.py").write_text(STRATEGY)
    shutil.copy(ROOT / "config.example.json", tmp_path / "user_data" / "config.json")
    change(tmp_path, strategy="MyStrategy")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for name in ("my_strategy", "other"):
        sys.modules.pop(name, None)  # a guarded strategy leaves its neighbour there


@pytest.fixture
def run(home: Path) -> Run:
    """Runs ``riskplugin`` with these arguments."""

    def invoke(*arguments: str, answer: str = "") -> Result:
        return CliRunner().invoke(app, list(arguments), input=answer)

    return invoke


def change(home: Path, **keys: Any) -> None:
    """Lay ``keys`` over the configuration; None takes a key out."""
    file = home / "user_data" / "config.json"
    config = json.loads(file.read_text()) | keys
    file.write_text(json.dumps({k: v for k, v in config.items() if v is not None}))


def change_strategy(home: Path, old: str, new: str) -> None:
    """Replace ``old`` in the strategy's file."""
    file = home / "user_data" / "strategies" / "my_strategy.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.fixture
def staff(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """People sign in here: a user's folder of its own, and cheap passwords."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(passwords, "_hasher", lambda: PasswordHasher(1, 8, 1))
    passwords._nobodys.cache_clear()


@pytest.fixture
def ann(run: Run, home: Path, staff: None) -> Run:
    """Ann administrates and is signed in; no second factors."""
    config = json.loads((home / "user_data" / "config.json").read_text())
    section = config["risk"]
    section["control"] = {**section.get("control", {}), "second_factor": False}
    change(home, risk=section)
    password = "my very own sentence 42"
    added = run("users", "add", "ann", "--role", "administrator", answer=f"{password}\n" * 2)
    assert added.exit_code == 0, added.output
    assert run("login", "ann", answer=f"{password}\n").exit_code == 0
    return run
