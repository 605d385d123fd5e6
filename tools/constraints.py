"""Writes constraints.txt: one tested version of every distribution, for every supported Python.

Started by `make constraints`. The oldest Python is resolved first and what it settled on is offered
to the newer ones, so that a line without a marker holds everywhere and a marker appears only where
one version cannot serve all. Versions are read from pip's own report; no index is named here or in
the file: pip's configuration on this machine says where packages come from.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A bare machine has no compiler, so everything comes as a wheel; sdnotify and yattag, pure Python,
# have none.
WHEELS_ONLY = ("--only-binary=:all:", "--no-binary=sdnotify,yattag")
HEADER = """\
# Every distribution that `make test` and `make demo` install, pinned: what was tested together.
# Written by `make constraints` for freqtrade {freqtrade} and Python {pythons}:
# change pyproject.toml, not this file.
"""


def version_of(python: str) -> str | None:
    """Give "3.12" for an interpreter that runs, None for one that does not (a pyenv shim, say)."""
    ask = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def requirements(freqtrade: str) -> list[str]:
    """Read what pyproject.toml asks for, extras and build back end included, freqtrade pinned."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = pyproject["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(line for extra in extras for line in extra)]
    own = [line for line in asked if not line.startswith(project["name"])]
    return [*own, *pyproject["build-system"]["requires"], f"freqtrade=={freqtrade}"]


def resolve(python: str, wanted: list[str], prefer: dict[str, str]) -> dict[str, str]:
    """Ask pip, in a throw-away environment, what it would install; raise when it finds nothing."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        subprocess.run([python, "-m", "venv", str(place / "venv")], check=True)
        pip = [str(place / "venv/bin/python"), "-m", "pip", "--disable-pip-version-check", "-q"]
        subprocess.run([*pip, "install", "--upgrade", "pip"], check=True, capture_output=True)
        pins = place / "prefer.txt"
        pins.write_text("".join(f"{name}=={version}\n" for name, version in prefer.items()))
        report = place / "report.json"
        flags = ["--dry-run", "--ignore-installed", *WHEELS_ONLY, "--report", str(report)]
        command = [*pip, "install", *flags, "-c", str(pins), *wanted]
        subprocess.run(command, check=True, capture_output=True, text=True)
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {item["metadata"]["name"]: item["metadata"]["version"] for item in found}


def resolve_like(python: str, wanted: list[str], earlier: dict[str, str]) -> dict[str, str]:
    """Resolve with the earlier answer where that works, freely where it does not."""
    try:
        return resolve(python, wanted, earlier)
    except subprocess.CalledProcessError as failure:
        if not earlier:
            sys.exit(f"pip found no answer:\n{failure.stderr}")
        print("  the versions of the older Python do not all fit; resolving afresh")
        return resolve(python, wanted, {})


def lines(answers: dict[str, dict[str, str]]) -> list[str]:
    """Give one line per distribution, or one per Python with a marker where they differ."""
    names = sorted({name for answer in answers.values() for name in answer}, key=str.lower)
    return [line for name in names for line in pins_of(name, answers)]


def pins_of(name: str, answers: dict[str, dict[str, str]]) -> list[str]:
    """Give the pins of one distribution; a version that all of them share has no marker."""
    versions = {python: answer[name] for python, answer in answers.items() if name in answer}
    if len(set(versions.values())) == 1:
        return [f"{name}=={next(iter(versions.values()))}"]
    pin = '{}=={} ; python_version == "{}"'
    return [pin.format(name, version, python) for python, version in versions.items()]


def main() -> int:
    """Resolve for each interpreter named (or found on the PATH) and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--freqtrade", default="2026.9")
    parser.add_argument("pythons", nargs="*", help="interpreters to resolve for, 3.11 among them")
    asked = parser.parse_args()
    candidates = asked.pythons or [f"python3.{minor}" for minor in range(11, 15)]
    pythons = {version: python for python in candidates if (version := version_of(python))}
    if "3.11" not in pythons:
        print("make constraints needs Python 3.11 (the oldest supported); none of these is:")
        print("  " + " ".join(candidates))
        return 1
    wanted, answers, latest = requirements(asked.freqtrade), {}, dict[str, str]()
    for version in sorted(pythons, key=lambda text: int(text.split(".")[1])):
        print(f"resolving for Python {version} ({pythons[version]})")
        latest = answers[version] = resolve_like(pythons[version], wanted, latest)
    header = HEADER.format(freqtrade=asked.freqtrade, pythons=", ".join(answers))
    target = ROOT / "constraints.txt"
    target.write_text(header + "\n".join(lines(answers)) + "\n", encoding="utf-8")
    print(f"{target.name}: {len(lines(answers))} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
