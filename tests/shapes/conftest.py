"""Shared by the shapes: guarded copies of all strategies, candles, and a paper exchange."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import pytest

from riskplugin.sandbox import Sandbox, SandboxSettings
from tests.adapter.bots import Bot, running
from tests.backtest.runs import closes
from tests.shapes.candles import FUTURES, SPOT
from tests.shapes.desk import MadeDesk
from tests.shapes.guarding import ORIGINALS, by_base_class, by_command, class_name


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of strategies by the way in which they are guarded; "" has the originals."""
    home = tmp_path_factory.mktemp("guarded")
    return {
        "": ORIGINALS,
        "base": by_base_class(home / "base"),
        "command": by_command(home / "user_data"),
    }


@pytest.fixture(scope="session")
def exchange() -> Iterator[Sandbox]:
    """One paper exchange, whose prices stand until a test moves them."""
    with Sandbox(SandboxSettings()) as sandbox:
        sandbox.control.hold()
        yield sandbox


@pytest.fixture(scope="session")
def desk(exchange: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> MadeDesk:
    """Where backtests run, on candles made for the purpose."""
    return MadeDesk.at(exchange.port, tmp_path_factory.mktemp("shapes"), ORIGINALS)


@pytest.fixture(scope="session")
def prices(desk: MadeDesk) -> dict[bool, pd.DataFrame]:
    """Closes of all pairs: spot under False, futures under True."""
    return {
        futures: closes(desk.data, FUTURES if futures else SPOT, futures=futures)
        for futures in (False, True)
    }


class Start(Protocol):
    """Start a live bot with a guarded shape."""

    def __call__(self, shape: str, way: str, **how: Any) -> Bot: ...


@pytest.fixture
def start(exchange: Sandbox, tmp_path: Path, folders: dict[str, Path]) -> Iterator[Start]:
    """Start bots that end with the test."""
    with ExitStack() as stack:

        def begin(shape: str, way: str, **how: Any) -> Bot:
            how |= {"strategy_path": str(folders[way])}
            return stack.enter_context(running(exchange, tmp_path, class_name(shape, way), **how))

        yield begin
