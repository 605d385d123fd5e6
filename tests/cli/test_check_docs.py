"""docs/check.md lists every kind of finding, and each kind names a page that is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from riskplugin.cli.findings import KINDS, Kind
from riskplugin.cli.findings.kinds import INFO, WARNING, kind
from tools.findings import PAGE, tables

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.spec("CF-6")


def test_the_page_is_current() -> None:
    command = [sys.executable, "-m", "tools.findings", "--check"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    assert all(f"`{name}`" in tables() for name in KINDS)


@pytest.mark.parametrize("each", KINDS.values(), ids=KINDS)
def test_a_kind_says_all_that_people_need(each: Kind) -> None:
    assert each.where
    assert each.why[0].isupper() or each.why.startswith("freqtrade")
    assert each.why.endswith(".")
    assert each.mend
    assert not each.see or (PAGE.parent / each.see).is_file()
    assert bool(each.also) is bool(each.when)


def test_a_kind_is_told_once_and_keeps_to_its_severities() -> None:
    one = kind("only-here", WARNING, where="x", why="Y.", mend="z")
    try:
        with pytest.raises(ValueError, match="only-here"):
            kind("only-here", WARNING, where="x", why="Y.", mend="z")
        with pytest.raises(ValueError, match="never info"):
            one.found(severity=INFO)
    finally:
        del KINDS["only-here"]
