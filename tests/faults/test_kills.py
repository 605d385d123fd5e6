"""kill -9 at random points: some runs of what ``python -m tools.kills`` does two hundred times."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.spec("RE-1", "CB-7", "AU-1")
def test_killed_at_any_point_no_limit_is_broken_no_record_lost_and_the_bot_comes_back() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tools.kills", "--runs", "15", "--seed", "3"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    told = run.stdout.splitlines()
    assert told, run.stderr
    assert told[-1].startswith("kills: 15 runs"), run.stdout
    assert told[-1].endswith("limits broken: 0, records lost: 0, bots that did not come back: 0"), (
        run.stdout
    )
    assert run.returncode == 0
