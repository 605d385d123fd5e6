"""Which mutants there are: cosmic-ray's operators on every place of a file that is run.

Left out is what would only raise the score or cost time: annotations, which nothing reads at run
time; `is` for a comparison and the reverse (identity is asked of None and enums only, and what
compares these with `<` raises, or sorts names); bits for arithmetic (floats have none).
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cosmic_ray.plugins  # type: ignore[import-untyped]
from cosmic_ray.ast import ast_nodes, get_ast  # type: ignore[import-untyped]
from cosmic_ray.mutating import mutate_code  # type: ignore[import-untyped]

_ARITHMETIC = {"Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow"}
_COMPARISONS = {"Eq", "NotEq", "Lt", "LtE", "Gt", "GtE"}

Place = tuple[int, int]


@dataclass(frozen=True)
class Mutant:
    """One change of one file. ``function`` is the outermost function it lies in, "" outside."""

    file: str
    operator: str
    occurrence: int
    line: int
    function: str

    def source(self, root: Path) -> str | None:
        """The changed text of the file; None when the operator changes nothing."""
        text = (root / self.file).read_text(encoding="utf-8")
        changed: str | None = mutate_code(text, operators()[self.operator], self.occurrence)
        return changed

    def change(self, root: Path) -> tuple[str, str]:
        """The lines before and after, without their indentation."""
        before = (root / self.file).read_text(encoding="utf-8").splitlines()
        diff = list(difflib.ndiff(before, (self.source(root) or "").splitlines()))
        old = " ".join(line[2:].strip() for line in diff if line.startswith("- "))
        new = " ".join(line[2:].strip() for line in diff if line.startswith("+ "))
        return old, new


@cache
def operators() -> dict[str, Any]:
    """Every operator of cosmic-ray that is used, by name."""
    names = (name for name in cosmic_ray.plugins.operator_names() if _wanted(name))
    return {name: cosmic_ray.plugins.get_operator(name)() for name in names}


def _wanted(name: str) -> bool:
    kind, _, change = name.rpartition("/")[2].partition("_")
    if kind.startswith("Variable"):  # needs to be told which variables
        return False
    if kind not in ("ReplaceBinaryOperator", "ReplaceComparisonOperator"):
        return True
    old, new = change.split("_")
    family = _ARITHMETIC if kind == "ReplaceBinaryOperator" else _COMPARISONS
    return (old in family) is (new in family)


def mutants_of(file: Path, root: Path) -> Iterator[Mutant]:
    """Every mutant of ``file``, by operator."""
    text = file.read_text(encoding="utf-8")
    tree = ast.parse(text)
    nodes = list(ast_nodes(get_ast(text)))
    unread, functions = list(_annotations(tree)), list(_functions(tree))
    name = file.relative_to(root).as_posix()
    for operator, made in operators().items():
        places = ((node, place) for node in nodes for place in made.mutation_positions(node))
        for occurrence, (node, (start, end)) in enumerate(places):
            if _is_marker(node) or any(first <= start and end <= last for first, last in unread):
                continue
            inside = (q for q, first, last in functions if first <= start and end <= last)
            yield Mutant(name, operator, occurrence, start[0], next(inside, ""))


def _is_marker(node: Any) -> bool:
    """The bare star of a signature, which is taken for a product."""
    return node.parent is not None and node.parent.type == "parameters"


def _annotations(tree: ast.Module) -> Iterator[tuple[Place, Place]]:
    for node in ast.walk(tree):
        for found in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(found, ast.expr):
                yield _span(found, found)


def _functions(
    node: ast.Module | ast.ClassDef, prefix: str = ""
) -> Iterator[tuple[str, Place, Place]]:
    """Outermost functions: qualified name, beginning and end of the body."""
    for child in node.body:
        if isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{child.name}", *_span(child.body[0], child.body[-1])


def _span(first: ast.expr | ast.stmt, last: ast.expr | ast.stmt) -> tuple[Place, Place]:
    end = (last.end_lineno or last.lineno, last.end_col_offset or last.col_offset)
    return (first.lineno, first.col_offset), end
