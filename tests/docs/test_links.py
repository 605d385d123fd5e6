"""Every link of a page leads somewhere, and every page is led to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt

from tests.docs.conftest import name_of, pages
from tools.blocks import ROOT

DOCS = ROOT / "docs"
PAGES = pytest.mark.parametrize("page", pages(), ids=name_of)


def tokens(page: Path) -> Iterator[tuple[str, str]]:
    """Links with their targets, headings with their texts."""
    before = ""
    for token in MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8")):
        for child in token.children or []:
            if child.type == "link_open":
                yield "link", str(child.attrs["href"])
        if before == "heading_open":
            told = [c.content for c in token.children or [] if c.type in {"text", "code_inline"}]
            yield "heading", "".join(told)
        before = token.type


def slug(heading: str, *, of_the_site: bool) -> str:
    """The anchor of a heading: of mkdocs for the pages, of the forge for the README."""
    if not of_the_site:
        return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    text = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text).strip().lower())


def anchors(page: Path) -> set[str]:
    text = page.read_text(encoding="utf-8")
    headings = [said for kind, said in tokens(page) if kind == "heading"]
    slugs = {slug(heading, of_the_site=page.is_relative_to(DOCS)) for heading in headings}
    return slugs | set(re.findall(r"\{#([\w-]+)\}", text))


def links(page: Path) -> list[str]:
    return [said for kind, said in tokens(page) if kind == "link"]


@PAGES
def test_every_link_leads_to_a_page_and_a_heading(page: Path) -> None:
    wrong = []
    for link in links(page):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / target).resolve() if target else page
        if not file.exists():
            wrong.append(f"{link}: there is no such file")
        elif page.is_relative_to(DOCS) and not file.is_relative_to(DOCS):
            wrong.append(f"{link}: lies outside of docs/, where the site has no pages")
        elif anchor and anchor not in anchors(file):
            wrong.append(f"{link}: there is no such heading")
    assert not wrong, name_of(page)


def nav(entry: object) -> Iterator[str]:
    """The pages of mkdocs.yml."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, dict):
        yield from nav(list(entry.values()))
    elif isinstance(entry, list):
        for inner in entry:
            yield from nav(inner)


def test_the_site_has_every_page_and_no_other() -> None:
    listed = list(nav(yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]))
    assert len(listed) == len(set(listed))
    assert set(listed) == {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}


def test_every_page_is_led_to_by_another() -> None:
    led = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in pages()
        for link in links(page)
        if link.partition("#")[0]
    }
    assert {page.name for page in DOCS.rglob("*.md") if page.resolve() not in led} == set()
