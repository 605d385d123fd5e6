"""Shared by the backtests: the recorded candles, and a paper exchange that names the markets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from riskplugin.sandbox import Sandbox
from tests.backtest.runs import Desk


@pytest.fixture(scope="session")
def desk(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Where backtests run; one for all tests of a process."""
    with Sandbox() as sandbox:
        yield Desk(sandbox.port, shared_data, tmp_path_factory.mktemp("backtests"))
