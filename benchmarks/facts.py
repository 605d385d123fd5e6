"""What has to be known of a run to read its figures: commit, versions, machine, load."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def facts(rounds: int) -> dict[str, Any]:
    """The facts about a run that begins now."""
    return {
        "commit": commit(),
        "on": f"{datetime.now(UTC):%Y-%m-%d}",
        "python": platform.python_version(),
        "freqtrade": metadata.version("freqtrade"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "rounds": rounds,
        "load before": load(),
    }


def load() -> float:
    """How many programs wanted a core in the last minute."""
    return round(os.getloadavg()[0], 1)


def commit() -> str:
    """The commit that is measured, with a plus when files were changed; unknown outside git."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return "unknown"
    measured = ("riskplugin", "benchmarks")
    changed = _said(git, "status", "--porcelain", "--untracked-files=no", "--", *measured)
    return _said(git, "rev-parse", "--short=8", "HEAD") + ("+" if changed else "")


def _said(git: str, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603  # git, and words from here
        [git, *arguments], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return done.stdout.strip()
