"""One part in this process, as JSON: ``python -m benchmarks.worker B-1 31 [quick]``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from benchmarks.parts import measured


def main() -> None:
    """Run the part that the arguments name."""
    name, rounds, *rest = sys.argv[1:]
    lines, sheets = measured(name, int(rounds), quick=rest == ["quick"])
    rows = [asdict(line) for line in lines], [asdict(sheet) for sheet in sheets]
    sys.stdout.write(json.dumps({"lines": rows[0], "sheets": rows[1]}) + "\n")


if __name__ == "__main__":
    main()
