"""One virtual environment for each release, as somebody has it who installed it when it was new.

A year later an old freqtrade with the newest ccxt, joblib or pandas does not work, with or without
riskplugin. So its pins are what pip found on the day after the release (`--uploaded-prior-to`).
A folder of wheels tells no day, and pip would take its newest: pip's configuration files, which
name such folders, are left out (PIP_INDEX_URL is not). A pre-release among the pins is refused.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".versions"
#: Release: the day until which its packages were taken; None for that of constraints.txt.
RELEASES: dict[str, str | None] = {
    "2025.11.2": "2025-12-19",
    "2026.4": "2026-05-02",
    "2026.9": None,
}
# No compiler is needed: everything comes as a wheel, but for what is pure Python and has none.
WHEELS_ONLY = ("--only-binary=:all:", "--no-binary=sdnotify,yattag,qprompt")
# Sources beside the index, which pip takes whatever their day is.
UNDATED = ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL")


def pins(release: str) -> Path:
    """The file that says which versions go with ``release``."""
    if RELEASES[release] is None:
        return ROOT / "constraints.txt"
    return Path(__file__).parent / f"{release}.txt"


def make(release: str) -> Path:
    """The interpreter of the release's environment, made when it is not there or out of date."""
    folder = CACHE / release
    python, made_from = folder / "bin" / "python", folder / "made-from"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = json.dumps(project) + pins(release).read_text()
    if python.exists() and made_from.exists() and made_from.read_text() == wanted:
        return python
    _bare(folder)
    constraint = ("--constraint", str(pins(release)))
    _pip(python, "install", *constraint, f"freqtrade=={release}")
    _pip(python, "install", *constraint, f"freqtrade=={release}", "--editable", f"{ROOT}[dev]")
    made_from.write_text(wanted)
    return python


def pin(release: str) -> None:
    """Write the pins of an older release: what pip would have installed the day after it."""
    until = RELEASES[release]
    if until is None:
        sys.exit(f"the pins of {release} are constraints.txt: make constraints")
    folder = CACHE / f"pin-{release}"
    python = folder / "bin" / "python"
    _bare(folder)
    _pip(python, "install", "--upgrade", "pip")
    then = ("install", "--uploaded-prior-to", until, *WHEELS_ONLY, f"freqtrade=={release}")
    dated = {name: value for name, value in os.environ.items() if name not in UNDATED}
    dated["PIP_CONFIG_FILE"] = os.devnull
    _pip(python, *then, env=dated)
    alone = folder / "alone.txt"  # as its users had it: our tools have to fit in
    alone.write_text(_frozen(python))
    _pip(python, *then, "--constraint", str(alone), "--editable", f"{ROOT}[dev]", env=dated)
    lines = _frozen(python)
    early = [line for line in lines.split() if next(iter(Requirement(line).specifier)).prereleases]
    if early:
        sys.exit(f"pre-releases among the pins of {release}: {', '.join(early)}")
    head = f"# What a day after freqtrade {release} was installed with it (until {until}).\n"
    command = f"# Written by `python -m tools.versions --pin {release}`: change nothing here.\n"
    pins(release).write_text(head + command + lines)


def _frozen(python: Path) -> str:
    freeze = (str(python), "-m", "pip", "freeze", "--exclude-editable")
    return subprocess.run(freeze, check=True, capture_output=True, text=True).stdout


def _bare(folder: Path) -> None:
    CACHE.mkdir(exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n")
    interpreter = os.environ.get("PYTHON") or sys.executable
    subprocess.run([interpreter, "-m", "venv", "--clear", str(folder)], check=True)


def _pip(python: Path, *arguments: str, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=env,
    )
    if done.returncode:
        sys.exit(f"pip {' '.join(arguments)} failed:\n{done.stderr[-4000:]}")
