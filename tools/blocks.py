r"""Reads a page of the documentation as blocks of code with their marks: what is run, and how.

A mark is an HTML comment on the line directly above a fence: `<!-- exit: 1 -->`,
`<!-- type: y -->`, `<!-- background -->`, `<!-- not run: why -->`, and above a text block
`<!-- prints -->`; several stand one below the other. `<!-- stage: bot -->` above the first heading
says what has to run before the first block. A mark that is not known is a mistake of the page,
never ignored: a misspelt one would hide what is not run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parent.parent

_COMMENT = re.compile(r"<!--\s*(.*?)\s*-->", re.DOTALL)
_KNOWN = {"exit", "type", "background", "not run", "prints"}
_ADMONITION = re.compile(r"(!!!|\?\?\?\+?|===) ")


class PageError(ValueError):
    """A page says something that cannot be read; the text names page and line."""


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    page: str
    line: int  # of the opening fence, from 1
    language: str  # sh, python, json, …; "" when the fence names none
    text: str
    section: str  # the heading above it
    exit: int = 0
    typed: str = ""  # what is typed at its prompts, with the line ends
    background: bool = False
    not_run: str = ""  # why it cannot be run here
    prints: tuple[str, ...] = ()  # of an sh block: lines of the text block that follows it

    @property
    def where(self) -> str:
        """Page and line, as an editor opens them."""
        return f"{self.page}:{self.line}"


@dataclass(frozen=True)
class Page:
    """One page, in the order of its blocks."""

    name: str
    stage: str  # "" (a folder alone) or "bot"
    blocks: tuple[Block, ...]

    def of(self, language: str) -> tuple[Block, ...]:
        """The blocks of one language."""
        return tuple(block for block in self.blocks if block.language == language)


def read(path: Path) -> Page:
    """Read a page; its name is its path below the project, where it lies there."""
    name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return parse(path.read_text(encoding="utf-8"), name.as_posix())


def parse(text: str, name: str = "page") -> Page:
    r"""Read the text of a page.

    >>> page = parse("# Title\n<!-- exit: 1 -->\n```sh\nfalse\n```\n")
    >>> [(block.text, block.exit, block.where) for block in page.blocks]
    [('false\n', 1, 'page:3')]
    """
    tokens = MarkdownIt("commonmark").parse(_outdented(text))
    blocks: list[Block] = []
    marks: list[tuple[int, str]] = []
    stage = section = ""
    for before, token in zip([None, *tokens], tokens, strict=False):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "html_block":
            marks += [(line, mark) for mark in _COMMENT.findall(token.content)]
        elif before is not None and before.type == "heading_open":
            stage = stage if section else _stage(marks)
            section = token.content
        elif token.type == "fence":
            _add(blocks, _block(name, token, section, _directly_above(line, marks)))
    return Page(name, stage, tuple(blocks))


def _outdented(text: str) -> str:
    """The same lines, with what stands inside admonitions and tabs moved to the left."""
    inside, lines = False, []
    for line in text.splitlines():
        opens = _ADMONITION.match(line) is not None
        inside = opens or (inside and (not line.strip() or line.startswith("    ")))
        lines.append("" if opens else line.removeprefix("    ") if inside else line)
    return "\n".join(lines) + "\n"


def _stage(marks: list[tuple[int, str]]) -> str:
    stages = [mark.partition(":")[2].strip() for _, mark in marks if mark.startswith("stage:")]
    return stages[-1] if stages else ""


def _directly_above(line: int, marks: list[tuple[int, str]]) -> dict[str, str]:
    """The marks on the lines just above ``line``, several one below the other."""
    found = {}
    for at, mark in reversed(marks):
        if at != line - 1:
            break
        word, _, value = mark.partition(":")
        found[word.strip()] = value.strip()
        line = at
    return found


def _block(page: str, token: Token, section: str, marks: dict[str, str]) -> Block:
    line = (token.map or [0])[0] + 1
    language = token.info.split()[0] if token.info.split() else ""
    plain = Block(page, line, language, token.content, section)
    generated = any(mark.startswith(("begin ", "end ")) for mark in marks)
    if strange := set(marks) - _KNOWN if not generated else set():
        raise PageError(f"{plain.where}: no such mark: {', '.join(sorted(strange))}")
    if "not run" in marks and not marks["not run"]:
        raise PageError(f"{plain.where}: not run: why?")
    if "exit" in marks and not marks["exit"].isdecimal():
        raise PageError(f"{plain.where}: exit: is a number, not {marks['exit']!r}")
    return replace(
        plain,
        exit=int(marks.get("exit", "0")),
        typed=marks["type"].replace("\\n", "\n") + "\n" if "type" in marks else "",
        background="background" in marks,
        not_run=marks.get("not run", ""),
        prints=tuple(token.content.splitlines()) if "prints" in marks else (),
    )


def _add(blocks: list[Block], block: Block) -> None:
    """Keep a block; what a text block says is printed belongs to the commands before it."""
    if block.prints and block.language != "sh":
        if not blocks or blocks[-1].language != "sh":
            raise PageError(f"{block.where}: prints: no sh block directly before it")
        blocks[-1] = replace(blocks[-1], prints=block.prints)
        block = replace(block, prints=())
    blocks.append(block)


def first_missing(lines: tuple[str, ...], output: str) -> str | None:
    r"""The first of ``lines`` that the output lacks in this order; `…` stands for anything.

    >>> first_missing(("equity … USDT", "closed"), "equity 1000 USDT\nclosed\n") is None
    True
    """
    rest = iter([" ".join(line.split()) for line in output.splitlines()])
    for line in filter(str.strip, lines):
        wanted = re.escape(" ".join(line.split())).replace("…", ".*")
        if not any(re.search(wanted, said) for said in rest):
            return line
    return None
