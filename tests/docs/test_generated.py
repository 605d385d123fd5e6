"""Pages that are written by a program are what it would write now."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from riskplugin.config.messages import leaf_paths
from tools.blocks import ROOT


@pytest.mark.parametrize("tool", ["settings", "commands"])
@pytest.mark.spec("CF-1")
def test_a_generated_page_is_current(tool: str) -> None:
    """Mend it with: python -m tools.settings, python -m tools.commands"""
    command = [sys.executable, "-m", f"tools.{tool}", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.spec("CF-1")
def test_every_key_has_its_row() -> None:
    page, _, _ = (ROOT / "docs/settings.md").read_text(encoding="utf-8").partition("## Variables")
    for path in leaf_paths():
        assert page.count(f"| `{'.'.join(path)}` | ") == 1


def test_every_variable_of_the_environment_is_named() -> None:
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    for file in (ROOT / "riskplugin").rglob("*.py"):
        for name in re.findall(r"\bRISKPLUGIN_[A-Z_]+", file.read_text(encoding="utf-8")):
            assert f"`{name}`" in page, file
