"""``python -m benchmarks``: each benchmark in a process of its own, then one table."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.figures import Line
from benchmarks.report import as_json, from_json, show

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = ("B-1", "B-2", "B-3", "B-4", "B-5", "B-6", "B-7", "B-8")
ROUNDS = 31
_PEER = "RISKPLUGIN_PEER_PYTHON"


def main() -> None:
    """Measure what was asked for; ends with 1 when a benchmark failed, not for a missed target."""
    options = _parser().parse_args()
    progress = Console(stderr=True)
    found: list[Line] = []
    failed = False
    for name in options.only:
        progress.print(f"{name} …", style="dim")
        lines, error = _measured(name, options.rounds, options.quick)
        found += lines
        if error:
            failed = True
            progress.print(f"{name} failed:\n{error}", style="red", markup=False)
    run = _facts(options.rounds)
    if options.json:
        sys.stdout.write(as_json(found, run) + "\n")
    else:
        show(found, run)
    sys.exit(int(failed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--only", type=_names, default=BENCHMARKS, help="B-1,B-3,…")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="fewer for B-3 and B-6")
    parser.add_argument("--quick", action="store_true", help="a short backtest, only to see it run")
    return parser


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip().upper() for name in text.split(","))
    if unknown := [name for name in names if name not in BENCHMARKS]:
        raise argparse.ArgumentTypeError(
            f"{', '.join(unknown)} is not measured here; there are {', '.join(BENCHMARKS)}"
        )
    return names


def _measured(name: str, rounds: int, quick: bool) -> tuple[list[Line], str]:  # noqa: FBT001
    """The lines of one benchmark, or why there are none. Nothing of one reaches the next."""
    python = os.environ.get(_PEER, sys.executable) if name == "B-1" else sys.executable
    command = [python, "-m", "benchmarks.worker", name, str(rounds), *(["quick"] if quick else [])]
    done = subprocess.run(  # noqa: S603  # our own module, in an interpreter that the user names
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    if done.returncode != 0:
        return [], done.stderr[-4000:]
    return from_json(done.stdout[done.stdout.index("{") :]), ""


def _facts(rounds: int) -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "freqtrade": metadata.version("freqtrade"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load": f"{os.getloadavg()[0]:.1f}",
        "rounds": rounds,
    }


if __name__ == "__main__":
    main()
