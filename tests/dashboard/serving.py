"""An application behind a real server on the loopback address, for as long as a test needs it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI


class Ending:
    """Says whether the server is about to end, once it is known."""

    def __init__(self) -> None:
        self.server: uvicorn.Server | None = None

    def __call__(self) -> bool:
        return self.server is not None and self.server.should_exit


@contextmanager
def serving(app: FastAPI, ending: Ending | None = None) -> Iterator[str]:
    """Serve ``app``; its address. Without an ``ending`` no stream may be open at the end."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    settings = uvicorn.Config(app, log_level="error", log_config=None, ws="none", lifespan="off")
    server = uvicorn.Server(settings)
    if ending is not None:
        ending.server = server
    thread = threading.Thread(target=server.run, args=([listener],), name="served")
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
