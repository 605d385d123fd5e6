"""Finds the hostile strategies of the folder, and what each says of itself, without running them.

A class that begins with an underscore is a part of others. Everything else is an attack: its
docstring says what it does, ``held_by`` what stands against it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent / "user_strategies"
#: Files that hold no attack.
NONE = ("greedy",)

Outcome = Literal["held", "refused", "ends", "found out", "not held"]


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile strategy.

    ``outcome``: "held" – no limit breaks, the bot lives; "ends" – the bot's process ends, no
    limit breaks, a restart goes on; "refused" – the bot does not start with
    it; "found out" – it reaches the exchange past us, and within a
    loop no entry passes; "not held" – it changes riskplugin itself.
    """

    name: str
    file: str
    says: str
    held_by: str
    outcome: Outcome
    markets: tuple[str, ...]
    is_guarded: bool

    @property
    def strategy(self) -> str:
        """The class that a bot runs: the attack with the mixin in front, or as it is."""
        return self.name if self.is_guarded else f"{self.name}Guarded"


def attacks_of(*files: str) -> list[Attack]:
    """The attacks in these files (stems), in their order."""
    return [attack for file in files for attack in _attacks(FOLDER / f"{file}.py")]


def files() -> list[str]:
    """The files with attacks."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in NONE)


def _attacks(path: Path) -> list[Attack]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    return [
        _attack(node, path.stem, _said(node, classes, _texts(tree)))
        for name, node in classes.items()
        if not name.startswith("_")
    ]


def _attack(node: ast.ClassDef, file: str, said: dict[str, Any]) -> Attack:
    bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
    return Attack(
        name=node.name,
        file=file,
        says=ast.get_docstring(node) or "",
        held_by=said.get("held_by", ""),
        outcome=said.get("outcome", "held"),
        markets=tuple(said.get("markets", ("futures",))),
        is_guarded="RiskMixin" in bases or bool(said.get("is_guarded")),
    )


def _said(
    node: ast.ClassDef, classes: dict[str, ast.ClassDef], texts: dict[str, str]
) -> dict[str, Any]:
    """The plain values that the class and its bases in the same file are given."""
    said: dict[str, Any] = {}
    for base in reversed(node.bases):
        if isinstance(base, ast.Name) and base.id in classes:
            said |= _said(classes[base.id], classes, texts)
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            said[line.targets[0].id] = _value(line.value, texts)
    return said


def _texts(tree: ast.Module) -> dict[str, str]:
    """What the file calls by a name because several attacks say it."""
    return {
        line.targets[0].id: line.value.value
        for line in tree.body
        if isinstance(line, ast.Assign)
        and isinstance(line.targets[0], ast.Name)
        and isinstance(line.value, ast.Constant)
        and isinstance(line.value.value, str)
    }


def _value(node: ast.expr, texts: dict[str, str]) -> Any:
    """A literal, a named text, or a sum of texts; None for what has to be run to be known."""
    match node:
        case ast.Name(id=name):
            return texts.get(name)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return f"{_value(left, texts)}{_value(right, texts)}"
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None
