"""Writes the tables of docs/check.md from the kinds of findings in riskplugin/cli/findings (CF-6).

`python -m tools.findings` brings them up to date; `--check` only says whether they are.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from riskplugin.cli.findings import Kind
from riskplugin.cli.findings import __name__ as package
from tools.generated import written

PAGE = Path(__file__).resolve().parent.parent / "docs" / "check.md"
BEGIN, END = "<!-- begin findings -->", "<!-- end findings -->"
#: The files of riskplugin/cli/findings and what their table is called.
TITLES = {
    "limits": "Guard and limits",
    "positions": "Positions",
    "stops": "Stops",
    "orders": "Orders",
    "bot": "The bot",
    "sharing": "Two bots",
    "doors": "Doors",
    "duty": "People and alerts",
    "overlap": "freqtrade's protections",
    "answers": "What the strategy answers",
    "conduct": "How the strategy's code behaves",
    "reach": "What the strategy's code does besides",
}
HEAD = "| id | severity | where | why | what riskplugin does | mend |\n|---|---|---|---|---|---|"


def tables() -> str:
    """All tables, Markdown."""
    return "\n\n".join(_tables())


def render(text: str) -> str:
    """``text``, the page, with its tables written anew. Raises ValueError without their marks."""
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"{PAGE} has no part for the findings")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    return f"{before}{BEGIN}\n{tables()}\n{END}{after}"


def _tables() -> Iterator[str]:
    for name, title in TITLES.items():
        module = sys.modules[f"{package}.{name}"]
        kinds = [each for each in vars(module).values() if isinstance(each, Kind)]
        rows = "\n".join(_row(each) for each in kinds)
        yield f"### {title}\n\n{HEAD}\n{rows}"


def _row(kind: Kind) -> str:
    severity = f"{kind.severity}; {kind.when}" if kind.when else kind.severity.value
    where = kind.where if kind.where.startswith("(") else f"`{kind.where}`"
    words, _, paste = kind.mend.partition("\n")
    mend = " ".join(filter(None, (words, f"`{paste}`" if paste else "")))
    see = f"[`{kind.id}`]({kind.see})" if kind.see else f"`{kind.id}`"
    cells = (see, severity, where, kind.why, kind.does or "–", mend)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    raise SystemExit(written(PAGE, render(PAGE.read_text(encoding="utf-8")), __doc__))
