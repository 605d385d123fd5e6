"""One benchmark in this process, its lines as JSON: ``python -m benchmarks.worker B-1 31 [quick]``.

B-1 must run where neither rich nor freqtrade is installed: nothing is imported before it is needed.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from benchmarks.figures import Line

#: Candles of a quick backtest, and records of a quick ledger.
_FEW, _ROWS = 300, 5000


def main() -> None:
    """Run the benchmark that the arguments name."""
    name, rounds, *rest = sys.argv[1:]
    lines = measured(name, int(rounds), quick=rest == ["quick"])
    sys.stdout.write(json.dumps({"lines": [asdict(line) for line in lines]}) + "\n")


def measured(name: str, rounds: int, *, quick: bool) -> list[Line]:
    """The lines of the benchmark ``name``. Raises KeyError for one that does not exist."""
    match name:
        case "B-1":
            from benchmarks import decision

            return decision.lines(rounds)
        case "B-2":
            from benchmarks import durable, entries

            return [*durable.lines(rounds), *entries.lines(rounds)]
        case "B-3":
            from benchmarks import backtests

            return backtests.lines(rounds, _FEW) if quick else backtests.lines(rounds)
        case "B-4":
            from benchmarks import age

            return age.lines(rounds, _ROWS, _ROWS) if quick else age.lines(rounds)
        case "B-5":
            from benchmarks import loop

            return loop.lines(rounds)
        case "B-6":
            from benchmarks import footprint

            return footprint.lines(rounds)
        case "B-7":
            from benchmarks import throughput

            return throughput.lines(rounds)
        case "B-8":
            from benchmarks import starts

            return starts.lines(rounds, _ROWS) if quick else starts.lines(rounds)
    raise KeyError(name)


if __name__ == "__main__":
    main()
