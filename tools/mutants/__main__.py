"""Changes the code in thousands of small ways and asks the tests to notice each (`make mutants`).

Works on a copy of the tree in a temporary folder. Needs the dev extra; a few minutes to an hour.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
#: What a run needs of the tree.
COPIED = ("riskplugin", "tests", "tools", "pyproject.toml", "README.md", "config.example.json")


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("only", nargs="*", help="parts of paths; all files without any")
    parser.add_argument("--suite", choices=("core", "adapter"), default="core")
    parser.add_argument(
        "--quick", action="store_true", help="only what can be exchanged in memory: function bodies"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--results", type=Path, help="a file that collects partial runs")
    parser.add_argument("--page", type=Path, help="the page whose part for this suite is rewritten")
    options = parser.parse_args()
    for name in ("results", "page"):
        if getattr(options, name) is not None:
            setattr(options, name, getattr(options, name).resolve())
    with tempfile.TemporaryDirectory(prefix="mutants") as folder:
        copy = Path(folder) / "tree"
        _copy(copy)
        _settle_in(copy)
        from tools.mutants.page import SUITES, collected, report
        from tools.mutants.suite import Run

        run = Run(SUITES[options.suite], options.only, copy, options.workers)
        outcomes = run.outcomes(quick=options.quick)
        if options.results is not None:
            outcomes = collected(outcomes, options.results)
        print(report(options.suite, outcomes, copy, options.page))


def _copy(to: Path) -> None:
    to.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, to / name)


def _settle_in(copy: Path) -> None:
    """From here on the copy is the project, for this process and all of its children."""
    os.chdir(copy)
    os.environ["PYTHONPATH"] = str(copy)
    os.environ["HYPOTHESIS_PROFILE"] = "mutants"
    sys.path[:] = [str(copy), *(p for p in sys.path if Path(p or ".").resolve() != ROOT)]


if __name__ == "__main__":
    main()
