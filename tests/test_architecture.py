"""The layers, held against the source: who may import what, and what the core may know."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "riskplugin"
FILES = sorted(PACKAGE.rglob("*.py"))
CORE = sorted((PACKAGE / "core").rglob("*.py"))

# The core is told the time, draws no lots, writes no lines and asks no system.
NOT_IN_CORE = {
    "asyncio", "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket", "sqlite3",
    "subprocess", "sys", "tempfile", "threading", "time",
}  # fmt: skip
CLOCK_CALLS = {"now", "utcnow", "today"}
# Besides the adapter: what reads the user's files, and the commands that start or inspect a bot.
FREQTRADE_COMMANDS = {"botfiles", "init", "guard", "check", "demo"}
SANDBOX_COMMANDS = {"sandbox", "demo", "drill"}


def name_of(path: Path) -> str:
    """Give the dotted name of a file, __init__ under its package's name."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports_of(path: Path) -> Iterator[str]:
    """Give every imported dotted name, those inside functions and behind TYPE_CHECKING included."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importers_of(package: str) -> set[str]:
    """Give the modules that import package or something in it."""
    return {
        name_of(path)
        for path in FILES
        if any(f"{name}.".startswith(f"{package}.") for name in imports_of(path))
    }


def is_inside(module: str, package: str) -> bool:
    return f"{module}.".startswith(f"{package}.")


def is_command(module: str, commands: set[str]) -> bool:
    parts = module.split(".")
    return parts[:2] == ["riskplugin", "cli"] and len(parts) > 2 and parts[2] in commands


def test_the_import_contracts_hold() -> None:
    """In a process of its own: import-linter switches off every logger that it finds."""
    linter = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    said = subprocess.run(
        [*linter, "--config", "pyproject.toml", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_the_core_imports_the_standard_library_and_itself_only(path: Path) -> None:
    foreign = {
        name
        for name in imports_of(path)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not is_inside(name, "riskplugin.core")
    }
    assert not foreign


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_the_core_knows_no_clock_no_chance_no_log_and_no_system(path: Path) -> None:
    assert not {name for name in imports_of(path) if name.split(".")[0] in NOT_IN_CORE}
    clocks = [
        f"line {node.lineno}: {node.func.attr}()"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCK_CALLS
    ]
    prints = [
        f"line {node.lineno}: {node.func.id}()"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"print", "open", "input"}
    ]
    assert not clocks + prints


@pytest.mark.parametrize("package", ["freqtrade", "ccxt"])
def test_only_the_adapter_and_the_commands_about_a_bot_import_the_host(package: str) -> None:
    strangers = {
        module
        for module in importers_of(package)
        if not is_inside(module, "riskplugin.adapter")
        and not is_command(module, FREQTRADE_COMMANDS)
        # The last resort when the bot is dead: the exchange itself, without freqtrade.
        and not (package == "ccxt" and module == "riskplugin.watchdog.venue")
    }
    assert not strangers


def test_the_sandbox_imports_nothing_of_the_plugin() -> None:
    sandbox = [path for path in FILES if is_inside(name_of(path), "riskplugin.sandbox")]
    for path in sandbox:
        own = {name for name in imports_of(path) if is_inside(name, "riskplugin")}
        assert not {name for name in own if not is_inside(name, "riskplugin.sandbox")}, path


def test_only_the_commands_that_need_an_exchange_import_the_sandbox() -> None:
    strangers = {
        module
        for module in importers_of("riskplugin.sandbox")
        if not is_inside(module, "riskplugin.sandbox") and not is_command(module, SANDBOX_COMMANDS)
    }
    assert not strangers


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(tree_of(path)), f"{path} has no module docstring"


def test_the_package_tells_type_checkers_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").exists()
