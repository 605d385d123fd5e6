"""What somebody sees who types `riskplugin` for the first time, on a terminal of 80 columns."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tools.blocks import ROOT

pytestmark = pytest.mark.spec("CF-5")
GROUPS = ["Options", "Begin", "While the bot runs", "Before and afterwards", "People"]


@pytest.fixture(scope="module")
def screen() -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "riskplugin"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80", "TERM": "dumb"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2  # wrong use, as everywhere
    return (done.stdout + done.stderr).splitlines()


def test_commands_stand_in_groups_in_the_order_in_which_one_meets_them(screen: list[str]) -> None:
    assert re.findall(r"^╭─ (.+?) ─+╮$", "\n".join(screen), re.MULTILINE) == GROUPS


def test_it_begins_with_what_a_newcomer_needs(screen: list[str]) -> None:
    named = re.findall(r"^│ (\w+) ", "\n".join(screen), re.MULTILINE)
    assert named[:4] == ["init", "guard", "check", "demo"]


def test_nothing_is_wider_than_the_terminal_or_cut_off(screen: list[str]) -> None:
    assert max(map(len, screen)) <= 80
    assert not any("…" in line for line in screen)
