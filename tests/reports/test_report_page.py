"""The report as people see it: in a real browser, from a file, in any light and on paper."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from riskplugin.reports.gather import Told
from riskplugin.reports.report_page import html
from tests.reports import lives

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.spec("DB-3"),
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def file(told: Told, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("page") / "report.html"
    made.write_text(html(told, notes=["a note"]), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def shown(browser: Browser, file: Path, scheme: str = "light", width: int = 1280) -> Page:
    """The page in some light, at some width."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(file.as_uri())
    page.wait_for_selector(".plot .main-svg")
    return page


@pytest.fixture(scope="module")
def heard() -> list[str]:
    """What the page asked for or said, to whomever."""
    return []


@pytest.fixture(scope="module")
def page(browser: Browser, file: Path, heard: list[str]) -> Page:
    """The page, opened once for all tests that only look."""
    page = browser.new_page()
    page.on("request", lambda request: heard.append(f"asked {request.url}"))
    page.on("console", lambda message: heard.append(f"said {message.text}"))
    page.on("pageerror", lambda error: heard.append(f"failed {error}"))
    page.on("dialog", lambda dialog: heard.append(f"shouted {dialog.message}"))
    page.goto(file.as_uri())
    page.wait_for_selector("#chart-pairs .main-svg")
    return page


def test_it_asks_no_host_says_no_error_and_runs_no_foreign_script(
    page: Page, heard: list[str]
) -> None:
    assert page.title().startswith("Risk report")
    own = ("asked file:", "asked data:", "asked blob:")
    assert [each for each in heard if not each.startswith(own)] == []


def test_every_chart_is_drawn(page: Page) -> None:
    places = page.locator(".plot").count()
    assert places == 4
    assert page.locator(".plot .main-svg").count() >= places
    assert page.locator("#chart-equity .shapelayer path").count() > 0


def test_words_of_others_stand_there_as_they_were_written(page: Page) -> None:
    text = page.inner_text("#breaches")
    assert "<b>halt</b> </script><script>alert(1)</script>" in text
    assert "\u202e" not in text
    assert "\\u202e" in text


def test_the_figures_at_a_glance_are_those_of_the_month(page: Page, told: Told) -> None:
    glance = page.inner_text(".figures >> nth=0")
    result = told.performance.total_return_pct
    assert result is not None
    assert f"{abs(result):.2f}" in glance
    assert "SOUND, NOT SIGNED" in glance
    assert f"{told.facts.decisions.total.refused}" in glance
    assert lives.BOT in page.inner_text("h1")


def test_it_prints_light_and_within_the_paper(page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    assert not page.locator("nav").is_visible()
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    page.emulate_media(media="screen", color_scheme="light")


@pytest.mark.parametrize(
    ("scheme", "width"),
    [
        ("light", 360),
        pytest.param("dark", 1280, marks=pytest.mark.exhaustive),
        pytest.param("light", 1280, marks=pytest.mark.exhaustive),
    ],
)
def test_nothing_sticks_out_and_axe_finds_nothing(
    browser: Browser, file: Path, scheme: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = shown(browser, file, scheme, width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    # Inside a chart axe would look at each of a thousand shapes; the chart has its words beside it.
    found = Axe().run(page, context={"exclude": [[".plot"]]}).response["violations"]
    told = [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found]
    assert told == []
    page.context.close()
