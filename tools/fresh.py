"""What a user gets: the wheel, and an environment in which nothing but the wheel was installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from riskplugin.version import __version__

ROOT = Path(__file__).resolve().parent.parent
#: Only these of our own environment's settings hold for pip: where packages come from.
_PIP = "PIP_"
_PIP_FILES = (Path(".config/pip/pip.conf"), Path(".pip/pip.conf"))


def build(folder: Path, *what: str) -> list[Path]:
    """Build the archives into ``folder``: `--wheel`, `--sdist`, or both when nothing is said.

    The back end is the one of this environment (the extra `package`), so that nothing is fetched.
    """
    _run("-m", "build", "--no-isolation", "--outdir", str(folder), *what, str(ROOT))
    return sorted(folder.glob(f"freqtrade_riskplugin-{__version__}[-.]*"))


def make_environment(folder: Path, python: str = sys.executable) -> Path:
    """A virtual environment with pip and nothing else; answers its interpreter."""
    _run("-m", "venv", "--clear", str(folder), python=python)
    return folder / "bin" / "python"


def install(python: Path, wheel: Path, environment: dict[str, str] | None = None) -> None:
    """Install the wheel as the install page says: with the versions that were tested together."""
    pins = ROOT / "constraints.txt"
    _run(
        *("-m", "pip", "install", "--quiet", "--constraint", str(pins), str(wheel)),
        python=str(python),
        environment=environment,
    )


def package_settings() -> dict[str, str]:
    """What pip has to know on this machine, for a process that has another HOME."""
    told = {name: value for name, value in os.environ.items() if name.startswith(_PIP)}
    files = [file for name in _PIP_FILES if (file := Path.home() / name).is_file()]
    return {**({"PIP_CONFIG_FILE": str(files[0])} if files else {}), **told}


def _run(
    *arguments: str, python: str = sys.executable, environment: dict[str, str] | None = None
) -> None:
    done = subprocess.run(
        [python, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(arguments[:3])} failed:\n{done.stdout[-4000:]}")
