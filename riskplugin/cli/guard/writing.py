"""The file that guards a strategy: what stands in it, and whether freqtrade will load it.

How freqtrade loads a strategy decides what the written file looks like. It executes the file under
its stem as module name, with the file's own folder first on sys.path while it does so and no entry
in sys.modules. An import of the neighbour file by its stem therefore works in every mode. The
imported module does stay in sys.modules: that is good for hyperopt, which looks the bases' modules
up there and hands them to its workers by value, and bad for /reload_config, which would not see an
edited strategy. So the written file takes the old module out first. Of a strategy that is a link,
freqtrade puts the folder of the file that it leads to on sys.path; so does the written file.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from riskplugin.cli.console import UsageError
from riskplugin.cli.guard.strategies import FoundStrategy, is_guarded, strategies_in

_TEMPLATE = '''"""{name} inside riskplugin's limits. Written by: riskplugin guard {name}"""

import sys
{link}
sys.modules.pop("{module}", None)  # so that /reload_config reads {module}.py again
from {module} import {name}  # noqa: E402, I001

from riskplugin import RiskMixin  # noqa: E402


class {guarded}(RiskMixin, {name}):
    """{name}, guarded: every callback of {name} is a proposal to riskplugin."""
'''
_LINK = """from pathlib import Path

# {module}.py is a link: what it imports lies where it leads to.
sys.path.insert(1, str(Path(__file__).with_name("{module}.py").resolve().parent))
"""


def guarded_name(name: str) -> str:
    """The class that guards ``name``."""
    return f"{name}Guarded"


def files_for(found: FoundStrategy) -> dict[Path, str]:
    """The files that guard ``found`` and their text: the subclass, and its parameters if any.

    Parameters that hyperopt found for the strategy (its .json file) are copied, since freqtrade
    looks for them under the new file's name. Raises UsageError when the strategy is guarded
    already, or cannot be imported by its file name.
    """
    module = found.file.stem
    neighbours = strategies_in(found.file.parent)
    if is_guarded(found, neighbours):
        raise UsageError(f"{found.name} is guarded already: it derives from RiskMixin")
    _importable(module, found.file)
    target = target_of(found)
    _alone(found, target, neighbours)
    files = {target: text_for(found.name, module, linked=_linked(found.file))}
    if (parameters := found.file.with_suffix(".json")).is_file():
        copied = _parameters(parameters, found.name)
        files |= {} if copied is None else {target.with_suffix(".json"): copied}
    return files


def write_guarded(found: FoundStrategy, *, force: bool) -> list[Path]:
    """Write the guarded subclass of ``found`` beside it and return the files written.

    Raises UsageError as :func:`files_for`, and when a file is in the way without ``force``.
    """
    files = files_for(found)
    for path, text in files.items():
        if path.exists() and path.read_text(encoding="utf-8") != text and not force:
            raise UsageError(f"{path} exists already and differs: --force overwrites it")
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return list(files)


def target_of(found: FoundStrategy) -> Path:
    """The file beside the strategy's in which it is guarded."""
    return found.file.with_name(f"{snake_case(found.name)}_guarded.py")


def text_for(name: str, module: str, *, linked: bool = False) -> str:
    """The text of the file that guards the class ``name`` of ``module``."""
    link = _LINK.format(module=module) if linked else ""
    return _TEMPLATE.format(name=name, module=module, guarded=guarded_name(name), link=link)


def snake_case(name: str) -> str:
    """``name`` in lower case with underscores.

    >>> snake_case("MyRSIStrategy2")
    'my_rsi_strategy2'
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return words.lower()


def _linked(file: Path) -> bool:
    return file.resolve().parent != file.parent.resolve()


def _alone(found: FoundStrategy, target: Path, neighbours: list[FoundStrategy]) -> None:
    """Raises UsageError when file or class of that name are something else already."""
    if target == found.file:
        raise UsageError(f"{found.file} has the name of the file that would guard it: rename it")
    guarded = guarded_name(found.name)
    for each in neighbours:
        if each.name == guarded and each.file != target:
            raise UsageError(
                f"{each.file} has a class {guarded} already; freqtrade would load one of the two"
            )


def _importable(module: str, file: Path) -> None:
    """Raises UsageError when ``import module`` would not mean ``file``."""
    mend = f"rename {file.name}, e.g. to strategy_{re.sub(r'[^0-9A-Za-z_]', '_', module)}.py"
    if not module.isidentifier():
        raise UsageError(f"{file} has a name that Python cannot import: {mend}")
    if module in sys.stdlib_module_names or _installed_elsewhere(module, file):
        raise UsageError(f"{file} has the name of a Python package: {mend}")
    if (file.with_suffix("") / "__init__.py").exists():
        raise UsageError(f"{file} has the name of the package beside it: {mend}")


def _installed_elsewhere(module: str, file: Path) -> bool:
    """Whether another file comes first. What this process has imported says nothing of that."""
    try:
        found = (finder.find_spec(module, None) for finder in sys.meta_path)
        spec = next((each for each in found if each is not None), None)
    except (ImportError, ValueError):
        return False
    origin = spec.origin if spec else None
    return origin is not None and Path(origin).resolve() != file.resolve()


def _parameters(file: Path, name: str) -> str | None:
    """The parameters of ``name`` for its guarded class; None when they are another class's."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UsageError(f"{file} holds no parameters that can be read: {error}") from error
    if not isinstance(found, dict):
        raise UsageError(f"{file} holds no parameters: it must be a group of keys")
    if found.get("strategy_name") != name:
        return None
    return json.dumps({**found, "strategy_name": guarded_name(name)}, indent=2) + "\n"
