"""Shows a command to the parser of its program, and runs nothing."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from typing import Any

import typer
from freqtrade.commands import Arguments

from riskplugin.cli import app

#: In running text a command may be named without what it needs, and with "…" for the rest.
_MENTION = re.compile(r"riskplugin [a-z]|freqtrade [a-z]")
#: What argparse says of a command that was named without what it needs.
_MISSING = re.compile("are required|expected (at least )?one argument")
#: How lines of the bot's log begin.
_LOGGED = ("riskplugin refused ", "riskplugin guards ")


def trouble(words: list[str], *, mentioned: bool = False) -> str:
    """Why the program would not take these words; nothing if it would.

    >>> trouble(["riskplugin", "status", "--nonsense"])
    'no such option: --nonsense'
    >>> trouble(["riskplugin", "users", "recover"], mentioned=True)
    ''
    """
    if words[0] == "riskplugin":
        return _riskplugin(words[1:], mentioned=mentioned)
    return _freqtrade(words[1:], mentioned=mentioned)


def is_mention(text: str) -> bool:
    """Inline code that names a command."""
    return _MENTION.match(text) is not None and not text.startswith(_LOGGED)


@cache
def _program() -> Any:
    return typer.main.get_command(app)


def _riskplugin(words: list[str], *, mentioned: bool) -> str:
    command, context = _program(), None
    while True:
        try:
            context = command.make_context(command.name, list(words), parent=context)
        except Exception as error:  # noqa: BLE001  # typer's classes of errors are its own
            return _said(error, mentioned=mentioned)
        inner = getattr(command, "commands", {})
        rest = [*context._protected_args, *context.args] if inner else []
        if not rest:
            return "" if not inner or command.invoke_without_command else "which command?"
        if rest[0] not in inner:
            return f"no such command: {rest[0]}"
        command, words = inner[rest[0]], rest[1:]


def _said(error: Exception, *, mentioned: bool) -> str:
    """Errors of the parser by their names: typer brings its own copy of click's classes."""
    kind = type(error).__name__
    if kind in {"Exit", "NoArgsIsHelpError"}:
        return "" if mentioned or kind == "Exit" else "which command?"
    if kind == "MissingParameter" and mentioned:
        return ""
    format_message = getattr(error, "format_message", None)
    if format_message is None:
        raise error
    text = str(format_message())
    return text[:1].lower() + text[1:].partition(". Did")[0].rstrip(".")


def _freqtrade(words: list[str], *, mentioned: bool) -> str:
    said = io.StringIO()
    with redirect_stderr(said), redirect_stdout(said):
        try:
            Arguments(words).get_parsed_arg()
        except SystemExit as end:
            told = said.getvalue().strip().splitlines()
            if end.code and not (mentioned and _MISSING.search(told[-1])):
                return told[-1]
    return ""
