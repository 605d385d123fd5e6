"""Takes back what ``riskplugin guard`` wrote, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from riskplugin.cli.console import UsageError
from riskplugin.cli.guard.strategies import FoundStrategy
from riskplugin.cli.guard.writing import files_for, snake_case, text_for


def remove_guarded(name: str, folder: Path) -> tuple[list[Path], list[Path]]:
    """Remove the files that guard ``name``: those removed, and those left since they were changed.

    The strategy itself may be gone by now. Raises UsageError when there is no such file, or when
    it is not as guard wrote it.
    """
    file = _written(name, folder)
    module = _module(name, file)
    parameters = file.with_suffix(".json")
    removed, left = [file], list[Path]()
    if parameters.is_file():
        expected = _expected(FoundStrategy(name, file.with_name(f"{module}.py"), ()), parameters)
        (removed if _same(parameters, expected) else left).append(parameters)
    for path in removed:
        path.unlink()
    return removed, left


def _written(name: str, folder: Path) -> Path:
    target = f"{snake_case(name)}_guarded.py"
    files = sorted(folder.rglob(target))
    if not files:
        raise UsageError(f"nothing to remove: there is no {target} in {folder}")
    if len(files) > 1:
        raise UsageError(f"which one? {', '.join(map(str, files))}: delete the one that you mean")
    return files[0]


def _module(name: str, file: Path) -> str:
    text = file.read_text(encoding="utf-8")
    imported = re.search(rf"^from (\w+) import {re.escape(name)}  # noqa", text, re.MULTILINE)
    module = imported[1] if imported else ""
    if text not in (text_for(name, module), text_for(name, module, linked=True)):
        raise UsageError(
            f"{file} is not as riskplugin guard wrote it, so it is left alone: delete it yourself"
        )
    return module


def _expected(strategy: FoundStrategy, parameters: Path) -> str | None:
    """What guard would write there now."""
    try:
        return files_for(strategy).get(parameters)
    except (UsageError, OSError):
        return None


def _same(parameters: Path, expected: str | None) -> bool:
    return expected is not None and parameters.read_text(encoding="utf-8") == expected
