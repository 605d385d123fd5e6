"""A real Chromium, driven over its own debugging protocol; no further package is needed."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

#: Where the program may be found, by the names that distributions give it.
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
PHONE, DESKTOP = (360, 800), (1280, 900)
_PATIENCE = 20.0


class Browser:
    """One page. ``complaints`` are script errors and what the content policy blocked."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._number = 0
        self.complaints: list[str] = []
        for domain in ("Page", "Runtime", "Log"):
            self.command(f"{domain}.enable")

    def command(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask the browser; its result."""
        self._number += 1
        self._connection.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            told = json.loads(self._connection.recv(timeout=_PATIENCE))
            self._hear(told)
            if told.get("id") == self._number:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']}")
                result: dict[str, Any] = told["result"]
                return result

    def _hear(self, told: dict[str, Any]) -> None:
        if told.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(told["params"]["exceptionDetails"]))
        entry = told.get("params", {}).get("entry", {})
        if told.get("method") == "Log.entryAdded" and entry["source"] in {"security", "javascript"}:
            self.complaints.append(entry["text"])

    def resize(self, size: tuple[int, int], *, dark: bool = True) -> None:
        """Be a phone or a desktop, by day or by night."""
        width, height = size
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url: str) -> None:
        self.command("Page.navigate", url=url)

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        told = self.command(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in told:
            raise RuntimeError(told["exceptionDetails"])
        return told["result"].get("value")

    def wait(self, script: str) -> Any:
        """The first true value of an expression."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            try:
                value = self.run(script)
            except RuntimeError:  # the page is not far enough for the question
                value = None
            if value:
                return value
            time.sleep(0.1)
        raise AssertionError(f"waited in vain for {script}; the page says: {self.text()[:2000]}")

    def text(self) -> str:
        return str(self.run("document.body.innerText"))

    def press(self, words: str, *, hold: float = 0.0) -> None:
        """Put a finger on the button that says so, for ``hold`` seconds."""
        found = self.wait(
            "(() => { const b = [...document.querySelectorAll('button')].filter(b => b.offsetParent"
            f" && !b.disabled && b.innerText.trim().startsWith({json.dumps(words)})).at(-1);"
            " if (!b) return null; b.scrollIntoView({block: 'nearest'});"
            " const r = b.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        where = {"x": found[0], "y": found[1], "button": "left", "clickCount": 1}
        self.command("Input.dispatchMouseEvent", type="mousePressed", **where)
        time.sleep(hold)
        self.command("Input.dispatchMouseEvent", type="mouseReleased", **where)

    def type(self, selector: str, text: str) -> None:
        self.wait(f"document.querySelector({json.dumps(selector)}) !== null")
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self.command("Input.insertText", text=text)

    def picture(self, path: Path, *, whole: bool = False) -> None:
        told = self.command("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(told["data"]))


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """A browser with a profile of its own in ``folder``."""
    assert CHROMIUM is not None
    command = [
        *(CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"),
        *("--disable-dev-shm-usage", "--disable-background-networking", "--no-proxy-server"),
        *("--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        port = _eventually(lambda: (folder / "DevToolsActivePort").read_text().split()[0])
        listed = _eventually(lambda: _pages(port))
        with connect(listed[0]["webSocketDebuggerUrl"], max_size=None) as connection:
            yield Browser(connection)
    finally:
        process.terminate()
        process.wait(30)


def _pages(port: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=5) as answer:
        return [page for page in json.loads(answer.read()) if page["type"] == "page"]


def _eventually(find: Callable[[], Any]) -> Any:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            found = find()
            if found:
                return found
        except (OSError, IndexError):
            if time.monotonic() > end:
                raise
        time.sleep(0.1)
