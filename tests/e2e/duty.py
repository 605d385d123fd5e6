"""A channel on loopback that apprise posts to, and that can be away for a while."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Webhook:
    """Remembers what came, and when. While it is away its port refuses connections."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, str, str]] = []
        self._port = 0
        self._server: ThreadingHTTPServer | None = None
        self.come_back()

    @property
    def url(self) -> str:
        """Its address, as apprise writes it."""
        return f"json://127.0.0.1:{self._port}/duty"

    @property
    def texts(self) -> list[str]:
        """What came, in order."""
        return [text for _, _, text in self.heard]

    def about(self, words: str) -> tuple[float, str] | None:
        """The first message that holds ``words``, and when it came."""
        return next(((at, text) for at, _, text in self.heard if words in text), None)

    def go_away(self) -> None:
        """Refuse every connection from now on."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def come_back(self) -> None:
        """Listen, at the same port as before."""
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                heard.append((time.time(), str(told["title"]), str(told["message"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *parts: Any) -> None:
                """Quietly."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()


@contextmanager
def webhook() -> Iterator[Webhook]:
    """A channel that listens."""
    channel = Webhook()
    try:
        yield channel
    finally:
        channel.go_away()
