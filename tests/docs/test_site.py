"""The site builds without a warning, and asks no other host for anything."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.blocks import ROOT

pytestmark = pytest.mark.slow
#: What a browser fetches by itself; a link that people click is none of it.
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\bsrc=["']?((?:https?:)?//[^"'\s>]+)"""
    r"""|<link\b[^>]*\bhref=["']?((?:https?:)?//[^"'\s>]+)"""
    r"""|(?:@import|url\()\s*["']?((?:https?:)?//[^"'\s)]+)"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    pytest.importorskip("material", reason="mkdocs-material is part of the extra docs")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_page_is_in_the_site_and_can_be_searched(site: Path) -> None:
    index = (site / "search/search_index.json").read_text(encoding="utf-8")
    for page in (ROOT / "docs").rglob("*.md"):
        html = page.relative_to(ROOT / "docs").with_suffix(".html").as_posix()
        assert (site / html).is_file()
        assert html in index or html == "index.html"


def test_no_page_fetches_anything_from_elsewhere(site: Path) -> None:
    fetched = {
        f"{file.name}: {next(filter(None, found))}"
        for kind in ("*.html", "*.css")
        for file in site.rglob(kind)
        for found in FETCHED.findall(file.read_text(encoding="utf-8"))
    }
    assert not fetched


def test_nothing_asks_for_the_program_that_draws_mermaid(site: Path) -> None:
    """Material's script would load it from elsewhere once it finds such an element."""
    for file in site.rglob("*.html"):
        assert 'class="mermaid"' not in file.read_text(encoding="utf-8")
