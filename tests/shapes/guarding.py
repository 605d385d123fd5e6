"""The two ways in which people guard a strategy, done to copies of the files of this folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from typer.testing import CliRunner

from riskplugin.cli import app

ORIGINALS = Path(__file__).parent / "user_strategies"
#: Class by shape; the file has the name of the shape.
SHAPES = {
    "ladder": "Ladder",
    "everything": "Everything",
    "halving": "Halving",
    "version2": "Version2",
    "derived": "Youngest",
    "bare": "Bare",
    "informed": "Informed",
    "treasurer": "Treasurer",
    "trailing": "Trailing",
    "protected": "Protected",
}
#: Interface version 2 is refused by freqtrade in futures.
SPOT_ONLY = frozenset({"version2"})
WAYS = ("base", "command")


def by_base_class(folder: Path) -> Path:
    """Copies in which RiskMixin stands before IStrategy, as an author would write it."""
    folder.mkdir(parents=True)
    for file in ORIGINALS.glob("*.py"):
        text = file.read_text().replace("(IStrategy):", "(RiskMixin, IStrategy):")
        text = text.replace("\nclass ", "\nfrom riskplugin import RiskMixin\n\n\nclass ", 1)
        (folder / file.name).write_text(text)
    return folder


def by_command(userdir: Path) -> Path:
    """Untouched copies, and beside each what ``riskplugin guard`` writes."""
    folder = userdir / "strategies"
    shutil.copytree(ORIGINALS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in SHAPES.values():
        done = CliRunner().invoke(app, ["guard", name, "--userdir", str(userdir)])
        assert done.exit_code == 0, done.output
    return folder


def class_name(shape: str, way: str) -> str:
    """What to tell freqtrade to load."""
    return SHAPES[shape] + ("Guarded" if way == "command" else "")
