"""Writes docs/controls.md from riskplugin/reports/controls.json (AU-7).

`python -m tools.controls` brings it up to date; `--check` only says whether it is.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from riskplugin.reports.controls import page

PAGE = Path(__file__).resolve().parent.parent / "docs" / "controls.md"


def main() -> int:
    """Exit code 1 when ``--check`` finds the page out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    wanted = page()
    if parser.parse_args().check:
        return int(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != wanted)
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
