"""Shared by the hostile tests: a paper exchange, the guarded strategies, one account per fight."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from riskplugin.sandbox import Sandbox, SandboxSettings
from tests.hostile.arena import Arena, guarded

collect_ignore = ["user_strategies"]  # imported as freqtrade does it, with their folder on the path


@pytest.fixture(scope="session")
def strategies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hostile strategies, each with its guarded class."""
    return guarded(tmp_path_factory.mktemp("hostile") / "strategies")


@pytest.fixture(scope="module")
def exchange() -> Iterator[Sandbox]:
    """A paper exchange whose prices stand; each fight has an account of its own."""
    with Sandbox(SandboxSettings()) as sandbox:
        sandbox.control.hold()
        yield sandbox


@pytest.fixture
def arena_in(exchange: Sandbox, strategies: Path, tmp_path: Path) -> Callable[[str], Arena]:
    """An account in a market, "futures" or "spot"."""
    return lambda market: Arena(exchange, strategies, tmp_path, market)
