"""The strategies in a folder, found by reading their files, never by running them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from riskplugin.cli.console import UsageError


@dataclass(frozen=True, slots=True)
class FoundStrategy:
    """A class in a strategy file: where it stands and what it derives from."""

    name: str
    file: Path
    bases: tuple[str, ...]


def strategies_in(folder: Path) -> list[FoundStrategy]:
    """Every class with a base class in the Python files of ``folder`` and below."""
    found: list[FoundStrategy] = []
    for file in sorted(folder.rglob("*.py")):
        if any(part.startswith(".") for part in file.relative_to(folder).parts):
            continue  # .ipynb_checkpoints and the like
        try:
            stat = file.stat()
            found += _classes_of(file, stat.st_mtime_ns, stat.st_size)
        except (SyntaxError, ValueError, OSError):
            continue  # freqtrade skips such files as well; a broken link is one
    return found


def find_strategy(name: str, folder: Path) -> FoundStrategy:
    """The class ``name`` in the files of ``folder`` and below, found without executing them.

    One directly in ``folder`` comes before those below it, as freqtrade looks there first. Raises
    UsageError when there is none, or more than one.
    """
    classes = list(strategies_in(folder))
    found = [each for each in classes if each.name == name]
    found = [each for each in found if each.file.parent == folder] or found
    if len(found) == 1:
        return found[0]
    if found:
        files = ", ".join(str(each.file) for each in found)
        raise UsageError(f"{name} stands in more than one file: {files}")
    names = ", ".join(sorted({each.name for each in classes})) or "no strategy at all"
    raise UsageError(f"there is no class {name} in {folder}; there is {names}")


def is_guarded(strategy: FoundStrategy, classes: Iterable[FoundStrategy]) -> bool:
    """It derives from RiskMixin, itself or through another class of the folder."""
    return "RiskMixin" in _ancestors(strategy, classes)


def unguarded(classes: Iterable[FoundStrategy]) -> list[FoundStrategy]:
    """The strategies that people would run and that are not guarded.

    Those are the classes that derive from IStrategy and from which no other class of the folder
    does, but for guarded ones. freqtrade's own sample counts only where nothing else is.
    """
    classes = list(classes)
    guarded = {each.name for each in classes if is_guarded(each, classes)}
    parents = {_last(base) for each in classes if each.name not in guarded for base in each.bases}
    found = [
        each
        for each in classes
        if each.name not in guarded | parents and "IStrategy" in _ancestors(each, classes)
    ]
    return [each for each in found if each.file.stem != "sample_strategy"] or found


@lru_cache(maxsize=512)
def _classes_of(file: Path, _changed: int, _size: int) -> tuple[FoundStrategy, ...]:
    """The classes of one file; read again when the file has changed."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imported = _imported_as(tree)
    found = []
    for node in _classes(tree.body):
        bases = tuple(imported.get(base, base) for base in map(ast.unparse, node.bases))
        if bases:
            found.append(FoundStrategy(node.name, file, bases))
    return tuple(found)


def _ancestors(strategy: FoundStrategy, classes: Iterable[FoundStrategy]) -> set[str]:
    by_name: dict[str, set[str]] = {}
    for each in classes:
        by_name.setdefault(each.name, set()).update(map(_last, each.bases))
    found: set[str] = set()
    waiting = {_last(base) for base in strategy.bases}
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= by_name.get(name, set()) - found
    return found


def _last(base: str) -> str:
    return base.rpartition(".")[2]


def _imported_as(tree: ast.Module) -> dict[str, str]:
    """The names under which other modules' classes are known here, and their own names."""
    return {
        alias.asname: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }


def _classes(body: list[ast.stmt]) -> Iterator[ast.ClassDef]:
    """The classes that the module has when it is loaded, those behind ``if`` and ``try`` too."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield node
        elif isinstance(node, ast.If | ast.Try):
            yield from _classes(node.body)
            yield from _classes(node.orelse)
            for handler in getattr(node, "handlers", ()):
                yield from _classes(handler.body)
