"""The demo itself: real bots, the whole story, every check; and nothing is left behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from riskplugin.cli.demo.checks import CHECKS
from tests.processes import processes_about

ROOT = Path(__file__).parents[2]
_MILESTONES = [
    "positions opened",
    "warning",
    "breaker open",
    "emergency mode",
    "book flat",
    "half-open",
    "recovered",
    "trading again",
    "drill: closed and latched",
    "re-armed",
]


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "riskplugin", "demo", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.exhaustive  # make newcomer, a part of continuous integration, plays it whole as well
@pytest.mark.spec("EM-2", "EM-3", "EM-4", "CB-2", "CB-5", "CB-6", "LV-1", "SZ-1", "AU-1")
def test_the_demo_tells_its_story_and_every_check_passes(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    demo = start("--seed", "7", "--json", "--keep", str(folder))
    output, told = demo.communicate(timeout=300)
    assert demo.returncode == 0, told[-4000:]
    found: dict[str, Any] = json.loads(output)
    assert found["passed"]
    assert list(found["milestones"]) == _MILESTONES
    assert len(found["checks"]) == len(CHECKS)
    assert all(check["passed"] for check in found["checks"])
    bare, live, dry = (found["bots"][key] for key in ("bare", "live", "dry"))
    assert bare["liquidations"] > 0
    assert bare["max_drawdown"] > 0.5
    for guarded in (live, dry):
        assert guarded["max_drawdown"] < 0.03
        assert guarded["entries"] >= 5
        assert guarded["halted_s"] > 15
        assert guarded["refused"]
    assert found["seconds"] < 240
    assert "\x1b" not in told
    assert processes_about(folder) == []
    assert (folder / "live" / "user_data" / "risk.sqlite").is_file()


@pytest.mark.e2e
@pytest.mark.slow
def test_interrupting_the_demo_leaves_nothing_running(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    demo = start("--keep", str(folder))
    end = time.monotonic() + 60
    while len(processes_about(folder)) < 5 and time.monotonic() < end:
        time.sleep(0.2)
    demo.send_signal(signal.SIGINT)
    output, _ = demo.communicate(timeout=60)
    assert demo.returncode == 1
    assert "nothing is left running" in output
    assert processes_about(folder) == []


def test_a_folder_with_something_in_it_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep me")
    demo = start("--keep", str(tmp_path))
    _, told = demo.communicate(timeout=60)
    assert demo.returncode == 2
    assert "not an empty folder" in told
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
