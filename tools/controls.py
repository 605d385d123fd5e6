"""Writes docs/controls.md from riskplugin/reports/controls.json (AU-7).

`python -m tools.controls` brings it up to date; `--check` only says whether it is.
"""

from __future__ import annotations

from pathlib import Path

from riskplugin.reports.controls import page
from tools.generated import written

PAGE = Path(__file__).resolve().parent.parent / "docs" / "controls.md"


if __name__ == "__main__":
    raise SystemExit(written(PAGE, page(), __doc__))
