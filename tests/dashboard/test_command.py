"""riskplugin dashboard: where it listens, and for whom."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest
from typer.testing import CliRunner

from riskplugin.cli import app
from riskplugin.control.permissions import Role
from tests.dashboard.bots import PaperBot
from tests.dashboard.conftest import API, House

pytestmark = pytest.mark.spec("DB-1", "AU-5")


def test_with_nobody_registered_it_serves_its_own_machine_only(bot: PaperBot) -> None:
    told = CliRunner().invoke(
        app,
        ["dashboard", "--ledger", bot.url, "--userdir", str(bot.user_data), "--listen", "0.0.0.0"],
    )
    assert told.exit_code == 2
    assert "riskplugin users add" in " ".join(told.output.split())


def test_without_a_ledger_it_says_so(bot: PaperBot) -> None:
    nowhere = f"sqlite:///{bot.user_data}/none.sqlite"
    told = CliRunner().invoke(
        app, ["dashboard", "--ledger", nowhere, "--userdir", str(bot.user_data)]
    )
    assert told.exit_code == 2


@pytest.mark.slow
def test_it_serves_until_it_is_interrupted(house: House) -> None:
    house.hire("vera", Role.VIEWER)
    port = _free_port()
    command = [sys.executable, "-m", "riskplugin", "dashboard", "--ledger", house.bot.url]
    command += ["--userdir", str(house.bot.user_data), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        told = _first_answer(f"http://127.0.0.1:{port}{API}/session")
        assert told["registered"] is True
        assert told["may_read"] is False
    finally:
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=30)
    assert f"http://127.0.0.1:{port}/risk" in output
    assert "alpha" in output


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


def _first_answer(url: str) -> dict[str, object]:
    end = time.monotonic() + 30
    while True:
        try:
            told: dict[str, object] = httpx.get(url).json()
        except httpx.HTTPError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return told
