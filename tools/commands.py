"""Writes docs/commands.md from the command line itself.

`python -m tools.commands` brings it up to date; `--check` only says whether it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from textwrap import fill
from typing import Any

import typer

from riskplugin.cli import app
from tools.commands_words import COMMON, FAILS
from tools.generated import written
from tools.words import words_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
#: What typer makes of a command; its classes are its own, so that names of them are no promise.
Command = Any


def page() -> str:
    """The whole page."""
    groups: dict[str, list[str]] = {}
    known = set()
    for panel, name, command in _commands(typer.main.get_command(app), (), ""):
        groups.setdefault(panel, []).append(_command(name, command))
        known.add(name)
    if strange := set(FAILS) - known:
        raise SystemExit(f"tools/commands_words.py: FAILS names no commands: {strange}")
    parts = [words_of("commands.md")["head"], _common()]
    for panel, told in groups.items():
        parts += [f"## {panel}", *told]
    return "\n\n".join(parts) + "\n"


def _commands(
    command: Command, path: tuple[str, ...], panel: str
) -> Iterator[tuple[str, str, Command]]:
    """Each command that does something, with its group in `riskplugin --help`."""
    inner = getattr(command, "commands", None)
    if inner is None or (path and command.invoke_without_command):
        yield panel, " ".join(path), command
    for name, each in (inner or {}).items():
        if not each.hidden:
            yield from _commands(each, (*path, name), panel or str(each.rich_help_panel))


def _common() -> str:
    rows = [f"| {', '.join(f'`{name}`' for name in names)} | {about} |" for names, about in COMMON]
    return "\n".join(["| Option | Meaning |", "|---|---|", *rows])


def _command(name: str, command: Command) -> str:
    rows = [_row(each) for each in command.params if _is_own(each)]
    common = [each.opts[0] for each in command.params if _is_common(each)]
    table = ["| Parameter | Meaning | Default |", "|---|---|---|", *rows] if rows else []
    told = [
        f"### riskplugin {name}",
        _plain(command.help or ""),
        "\n".join(table),
        "Common options: " + ", ".join(f"`{option}`" for option in common) + "." if common else "",
        f"Exit code 1: {FAILS[name]}." if name in FAILS else "",
    ]
    return "\n\n".join(part if part.startswith("|") else _lines(part) for part in told if part)


def _lines(text: str) -> str:
    return "\n\n".join(fill(part, 118) for part in text.split("\n\n"))


def _is_common(parameter: Command) -> bool:
    return any(parameter.opts[0] in names for names, _ in COMMON)


def _is_own(parameter: Command) -> bool:
    return not _is_common(parameter) and not parameter.hidden and parameter.name != "help"


def _row(parameter: Command) -> str:
    options = [name for name in parameter.opts if name.startswith("-")]
    default = "needed" if parameter.required else _default(parameter)
    return f"| {_names(parameter, options)} | {_plain(parameter.help or '')} | {default} |"


def _names(parameter: Command, options: list[str]) -> str:
    """How it is written; an argument that is one of some words: these."""
    kind = parameter.type_descriptor.annotation
    if not options and isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{each.value}`" for each in kind)
    called = parameter.metavar or parameter.name.upper().replace("_", "-")
    value = "" if getattr(parameter, "is_flag", False) else str(called)
    return f"`{' '.join([', '.join(options), value]).strip()}`"


def _default(parameter: Command) -> str:
    value = parameter.default
    if value is None or value is False or callable(value) or value in ("", [], ()):
        return ""
    return f"`{value.value if isinstance(value, Enum) else value}`"


def _plain(text: str) -> str:
    r"""``text`` without the marks of rich, in lines of the page.

    >>> _plain("Say [bold]it[/].\n    Now.\n\n\b\nmore")
    'Say it. Now.\n\nmore'
    """
    text = re.sub(r"\[/?[a-z ]*\]", "", text.replace("\b", ""))
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return "\n\n".join(part for part in paragraphs if part).replace("|", "\\|")


if __name__ == "__main__":
    raise SystemExit(written(PAGE, page(), __doc__))
