"""Takes a shell script apart into commands, so that each can be shown to a parser of arguments."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

_HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)")
_REDIRECT = re.compile(r"[<>]+&?|&>+")
_CONTROL = re.compile(r"[;&|()]+")


def commands(text: str) -> list[list[str]]:
    r"""The words of each command in a script; what `|`, `&&` and `;` part are several.

    >>> commands("riskplugin status --json | jq .equity  # look\nA=1 freqtrade trade > log 2>&1")
    [['riskplugin', 'status', '--json'], ['jq', '.equity'], ['freqtrade', 'trade']]
    """
    found: list[list[str]] = []
    for words in _lines(text):
        command: list[str] = []
        for word in [*words, ";"]:
            if not _CONTROL.fullmatch(word):
                command.append(word)
                continue
            while command and re.match(r"\w+=", command[0]):
                command.pop(0)
            found += [command] if command else []
            command = []
    return found


def _lines(text: str) -> Iterator[list[str]]:
    """The words of each line of a script: continued lines joined, here-documents left out."""
    lines, waiting = iter(text.replace("\\\n", " ").splitlines()), ""
    for line in lines:
        waiting += line
        lexer = shlex.shlex(waiting, posix=True, punctuation_chars=True)
        lexer.whitespace_split, lexer.commenters = True, "#"
        try:
            words = list(lexer)
        except ValueError:  # a quotation that a later line closes
            waiting += "\n"
            continue
        if document := _HEREDOC.search(waiting):
            any(line.strip() == document[1] for line in lines)
        waiting = ""
        yield _without_redirections(words)
    if waiting:
        raise ValueError(f"a quotation is not closed: {waiting!r}")


def _without_redirections(words: list[str]) -> list[str]:
    kept: list[str] = []
    rest = iter(words)
    for word in rest:
        if not _REDIRECT.fullmatch(word):
            kept.append(word)
            continue
        next(rest, None)
        if kept and kept[-1] in {"1", "2"}:
            kept.pop()
    return kept
