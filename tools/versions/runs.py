"""Runs the parts of the subset in a release's environment and keeps what came out."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from xml.etree import ElementTree as ET

from tools.versions.environments import CACHE, ROOT

#: What is run, by the name it has in the table.
PARTS = {
    "bot in this process": ("tests/adapter",),
    "bot as a process": (
        "tests/e2e/test_entries.py",
        "tests/e2e/test_restart.py",
        "tests/e2e/test_people.py",
    ),
    "backtest": ("tests/backtest/test_repeats.py", "tests/backtest/test_losses.py"),
    "hyperopt": ("tests/backtest/test_hyperopt.py",),
    "paper exchange": ("tests/sandbox/test_freqtrade.py",),
}
#: Tests that a fault of freqtrade itself ends, and the releases that have it (page.py says which).
_HOSTILE = "tests/adapter/test_hostile_answers.py"
LEFT_OUT = tuple(
    f"{_HOSTILE}::test_whatever_a_hook_answers_the_loop_lives_and_the_stop_holds[{hook}]"
    for hook in ("custom_exit", "custom_stoploss", "custom_roi")
)
HAVE_THE_FAULT = ("2025.11.2", "2026.4")
PACKAGES = ("ccxt", "pandas", "numpy", "SQLAlchemy", "pydantic")
_ASK = """
import json, platform, sys
from importlib.metadata import version
print(json.dumps({"Python": platform.python_version()} | {n: version(n) for n in sys.argv[1:]}))
"""


@dataclass(frozen=True)
class Part:
    """What came out of one part."""

    name: str
    passed: int
    skipped: int
    failed: tuple[str, ...]
    left_out: int
    seconds: int


@dataclass(frozen=True)
class Result:
    """What came out of one release, and with which packages."""

    release: str
    day: str
    packages: dict[str, str]
    parts: tuple[Part, ...]


def run(release: str, python: Path, names: Iterable[str]) -> None:
    """These parts, one after the other; each is kept and told when it has ended."""
    asked = (str(python), "-c", _ASK, "freqtrade", *PACKAGES)
    packages = json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
    if packages.pop("freqtrade") != release:
        raise SystemExit(f"{python} has another freqtrade than {release}")
    for name in names:
        part = _part(release, python, name, PARTS[name])
        before = found(release)  # read late: another part may have been run meanwhile
        parts = {part.name: part for part in before.parts} if before else {}
        parts[name] = part
        counts = f"{part.passed} passed, {len(part.failed)} failed"
        print(f"  {name:20} {counts}, {part.seconds} s", flush=True)
        day = datetime.now(UTC).date().isoformat()
        result = Result(release, day, packages, tuple(parts.values()))
        _file(release).write_text(json.dumps(asdict(result), indent=1))


def found(release: str) -> Result | None:
    """What the last run of ``release`` has left; None when it never ran."""
    if not _file(release).exists():
        return None
    kept = json.loads(_file(release).read_text())
    parts = tuple(Part(**{**part, "failed": tuple(part["failed"])}) for part in kept["parts"])
    return Result(**{**kept, "parts": parts})


def left_out(release: str, name: str) -> tuple[str, ...]:
    """The tests of this part that are not run with ``release``."""
    own = [test for test in LEFT_OUT if test.startswith(PARTS[name])]
    return tuple(own) if release in HAVE_THE_FAULT else ()


def _part(release: str, python: Path, name: str, tests: Iterable[str]) -> Part:
    kept = CACHE / f"{release}.{name.replace(' ', '-')}"
    report = Path(f"{kept}.xml")
    report.unlink(missing_ok=True)
    without = left_out(release, name)
    command = (*(str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short"), *tests)
    began = monotonic()
    with Path(f"{kept}.log").open("w") as log:
        subprocess.run(
            [*command, f"--junit-xml={report}", *(f"--deselect={test}" for test in without)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    failed: tuple[str, ...] = ("pytest ended without a report",)
    passed, skipped, failed = _read(report) if report.exists() else (0, 0, failed)
    return Part(name, passed, skipped, failed, len(without), round(monotonic() - began))


def _read(report: Path) -> tuple[int, int, tuple[str, ...]]:
    passed, skipped, failed = 0, 0, list[str]()
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest's own
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(f"{case.get('classname')}::{case.get('name')}")
        elif case.find("skipped") is not None:
            skipped += 1
        else:
            passed += 1
    return passed, skipped, tuple(failed)


def _file(release: str) -> Path:
    return CACHE / f"{release}.json"
