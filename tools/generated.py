"""A page that is written from the code: brought up to date, or only asked whether it is."""

from __future__ import annotations

import argparse
from pathlib import Path


def written(path: Path, wanted: str, about: str | None) -> int:
    """Write ``wanted`` to ``path``, or with ``--check`` on the command line answer 1 where it
    differs. ``about`` is what ``--help`` says.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    if parser.parse_args().check:
        return int(not path.exists() or path.read_text(encoding="utf-8") != wanted)
    path.write_text(wanted, encoding="utf-8")
    return 0
