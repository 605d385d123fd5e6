"""Lines as a table for people or as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.figures import Line, Sheet, Spread, Target

#: Columns of characters where there is no terminal.
_WIDTH = 170
COLUMNS = (
    "id",
    "what",
    "figure",
    "baseline",
    "ratio (quartiles)",
    "best",
    "target",
    "met",
    "rounds",
)


def table(lines: Iterable[Line]) -> Table:
    """Every line, one row each."""
    shown = Table(*COLUMNS, box=box.SIMPLE_HEAD, title="riskplugin: ratios of one run")
    for line in lines:
        shown.add_row(*cells(line))
    return shown


def cells(line: Line) -> tuple[str, ...]:
    """The texts of a row."""
    baseline = "" if line.baseline is None else f"{number(line.baseline)} {line.unit}, "
    return (
        line.id,
        line.what,
        f"{number(line.figure)} {line.unit}",
        baseline + line.against,
        "" if line.ratio is None else _spread(line.ratio),
        "" if line.best is None else f"{line.best:.3g}",
        "" if line.target is None else _target(line.target, line.unit),
        {True: "yes", False: "NO", None: ""}[line.met],
        str(line.rounds),
    )


def number(value: float) -> str:
    """Three figures that count, thousands whole and apart.

    >>> [number(v) for v in (0.0, 0.01234, 1.5, 302.41, 240123.4)]
    ['0', '0.0123', '1.5', '302', '240 123']
    """
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}"


def notes(lines: Iterable[Line]) -> list[str]:
    """Each remark once, with the benchmark that it belongs to."""
    return list(dict.fromkeys(f"{line.id}: {line.note}" for line in lines if line.note))


def as_json(lines: Iterable[Line], run: dict[str, Any], sheets: Iterable[Sheet] = ()) -> str:
    """Everything, the facts about the run first."""
    rows = [asdict(line) | {"met": line.met} for line in lines]
    tables = [asdict(sheet) for sheet in sheets]
    return json.dumps({"run": run, "lines": rows, "sheets": tables}, indent=2)


def from_json(text: str) -> list[Line]:
    """The lines that :func:`as_json` wrote. Raises KeyError or TypeError for another text."""
    return [_line(row) for row in json.loads(text)["lines"]]


def sheets_from_json(text: str) -> list[Sheet]:
    """The other tables that :func:`as_json` wrote."""
    return [
        Sheet(
            part=sheet["part"],
            columns=tuple(sheet["columns"]),
            rows=tuple(tuple(row) for row in sheet["rows"]),
        )
        for sheet in json.loads(text)["sheets"]
    ]


def show(lines: list[Line], run: dict[str, Any], sheets: Iterable[Sheet] = ()) -> None:
    """Print table, notes and the facts about the run."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    console.print(table(lines))
    for sheet in sheets:
        shown = Table(*sheet.columns, box=box.SIMPLE_HEAD, title=sheet.part)
        for row in sheet.rows:
            shown.add_row(*row)
        console.print(shown)
    for note in notes(lines):
        console.print(note, style="dim")
    console.print("; ".join(f"{key} {value}" for key, value in run.items()), style="dim")


def _line(row: dict[str, Any]) -> Line:
    kept = {key: value for key, value in row.items() if key != "met"}
    for key, kind in (("ratio", Spread), ("target", Target)):
        kept[key] = None if kept.get(key) is None else kind(**kept[key])
    return Line(**kept)


def _spread(ratio: Spread) -> str:
    return f"{ratio.median:.3g} ({ratio.low:.3g}–{ratio.high:.3g})"


def _target(target: Target, unit: str) -> str:
    sign = "≤" if target.sense == "at most" else "≥"
    return f"{sign} {number(target.limit)} {'x' if target.on == 'ratio' else unit}"
