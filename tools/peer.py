"""`make bench-peer`: environments with NautilusTrader in .venv-peer, for B-1 of `make bench`.

One for the Python of .venv and one for a newer Python where there is one: the release that was
measured first has no build for it, and the newest has none for 3.11.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER, WANTED = ROOT / ".venv-peer", ROOT / "benchmarks" / "peers.txt"
NEWER = ("3.12", "3.13")


def main() -> None:
    """Make what is missing; ends with 1 when nothing could be made."""
    made = [_made(python, minor) for minor, python in _interpreters().items()]
    sys.exit(int(not any(made)))


def _interpreters() -> dict[str, str]:
    """This Python and the first newer one that runs, by version: one of each release is enough."""
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    found = {own: sys.executable}
    for minor in NEWER if own == "3.11" else ():
        ready = [name for name in _named(minor) if _runs(name, "-c", "import venv, ensurepip")]
        if ready:
            found[minor] = ready[0]
            break
    return found


def _named(minor: str) -> list[str]:
    """Where a Python of this version may be: on the path, or beside this one, as pyenv has them."""
    beside = Path(sys.base_prefix).parent.glob(f"{minor}*/bin/python{minor}")
    return [f"python{minor}", *map(str, sorted(beside))]


def _made(python: str, minor: str) -> bool:
    place = FOLDER / minor
    peer = str(place / "bin" / "python")
    if _runs(peer, "-c", "import nautilus_trader, orjson"):
        print(f"{place.relative_to(ROOT)}: there already")
        return True
    print(f"{place.relative_to(ROOT)}: installing NautilusTrader for Python {minor} …", flush=True)
    install = (peer, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    done = _runs(python, "-m", "venv", "--clear", str(place), quiet=False)
    done = done and _runs(*install, "-r", str(WANTED), quiet=False)
    if not done:
        shutil.rmtree(place, ignore_errors=True)
        print(f"{place.relative_to(ROOT)}: could not be made; B-1 goes on without it")
    return done


def _runs(*command: str, quiet: bool = True) -> bool:
    """Whether the command ends well. One that is not there does not."""
    told = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.run(command, check=False, stdout=told, stderr=told).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    main()
