"""``python -m benchmarks.docs RUN.json``: the tables of docs/benchmarks.md, written from a run.

The run is kept beside the page as docs/benchmarks.json, without spaces, so that a test can ask
whether the page says what was measured. With ``--anew`` the run holds some parts only (``make bench
ARGS='--only …'``): they take the place of those that are kept, and the page says so. What limits a
target that is not met is written by hand: each such line needs a row of its own or one that begins
alike.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.facts import ROOT
from benchmarks.figures import Line
from benchmarks.parts import PARTS
from benchmarks.report import COLUMNS, cells, from_json, notes, sheets_from_json

PAGE, RUN = ROOT / "docs" / "benchmarks.md", ROOT / "docs" / "benchmarks.json"
_PLACE = re.compile(r"(<!-- run: (.+?) -->\n).*?(<!-- end of run -->)", re.DOTALL)
_LIMITS = "## What limits it"


def main() -> None:
    """Write page and run; ends with 1 when a line that is not met has no note."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.docs", description=__doc__)
    parser.add_argument("run", type=Path, nargs="?", default=RUN, help="what --out wrote")
    parser.add_argument("--anew", action="store_true", help="only its parts are replaced")
    options = parser.parse_args()
    if options.anew and options.run.resolve() == RUN:
        parser.error("--anew needs a run of some parts: make bench-docs RUN=bench.json ARGS=--anew")
    run = options.run.read_text(encoding="utf-8")
    if options.anew:
        run = renewed(RUN.read_text(encoding="utf-8"), run)
    RUN.write_text(compact(run), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), run), encoding="utf-8")
    without = unexplained(PAGE.read_text(encoding="utf-8"), from_json(run))
    for line in without:
        print(f"not met and not explained: {line.id} | {line.what}")  # noqa: T201
    sys.exit(int(bool(without)))


def compact(run: str) -> str:
    """The same JSON, a line of text for each figure, floats as far as they mean something."""
    told = json.loads(run, parse_float=lambda text: float(f"{float(text):.5g}"))
    rows = {
        name: ",\n".join(json.dumps(_said(each), ensure_ascii=False) for each in told[name])
        for name in ("lines", "sheets")
    }
    facts = json.dumps(told["run"], ensure_ascii=False)
    return (
        f'{{"run": {facts},\n"lines": [\n{rows["lines"]}\n],\n"sheets": [\n{rows["sheets"]}\n]}}\n'
    )


def renewed(kept: str, newer: str) -> str:
    """The ``kept`` run with the parts of the ``newer`` one, and what has to be known of that."""
    whole, parts = json.loads(kept), json.loads(newer)
    names = list(dict.fromkeys(row["part"] for row in (*parts["lines"], *parts["sheets"])))
    for rows in ("lines", "sheets"):
        whole[rows] = list(_replaced(whole[rows], parts[rows], names))
    anew = {**whole["run"].pop("anew", {}), **dict.fromkeys(names, parts["run"])}
    return json.dumps({**whole, "run": {**whole["run"], "anew": anew}})


def _replaced(
    kept: Iterable[dict[str, Any]], newer: Sequence[dict[str, Any]], names: Iterable[str]
) -> Iterator[dict[str, Any]]:
    """Rows in the order of the kept ones; those of each new part stand where the first of it was.
    Parts that were not measured before come last.
    """
    waiting = {name: [row for row in newer if row["part"] == name] for name in names}
    replaced = set(waiting)
    for row in kept:
        yield from waiting.pop(row["part"], [])
        if row["part"] not in replaced:
            yield row
    for rows in waiting.values():
        yield from rows


def page(text: str, run: str) -> str:
    """The page with every generated part brought up to date. Raises KeyError for an unknown one."""
    sections = dict(_sections(compact(run)))
    return _PLACE.sub(lambda found: f"{found[1]}{sections[found[2]]}\n{found[3]}", text)


def unexplained(text: str, lines: Iterable[Line]) -> list[Line]:
    """The lines that miss their target and that no row of the page's last table is about."""
    rows = [
        [cell.strip() for cell in row.strip("|").split("|")]
        for row in text.partition(_LIMITS)[2].splitlines()
        if row.startswith("|")
    ]
    known = [(row[0], begin.strip()) for row in rows for begin in row[1].split(";")]
    return [line for line in lines if line.met is False and not _explained(line, known)]


def _explained(line: Line, known: Sequence[tuple[str, str]]) -> bool:
    return any(line.id == name and line.what.startswith(begin) for name, begin in known if begin)


def _said(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value not in (None, "")}


def _sections(run: str) -> Iterator[tuple[str, str]]:
    lines = from_json(run)
    yield "facts", _facts(json.loads(run)["run"], lines)
    yield "targets", _table([line for line in lines if line.target is not None])
    for name in PARTS:
        measured = [line for line in lines if line.part == name]
        tables = [_table(measured)] if measured else []
        tables += [
            _markdown(sheet.columns, sheet.rows)
            for sheet in sheets_from_json(run)
            if sheet.part == name
        ]
        tables += ["\n".join(f"- {note}" for note in notes(measured))] if notes(measured) else []
        yield name, "\n\n".join(tables) or "Not measured in this run."


def _facts(run: dict[str, Any], lines: Sequence[Line]) -> str:
    judged = [line.met for line in lines if line.met is not None]
    anew = run.get("anew", {})
    whole = _listed({key: value for key, value in run.items() if key != "anew"})
    told = [f"{sum(judged)} of {len(judged)} targets are met in this run: {whole}."]
    told += [f"- {name} was measured anew: {_listed(later)}" for name, later in anew.items()]
    return "\n\n".join([told[0], "\n".join(told[1:])]).strip()


def _listed(facts: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in facts.items())


def _table(lines: Iterable[Line]) -> str:
    return _markdown(COLUMNS, [cells(line) for line in lines])


def _markdown(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    told = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(row)} |".replace("| NO |", "| **no** |") for row in told)


if __name__ == "__main__":
    main()
