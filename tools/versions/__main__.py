"""Runs the end-to-end tests against several releases of freqtrade and writes docs/versions.md.

`python -m tools.versions` takes every release of the table; `python -m tools.versions 2026.4` that
one alone, with `--part hyperopt` that part alone; what earlier runs found of the others is kept.
A failed test makes the exit status 1.
`--pin 2026.4` writes that release's pins anew; `--page` writes the page from what was found.
"""

from __future__ import annotations

import argparse
import sys

from tools.versions.environments import RELEASES, make, pin
from tools.versions.page import write
from tools.versions.runs import PARTS, found, run


def main() -> int:
    """Run what was asked for; one line on the screen for every part."""
    parser = argparse.ArgumentParser(prog="python -m tools.versions", description=__doc__)
    parser.add_argument("releases", nargs="*", metavar="RELEASE", help="; ".join(RELEASES))
    parser.add_argument("--pin", action="store_true", help="resolve the pins of an older release")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part; repeatable")
    parser.add_argument("--page", action="store_true", help="only write the page")
    asked = parser.parse_args()
    unknown = set(asked.releases) - set(RELEASES)
    if unknown:
        parser.error(f"{', '.join(unknown)}: only {', '.join(RELEASES)} have pins here")
    releases = asked.releases or list(RELEASES)
    if asked.pin:
        for release in releases:
            pin(release)
        return 0
    if not asked.page:
        for release in releases:
            print(f"freqtrade {release}")
            run(release, make(release), asked.part or PARTS)
    results = [result for release in RELEASES if (result := found(release)) is not None]
    write(results)
    return int(any(part.failed for result in results for part in result.parts))


if __name__ == "__main__":
    sys.exit(main())
