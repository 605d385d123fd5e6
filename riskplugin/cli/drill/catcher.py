"""A channel on the loopback device that notes when each alert arrived."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Caught:
    """An alert as it arrived."""

    at: datetime
    title: str
    text: str


class Catcher:
    """Listens on a free port while the context lasts."""

    def __init__(self) -> None:
        self.caught: list[Caught] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.caught))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Catcher:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        """As a channel of alerts is written."""
        return f"json://127.0.0.1:{self._server.server_address[1]}/drill"

    def first(self, bot: str, name: str) -> Caught | None:
        """The first alert ``name`` of ``bot``."""
        return next(
            (c for c in self.caught if f" {bot}:" in c.title and c.title.endswith(f" {name}")), None
        )


def _handler(caught: list[Caught]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            at = datetime.now(UTC)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                told = json.loads(body)
            except ValueError:
                told = {}
            caught.append(Caught(at, str(told.get("title", "")), str(told.get("message", ""))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Nobody wants these lines."""

    return Handler
