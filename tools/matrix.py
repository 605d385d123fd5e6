"""Runs the matrix and writes docs/matrix.md; no cell may be missing, failed or unexplained.

`python -m tools.matrix` runs tests/matrix and writes the page. With `--cells FOLDER` it runs
nothing and reads what an earlier run, with RISKPLUGIN_MATRIX=FOLDER, has left there.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import NamedTuple

from tests.matrix.table import FOLDER, LIMITS, MARKETS, ROWS, Key, Mode, Row, expected

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "matrix.md"
COMMAND = "python -m tools.matrix"

_MODES: tuple[tuple[Mode, str], ...] = (
    ("live", "Live orders at the paper exchange"),
    ("dry-run", "Dry-run"),
    ("backtest", "Backtests, hyperopt and analyses"),
)
_HEADS = {"open": "breaker open", "latched": "breaker latched"}


class Outcome(NamedTuple):
    """What a test said of a cell."""

    verdict: str
    why: str


Cells = Mapping[Key, Outcome]


def read(folder: Path) -> dict[Key, Outcome]:
    """All cells of a run. A cell that was handed in twice keeps the worse outcome."""
    cells: dict[Key, Outcome] = {}
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            said = json.loads(line)
            outcome = Outcome(said.pop("verdict"), said.pop("why"))
            key = Key(**said)
            known = cells.get(key)
            if known is None or known.verdict != "failed":
                cells[key] = outcome
    return cells


def complaints(cells: Cells) -> list[str]:
    """Cells that are missing, unknown, failed or unexplained."""
    wanted = expected()
    found = [f"no outcome: {_name(key)}" for key in sorted(wanted - set(cells))]
    found += [f"no such cell: {_name(key)}" for key in sorted(set(cells) - wanted)]
    for key, (verdict, why) in sorted(cells.items()):
        if verdict == "failed":
            found.append(f"failed: {_name(key)}: {why}")
        elif verdict != "held" and not why:
            found.append(f"unexplained: {_name(key)}")
    return found


def _name(key: Key) -> str:
    return f"{key.path} / {key.market} / {key.mode} / {key.limit}"


class Footnotes:
    """Numbers the reasons in the order in which they come up; equal ones share a number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, why: str) -> str:
        """The number of a reason, as a superscript; nothing for no reason."""
        if not why:
            return ""
        return f"<sup>{self._numbers.setdefault(why, len(self._numbers) + 1)}</sup>"

    def lines(self) -> list[str]:
        """The reasons."""
        return [f"{number}. {why}" for why, number in self._numbers.items()]


def page(cells: Cells, *, freqtrade: str) -> str:
    """The whole of docs/matrix.md."""
    notes = Footnotes()
    tables = list(_tables(cells, notes))
    counts = Counter(outcome.verdict for outcome in cells.values())
    summary = (
        f"Written by `{COMMAND}` with freqtrade {freqtrade}: {len(cells)} cells, "
        f"{counts['held']} held, {counts['detected']} detected, {counts['n/a']} not "
        "applicable, none failed, none unexplained."
    )
    return "\n".join(
        [
            "# The matrix: every path to a position, under every limit",
            "",
            summary,
            "",
            *_LEGEND,
            "",
            "## Paths",
            "",
            *(f"- **{row.name}**: {row.sentence}" for row in ROWS),
            *tables,
            "",
            "## Notes",
            "",
            *notes.lines(),
            "",
        ]
    )


_LEGEND = (
    "A row is a path by which a position can be opened or enlarged, a column a limit. Each cell",
    "is a walk of a real bot along that path, asking for far more than the limit leaves. Live,",
    "the exchange's order log and accounts are the witness, in dry-run the bot's trades and",
    "simulated orders, in backtests the fills and the candles; never what riskplugin says of",
    "itself.",
    "",
    "- **held**: nothing beyond the limit arrived. The same walk without the limit goes beyond",
    "  it, which the test asserts first; where riskplugin lets nothing through whatever the",
    "  limits, a bot without riskplugin shows that the path is real.",
    "- **detected**: it cannot be prevented; it is noticed and acted upon within a loop.",
    "- **–**: not applicable, the note says why.",
)


def _tables(cells: Cells, notes: Footnotes) -> Iterator[str]:
    for (mode, title), market in product(_MODES, MARKETS):
        rows = [row for row in ROWS if mode in row.modes]
        yield from ("", f"## {title}: {market}", "")
        yield f"| path | {' | '.join(_HEADS.get(limit, limit) for limit in LIMITS)} |"
        yield "|---" * (len(LIMITS) + 1) + "|"
        for row in rows:
            yield _row(row, (cells[Key(row.name, market, mode, limit)] for limit in LIMITS), notes)


def _row(row: Row, outcomes: Iterable[Outcome], notes: Footnotes) -> str:
    shown = ((o.verdict if o.verdict != "n/a" else "–") + notes.mark(o.why) for o in outcomes)
    return f"| {row.name} | {' | '.join(shown)} |"


def run(folder: Path, arguments: list[str]) -> int:
    """Run the tests of the matrix; their cells come into ``folder``."""
    command = [sys.executable, "-m", "pytest", "-q", "--dist", "loadfile", *arguments]
    told = {**os.environ, FOLDER: str(folder)}
    return subprocess.run([*command, "tests/matrix"], cwd=ROOT, env=told, check=False).returncode


def main() -> int:
    """Fill the matrix, check it, write the page."""
    import freqtrade

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=Path, help="run nothing; read the cells of this folder")
    parser.add_argument("--workers", "-n", default="2", help="processes that run the tests (2)")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = told.cells or Path(made)
        if told.cells is None:
            run(folder, ["-n", told.workers])
        cells = read(folder)
    wrong = complaints(cells)
    if wrong:
        print("\n".join(wrong), f"{len(wrong)} cells are in the way; nothing is written", sep="\n")
        return 1
    PAGE.write_text(page(cells, freqtrade=freqtrade.__version__), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(cells)} cells")
    return 0


if __name__ == "__main__":
    sys.exit(main())
