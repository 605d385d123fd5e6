"""A real Chromium, driven by Playwright, that remembers whatever went wrong in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, sync_playwright

#: Where the program may be found, by the names that distributions give it.
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
PHONE, DESKTOP = (360, 800), (1280, 900)
#: What a browser writes of every answer that is a refusal, and of a server that is gone: those are
_REFUSED = "Failed to load resource:"


class Visitor:
    """One window. ``complaints`` are script errors, what the content policy blocked, and requests
    that left the host; ``asked`` every address that was asked for.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.set_default_timeout(15_000)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asks)

    def open(self, url: str) -> None:
        self.page.goto(url)

    def see(self, selector: str, text: str | None = None) -> Locator:
        """Wait until it is there, and says so."""
        found = self.page.locator(selector)
        found = found if text is None else found.filter(has_text=text)
        found.first.wait_for()
        return found.first

    def until(self, script: str) -> None:
        """Wait until it is true. (Playwright's own way asks the page to evaluate a text, which the
        page's policy refuses.)
        """
        for _ in range(150):
            if self.page.evaluate(script):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"waited in vain for {script}; the page says: {self.text()[:2000]}")

    def text(self) -> str:
        return self.page.locator("body").inner_text()

    def press(self, words: str, *, hold: float = 0.0, inside: str = "body") -> None:
        """Put a finger on the button that says so, for ``hold`` seconds."""
        button = self.page.locator(inside).get_by_role("button", name=words, disabled=False).last
        button.wait_for()
        button.scroll_into_view_if_needed()
        button.hover()
        self.page.mouse.down()
        self.page.wait_for_timeout(1000 * hold)
        self.page.mouse.up()

    def sign_in(self, name: str, password: str) -> None:
        self.page.fill("dialog input[name=name]", name)
        self.page.fill("dialog input[name=password]", password)
        self.press("Sign in", inside="dialog")

    def violations(self) -> list[str]:
        """What axe has against the page as it stands."""
        found = Axe().run(self.page).response["violations"]
        return [f"{v['id']}: {[n['html'][:200] for n in v['nodes']]}" for v in found]

    def sideways(self) -> bool:
        """Something hangs over the edge."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_REFUSED):
            self.complaints.append(message.text)

    def _asks(self, request: Request) -> None:
        self.asked.append(request.url)
        host = self.page.url.split("/")[2] if "//" in self.page.url else ""
        if host and request.url.split("/")[2:3] != [host]:
            self.complaints.append(f"a request left the host: {request.url}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The program. Close it before anything else in this thread wants an event loop."""
    assert CHROMIUM is not None
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)


@contextmanager
def visitor(
    browser: Browser,
    size: tuple[int, int] = DESKTOP,
    scheme: Literal["dark", "light"] = "dark",
    **more: Any,
) -> Iterator[Visitor]:
    """A window with nothing remembered. Fails at its end for every complaint."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, **more
    )
    try:
        made = Visitor(context.new_page())
        yield made
        assert made.complaints == []
    finally:
        context.close()
