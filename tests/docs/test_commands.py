"""Each command that a page shows or names exists, with these options: a renamed one fails here."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.docs.conftest import name_of, pages
from tests.docs.parsers import is_mention, trouble
from tools.blocks import ROOT, read
from tools.shell import commands

pytestmark = pytest.mark.spec("CF-2", "CF-6")
PAGES = pytest.mark.parametrize("page", pages(), ids=name_of)
PROGRAMS = ("riskplugin", "freqtrade")
#: A line of the terminal in a screen that a page shows.
PROMPT = re.compile(r"^\$ (.*)$", re.MULTILINE)


def shown(page: Path) -> Iterator[tuple[str, list[str]]]:
    """Where, and the words of each command in the blocks of a page."""
    for block in read(page).blocks:
        text = block.text if block.language == "sh" else "\n".join(PROMPT.findall(block.text))
        for words in commands(text):
            yield block.where, words


def inline(page: Path) -> Iterator[str]:
    """The code within sentences and tables."""
    for token in MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8")):
        for child in token.children or []:
            if child.type == "code_inline":
                yield child.content


@PAGES
def test_the_commands_of_a_page_are_accepted_by_their_parsers(page: Path) -> None:
    wrong = [
        f"{where}: {shlex.join(words)}: {said}"
        for where, words in shown(page)
        if words[0] in PROGRAMS and (said := trouble(words))
    ]
    assert not wrong, "\n".join(wrong)


@PAGES
def test_the_commands_that_a_sentence_names_exist(page: Path) -> None:
    wrong = []
    for text in filter(is_mention, inline(page)):
        for words in commands(text):
            fewer = [word for word in words if word != "…"]
            said = trouble(words, mentioned=True) and trouble(fewer, mentioned=True)
            wrong += [f"`{text}`: {said}"] if said else []
    assert not wrong, "\n".join(wrong)


@PAGES
def test_what_make_and_pytest_are_asked_for_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = [words for _, words in shown(page)]
    named += [shlex.split(text) for text in inline(page) if re.match(r"(make|pytest) \S", text)]
    for words in named:
        if words[0] == "make":
            wanted = [word for word in words[1:] if re.fullmatch(r"[a-z]+", word)]
            assert set(wanted) <= targets, words
        elif words[0] == "pytest":
            files = [ROOT / word.partition("::")[0] for word in words[1:] if "tests" in word]
            assert all(file.exists() for file in files), words


@PAGES
def test_what_is_said_to_run_a_block_elsewhere_exists(page: Path) -> None:
    for block in read(page).blocks:
        for file in re.findall(r"(?:tests|docs)/[\w/.]*\w", block.not_run):
            assert (ROOT / file).exists(), f"{block.where}: {file}"


@PAGES
def test_commands_stand_in_blocks_that_are_run(page: Path) -> None:
    """Bare and indented blocks would be run by nobody."""
    for block in read(page).blocks:
        if block.language in {"", "bash", "shell"}:
            said = [line for line in block.text.splitlines() if is_mention(line)]
            assert not said, f"{block.where}: write sh"
    for token in MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8")):
        if token.type == "code_block":
            first = token.content.split()[0]
            strange = first in {"pytest", "make", "python"} or is_mention(token.content)
            assert not strange, f"{name_of(page)}, lines {token.map}: write sh"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("riskplugin status --jsn", "no such option"),
        ("riskplugin stats", "no such command"),
        ("riskplugin limits explain --equity five", "invalid value"),
        ("riskplugin limits approve --reason x", "missing argument"),
        ("freqtrade trade --strat X", "ambiguous option"),
        ("freqtrade trad", "invalid choice"),
    ],
)
def test_what_a_parser_would_refuse_is_found(line: str, said: str) -> None:
    assert said in trouble(line.split()).lower()
