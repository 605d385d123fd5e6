"""A configuration as text with comments: where its end is, and where a value of it stands.

What people wrote is kept as it is; nothing is parsed and printed anew.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<space>\s+|//[^\n]*|/\*.*?\*/)"
    r"|(?P<mark>[{}\[\],:])"
    r'|(?P<word>[^\s{}\[\],:"/]+)',
    re.DOTALL,
)


@dataclass(slots=True)
class Outline:
    """Places in the text of a group of keys.

    ``last`` is behind the last thing before its final brace that is no comment, ``end`` at that
    brace; ``open_end`` says that nothing need be put between the last key and another one.
    ``values`` are the places of the values that are single tokens, by key of the outermost group.
    """

    last: int = 0
    end: int = 0
    open_end: bool = True
    values: dict[str, tuple[int, int]] = field(default_factory=dict)


def outline(text: str) -> Outline:
    """The outline of ``text``, which has been parsed and is a group of keys."""
    found, depth, key, before = Outline(), 0, "", ""
    for token in _TOKEN.finditer(text):
        kind, written = str(token.lastgroup), token.group()
        if kind == "space":
            continue
        if written in ("}", "]"):
            depth -= 1
        if depth == 0 and written == "}":
            found.end = token.start()
            break
        if depth == 1 and kind == "string" and before in ("{", ","):
            key = json.loads(written)
        elif depth == 1 and before == ":" and kind in ("string", "word"):
            found.values[key] = token.span()
        if written in ("{", "["):
            depth += 1
        found.last, before = token.end(), written
    found.open_end = before in ("{", ",")
    return found


def newline_of(text: str) -> str:
    """How the lines of ``text`` end."""
    return "\r\n" if "\r\n" in text else "\n"


def indent_of(text: str) -> str:
    """What the first line that begins with a key is indented by; four blanks where none is."""
    first = re.search(r'\n([ \t]+)"', text)
    return first[1] if first else "    "


def with_lines(text: str, lines: list[str]) -> str:
    """``text`` with ``lines``, keys of the outermost group, put before its final brace.

    Comments between the last key and the brace stay where they are, before the lines.
    """
    at, nl = outline(text), newline_of(text)
    comma = "" if at.open_end else ","
    kept = text[at.last : at.end].rstrip()
    return nl.join([f"{text[: at.last]}{comma}{kept}", *lines, text[at.end :]])


def with_value(text: str, key: str, value: str) -> str:
    """``text`` with another value of ``key``, where that has a single value."""
    place = outline(text).values.get(key)
    if place is None:
        return text
    return f"{text[: place[0]]}{json.dumps(value)}{text[place[1] :]}"
