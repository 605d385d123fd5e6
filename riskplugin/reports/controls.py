"""Which control answers what a rule of the supervisors asks: read from controls.json (AU-7)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("controls.json")

#: How much of what is asked is answered, and the colour it is shown in.
TONES = {"answered": "good", "in part": "watch", "not answered": "bad", "yours": "plain"}


@dataclass(frozen=True)
class Row:
    """One demand of a rule. ``code`` and ``tests`` are paths, ``spec`` ids of requirements.

    ``answer`` is one of TONES; "yours": no software can do it. ``open`` says what is not answered.
    """

    ref: str
    asks: str
    answer: str
    control: str
    code: tuple[str, ...]
    tests: tuple[str, ...]
    spec: tuple[str, ...]
    open: str


@dataclass(frozen=True)
class Rule:
    """A rule and its demands."""

    name: str
    source: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Controls:
    """All of it."""

    about: str
    rules: tuple[Rule, ...]


@cache
def controls() -> Controls:
    """The table as it is shipped."""
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    rules = tuple(
        Rule(each["name"], each["source"], tuple(map(_row, each["rows"]))) for each in data["rules"]
    )
    return Controls(data["about"], rules)


def _row(data: dict[str, str | list[str]]) -> Row:
    return Row(
        ref=str(data["ref"]),
        asks=str(data["asks"]),
        answer=str(data["answer"]),
        control=str(data["control"]),
        code=tuple(data.get("code", ())),
        tests=tuple(data.get("tests", ())),
        spec=tuple(data.get("spec", ())),
        open=str(data.get("open", "")),
    )


def page() -> str:
    """docs/controls.md, all of it."""
    told = controls()
    parts = [
        "# Controls, and the rules they answer",
        "",
        "<!-- Written by `python -m tools.controls` from riskplugin/reports/controls.json. -->",
        "",
        told.about,
        "",
        "| answer | means |",
        "|---|---|",
        "| answered | the control does what is asked, and a test holds it to that |",
        "| in part | it does a part; the last column says what is missing |",
        "| not answered | nothing here does it |",
        "| yours | a matter of your organisation; no software can do it |",
        "",
    ]
    for rule in told.rules:
        parts += [f"## {rule.name}", "", rule.source, "", *_table(rule), ""]
    return "\n".join(parts)


def _table(rule: Rule) -> list[str]:
    head = ("reference", "what it asks", "answer", "control", "code", "tests", "not answered")
    made = [f"| {' | '.join(head)} |", "|---|---|---|---|---|---|---|"]
    for row in rule.rows:
        code = "<br>".join(f"`{path}`" for path in row.code)
        proof = [*(f"`{path}`" for path in row.tests), " ".join(row.spec)]
        tests = "<br>".join(filter(None, proof))
        cells = (row.ref, row.asks, row.answer, row.control, code, tests, row.open)
        made.append("| " + " | ".join(cell or "–" for cell in cells) + " |")
    return made
