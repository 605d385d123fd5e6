"""Writes the table of docs/hostile.md from what the hostile strategies say of themselves.

``python -m tests.hostile.page`` writes it.
"""

from __future__ import annotations

from pathlib import Path

from tests.hostile.attacks import Attack, attacks_of, files

PAGE = Path(__file__).parents[2] / "docs" / "hostile.md"
BEGIN, END = "<!-- attacks: begin -->", "<!-- attacks: end -->"
#: How an outcome is written.
WORDS = {
    "held": "held",
    "refused": "refused at start",
    "ends": "the bot ends, no limit breaks",
    "found out": "found out within a loop",
    "not held": "**not held**",
}


def table() -> str:
    """All attacks, one table a file."""
    parts = []
    for file in files():
        parts += [f"### {file.removeprefix('attack_').capitalize()}", ""]
        parts += ["| attack | market | result | what holds it |", "|---|---|---|---|"]
        parts += [*map(_row, attacks_of(file)), ""]
    return "\n".join(parts)


def _row(attack: Attack) -> str:
    markets = ", ".join(attack.markets)
    says = attack.says.rstrip(".")
    return f"| `{attack.name}` {says} | {markets} | {WORDS[attack.outcome]} | {attack.held_by} |"


def written() -> str:
    """The page with its table as it should be now."""
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    return f"{before}{BEGIN}\n\n{table()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
