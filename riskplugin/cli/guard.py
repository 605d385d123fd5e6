"""riskplugin guard MyStrategy: a subclass inside the limits, beside the untouched strategy (CF-2).

How freqtrade loads a strategy decides what the written file looks like. It executes the file under
its stem as module name, with the file's own folder first on sys.path while it does so and no entry
in sys.modules. An import of the neighbour file by its stem therefore works in every mode. The
imported module does stay in sys.modules: that is good for hyperopt, which looks the bases' modules
up there and hands them to its workers by value, and bad for /reload_config, which would not see an
edited strategy. So the written file takes the old module out first.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from riskplugin.cli.console import (
    UsageError,
    UserdirOption,
    existing_userdir,
    out,
    plain_errors,
)

_TEMPLATE = '''"""{name} inside riskplugin's limits. Written by: riskplugin guard {name}"""

import sys

sys.modules.pop("{module}", None)  # so that /reload_config reads {module}.py again
from {module} import {name}  # noqa: E402, I001

from riskplugin import RiskMixin  # noqa: E402


class {guarded}(RiskMixin, {name}):
    """{name}, guarded: every callback of {name} is a proposal to riskplugin."""
'''


@dataclass(frozen=True, slots=True)
class FoundStrategy:
    """A class in a strategy file: where it stands and what it derives from."""

    name: str
    file: Path
    bases: tuple[str, ...]


@plain_errors
def guard(
    strategy: Annotated[str, typer.Argument(help="Class name of your strategy.")],
    userdir: UserdirOption = Path("user_data"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite an earlier one.")] = False,
) -> None:
    """Write a guarded subclass of your strategy; the strategy itself is not touched."""
    found = find_strategy(strategy, existing_userdir(userdir) / "strategies")
    written = write_guarded(found, force=force)
    console = out()
    for path in written:
        console.print(f"[green]written[/] {path}", soft_wrap=True)
    console.print(f"\nUse it in place of {strategy}, in every mode:\n")
    console.print(f"  freqtrade trade --strategy {strategy}Guarded", soft_wrap=True)
    console.print(f"  riskplugin check --strategy {strategy}Guarded", soft_wrap=True)


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


def strategies_in(folder: Path) -> list[FoundStrategy]:
    """Every class with a base class in the Python files of ``folder`` and below."""
    found = []
    for file in sorted(folder.rglob("*.py")):
        if any(part.startswith(".") for part in file.relative_to(folder).parts):
            continue  # .ipynb_checkpoints and the like
        try:
            tree = ast.parse(file.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue  # freqtrade skips such files as well
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.bases:
                bases = tuple(ast.unparse(base) for base in node.bases)
                found.append(FoundStrategy(node.name, file, bases))
    return found


def write_guarded(found: FoundStrategy, *, force: bool) -> list[Path]:
    """Write the guarded subclass of ``found`` beside it and return the files written.

    Parameters that hyperopt found for the strategy (its .json file) are copied, since freqtrade
    looks for them under the new file's name. Raises UsageError when the strategy is guarded
    already, cannot be imported by its file name, or a file is in the way without ``force``.
    """
    module, guarded = found.file.stem, f"{found.name}Guarded"
    if any(base.split(".")[-1] == "RiskMixin" for base in found.bases):
        raise UsageError(f"{found.name} is guarded already: it derives from RiskMixin")
    _importable(module, found.file)
    target = found.file.with_name(f"{snake_case(found.name)}_guarded.py")
    files = {target: _TEMPLATE.format(name=found.name, module=module, guarded=guarded)}
    if (parameters := found.file.with_suffix(".json")).is_file():
        files[target.with_suffix(".json")] = _parameters(parameters, guarded)
    for path, text in files.items():
        if path.exists() and path.read_text(encoding="utf-8") != text and not force:
            raise UsageError(f"{path} exists already and differs: --force overwrites it")
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return list(files)


def snake_case(name: str) -> str:
    """``name`` in lower case with underscores.

    >>> snake_case("MyRSIStrategy2")
    'my_rsi_strategy2'
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return words.lower()


def _importable(module: str, file: Path) -> None:
    """Raises UsageError when ``import module`` would not mean ``file``."""
    mend = f"rename {file.name}, e.g. to strategy_{re.sub(r'[^0-9A-Za-z_]', '_', module)}.py"
    if not module.isidentifier():
        raise UsageError(f"{file} has a name that Python cannot import: {mend}")
    if module in sys.stdlib_module_names or _installed_elsewhere(module, file):
        raise UsageError(f"{file} has the name of a Python package: {mend}")


def _installed_elsewhere(module: str, file: Path) -> bool:
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return False
    origin = spec.origin if spec else None
    return origin is not None and Path(origin).resolve() != file.resolve()


def _parameters(file: Path, guarded: str) -> str:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UsageError(f"{file} holds no parameters that can be read: {error}") from error
    if not isinstance(found, dict):
        raise UsageError(f"{file} holds no parameters: it must be a group of keys")
    return json.dumps({**found, "strategy_name": guarded}, indent=2) + "\n"
