"""Does what a newcomer does, to the letter: a new environment, only the wheel, then the pages.

`make newcomer`. A folder, a HOME and a virtual environment of its own; pip installs the built
wheel; the commands of the README's "Guard your own strategy" and of docs/quickstart.md are run as
they stand, in the folder of somebody who uses freqtrade, with `riskplugin sandbox` of the same
wheel as the exchange. Each way has to lead to a guarded bot with a position inside its limits; then
`riskplugin demo` has to pass.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tests.docs.place import Place
from tests.docs.user import furnish
from tools.blocks import ROOT, read
from tools.fresh import build, install, make_environment, package_settings
from tools.newcomer.following import Newcomer, exchange, follow, run, say
from tools.newcomer.judging import section, verdict

README, SECTION = ROOT / "README.md", "Guard your own strategy"
QUICKSTART = ROOT / "docs" / "quickstart.md"


def main() -> None:
    """Build, install, follow both ways, run the demo; one line says what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="the interpreter to begin with")
    parser.add_argument("--wheel", type=Path, help="instead of building one")
    parser.add_argument("--no-demo", action="store_true", help="leave out the two minutes of demo")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newcomer-") as scratch:
        sys.exit(_live(Path(scratch).resolve(), asked))


def _live(folder: Path, asked: argparse.Namespace) -> int:
    wheel = asked.wheel or build(folder / "dist", "--wheel")[0]
    say(f"a new environment by {asked.python}, and {wheel.name}")
    furnish(folder / "user")
    begun = time.monotonic()
    python = make_environment(folder / "environment", asked.python)
    start = Newcomer(folder / "start", python.parent, 0)
    start.prepare(folder / "user")
    install(python, wheel.resolve(), start.environment() | package_settings())
    installed_s = time.monotonic() - begun
    say(f"  installed in {installed_s:.0f} s")
    pages = {"readme": section(read(README), SECTION), "quickstart": read(QUICKSTART)}
    ways = []
    with exchange(start) as port:
        for name, page in pages.items():
            place = replace(start, folder=folder / name, exchange_port=port)
            place.prepare(folder / "user")
            say(page.name)
            ways.append(follow(page, place))
            say(f"  {ways[-1].trouble or 'followed to its end'}")
    fine, told = verdict(installed_s, ways, "left out" if asked.no_demo else _demo(start))
    say(told)
    return 0 if fine else 1


def _demo(place: Place) -> str:
    say("riskplugin demo")
    done = run(place, ["riskplugin", "demo"])
    say("  " + "\n  ".join((done.stdout + done.stderr).strip().splitlines()[-12:]))
    return "passed" if done.returncode == 0 else "FAILED"


if __name__ == "__main__":
    main()
