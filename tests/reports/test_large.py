"""However long a ledger is: report and export hold a few records at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.aged import aged_ledger

pytestmark = [pytest.mark.spec("DB-3"), pytest.mark.exhaustive, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
FEW, MANY = 20_000, 200_000

_CHILD = """
import resource, sys
from riskplugin.cli import app
try:
    app(sys.argv[1:])
except SystemExit as end:
    assert not end.code, end.code
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak_mb(*arguments: str) -> int:
    """The most memory that a command held; at least what this process holds."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    homes = {count: tmp_path_factory.mktemp(f"of{count}") for count in (FEW, MANY)}
    return {count: aged_ledger(home / "risk.sqlite", count) for count, home in homes.items()}


@pytest.mark.parametrize(
    "command",
    [
        ("report", "--from", "2020", "--force", "--out", "report.html"),
        ("export", "decisions", "--force", "--to", "d.csv"),
        ("export", "decisions", "--force", "--to", "d.json"),
        ("export", "decisions", "--force", "--to", "d.parquet"),
    ],
    ids=["report", "csv", "json", "parquet"],
)
def test_memory_does_not_grow_with_the_records(
    ledgers: dict[int, Path], command: tuple[str, ...]
) -> None:
    peaks = {}
    for count, ledger in ledgers.items():
        file = str(ledger.parent / command[-1])
        peaks[count] = peak_mb(*command[:-1], file, "--ledger", f"sqlite:///{ledger}")
    assert peaks[MANY] < peaks[FEW] + 60
