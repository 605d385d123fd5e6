"""Builds wheel and source archive into dist/ and checks what an index would ask of them.

`make package`. Archives of other versions that lie there are left alone.
"""

from __future__ import annotations

import subprocess
import sys

from tools.fresh import ROOT, build


def main() -> None:
    """Build, check, name them."""
    archives = [str(path.relative_to(ROOT)) for path in build(ROOT / "dist")]
    command = [sys.executable, "-m", "twine", "check", "--strict", *archives]
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode == 0:
        print("\n".join(archives))
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
