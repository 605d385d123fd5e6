"""``riskplugin drill`` as people start it: all steps, a signed report, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from riskplugin.ledger.proof.signing import generate
from tests.e2e.duty import webhook
from tests.e2e.harness import ROOT, wait_for
from tests.processes import processes_about

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.spec("EM-2", "EM-3", "AL-3", "AU-2")]


class Rehearsal:
    """A user's own files, and the command line beside them."""

    def __init__(self, folder: Path, mode: str = "futures", **risk: Any) -> None:
        self.folder, self.report = folder, folder / "drill.json"
        (folder / "user_data").mkdir()
        (folder / "tmp").mkdir()
        suffix = ":USDT" if mode == "futures" else ""
        config = {
            "bot_name": "mine",
            "dry_run": False,
            "trading_mode": mode,
            "margin_mode": "isolated" if mode == "futures" else "",
            "stake_currency": "USDT",
            "stake_amount": "unlimited",
            "max_open_trades": 3,
            "exchange": {
                "name": "binance",
                "key": "the-users-own-key",
                "secret": "the-users-own-secret",
                "pair_whitelist": [f"BTC/USDT{suffix}", f"ETH/USDT{suffix}"],
            },
            "risk": risk,
        }
        (folder / "config.json").write_text(json.dumps(config))

    def command(self, *arguments: str) -> list[str]:
        where = ["-c", str(self.folder / "config.json"), "--userdir", "user_data"]
        return [sys.executable, "-m", "riskplugin", "drill", *arguments, *where]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """What it starts lies below our folder, so that we can find it."""
        return subprocess.Popen(
            self.command(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(self.folder / "tmp")},
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        process = self.start(*arguments)
        said, _ = process.communicate(timeout=400)
        return process.returncode, said

    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.report.read_text())
        return found

    def assert_nothing_is_left(self) -> None:
        assert processes_about(self.folder) == []
        assert not list((self.folder / "tmp").iterdir())
        assert not list((self.folder / "user_data").iterdir())


def test_all_steps_pass_people_are_told_and_an_edited_report_does_not_verify(
    tmp_path: Path,
) -> None:
    with webhook() as channel:
        alerts = {"channels": {"duty": channel.url}, "routes": {"critical": ["duty"]}}
        drill = Rehearsal(tmp_path, alerts=alerts, positions={"max": 3})
        key = generate(tmp_path / "my.key")
        code, said = drill.run("--send", "--by", "ann", "--key", str(tmp_path / "my.key"))
    assert code == 0, said
    assert "all 15 steps passed" in said
    drill.assert_nothing_is_left()
    told = drill.told()
    assert (told["passed"], told["by"], told["sent_to_people"]) == (True, "ann", True)
    assert told["signature"]["key"] == key.id
    titles = [title for _, title, _ in channel.heard]
    assert any("DRILL-mine:" in title and "breaker_latched" in title for title in titles), titles
    assert any("DRILL-mine-2.watchdog:" in title for title in titles), titles
    for secret in ("the-users-own-key", "the-users-own-secret", channel.url):
        assert secret not in said + drill.report.read_text()

    public = ("--public-key", str(tmp_path / "my.key.pub"))
    assert drill.run("verify", "drill.json", *public)[0] == 0
    drill.report.write_text(json.dumps(told | {"by": "bob"}))
    code, said = drill.run("verify", "drill.json", *public)
    assert code == 1
    assert "was edited" in said


def test_who_interrupts_it_twice_leaves_nothing_running(tmp_path: Path) -> None:
    drill = Rehearsal(tmp_path)
    process = drill.start()
    try:
        wait_for("the bot", lambda: any(" trade " in each for each in processes_about(tmp_path)))
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 1, said
    assert "nothing is left running" in said
    drill.assert_nothing_is_left()
    assert not drill.report.exists()


@pytest.mark.exhaustive
def test_all_steps_pass_on_spot(tmp_path: Path) -> None:
    drill = Rehearsal(tmp_path, "spot")
    code, said = drill.run()
    assert code == 0, said
    assert "not signed" in said
    drill.assert_nothing_is_left()


@pytest.mark.exhaustive
def test_limits_under_which_nothing_can_be_held_fail_it_and_are_named(tmp_path: Path) -> None:
    drill = Rehearsal(tmp_path, sizing={"min_position": 5_000})
    code, said = drill.run()
    assert code == 1, said
    told = drill.told()
    first = told["steps"][0]
    assert not told["passed"]
    assert not first["passed"]
    assert "your limits refused " in first["text"], first
    assert "minimum of 5000" in first["text"], first
    assert "FAILED" in (tmp_path / "drill.md").read_text()
    drill.assert_nothing_is_left()
