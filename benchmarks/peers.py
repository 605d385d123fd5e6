"""The environments in which NautilusTrader is installed: ``make bench-peer`` makes them.

NautilusTrader and freqtrade exclude each other (pandas below 3, pandas 3), and its newer releases
want a newer Python: so it may stand in several, each with one release of it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

VARIABLE = "RISKPLUGIN_PEER_PYTHON"
FOLDER = Path(__file__).resolve().parent.parent / ".venv-peer"


def interpreters() -> list[str]:
    """Those that B-1 runs in: the user's own, or all that were made, or only this one."""
    if own := os.environ.get(VARIABLE):
        return [own]
    made = sorted(FOLDER.glob("*/bin/python"), key=_release)
    return [str(python) for python in made] or [sys.executable]


def _release(python: Path) -> tuple[int, ...]:
    """The folder's name, a release of NautilusTrader, as one that can be put in order."""
    return tuple(int(each) for each in python.parents[1].name.split(".") if each.isdigit())
