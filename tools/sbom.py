"""Writes dist/sbom.cdx.json (CycloneDX) and dist/licences.md: what an installation brings with it.

`make sbom`. Of an environment into which only the wheel was installed, so that no tool of ours is
in it. A package whose licence may not be combined with ours is an error that names the package.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from riskplugin.version import __version__
from tools.fresh import ROOT, build, install, make_environment
from tools.licences import installed, table


def write(python: Path, target: Path) -> None:
    """Write both files about the environment of ``python`` into ``target``."""
    target.mkdir(exist_ok=True)
    bill = target / "sbom.cdx.json"
    _bill(python, bill)
    licences = installed(_packages(python))
    (target / "licences.md").write_text(table(licences), encoding="utf-8")
    wrong = [one for one in licences if not one.compatible]
    for one in wrong:
        said = one.expression or "none named"
        print(f"{one.package} {one.version}: its licence ({said}) is not known to be compatible")
    if wrong:
        sys.exit("read them, and say so in tools/licences.py; or do without the package")
    fine = f"{len(licences)} packages, all compatible with GPL-3.0-or-later"
    print(f"{target.name}/{bill.name} and licences.md: {fine}")


def _bill(python: Path, bill: Path) -> None:
    command = [sys.executable, "-m", "cyclonedx_py", "environment", str(python)]
    project = ["--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "library"]
    form = ["--of", "JSON", "--output-reproducible", "-o", str(bill)]
    subprocess.run([*command, *project, *form], check=True)
    told = json.loads(bill.read_text(encoding="utf-8"))
    told["metadata"]["component"]["version"] = __version__  # pyproject.toml leaves it to the code
    told["components"] = [part for part in told["components"] if part["name"] != "pip"]
    bill.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _packages(python: Path) -> Path:
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    done = subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


def main() -> None:
    """Build the wheel, install it into a new environment, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", type=Path, help="an environment with only the wheel in it")
    python = parser.parse_args().python
    with tempfile.TemporaryDirectory() as scratch:
        if python is None:
            [wheel] = build(Path(scratch) / "wheel", "--wheel")
            python = make_environment(Path(scratch) / "environment")
            install(python, wheel)
        write(python, ROOT / "dist")


if __name__ == "__main__":
    main()
