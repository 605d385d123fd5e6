"""Shared by the matrix: a paper exchange whose prices stand, and one stage per path."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from riskplugin.sandbox import Sandbox, SandboxSettings
from tests.matrix.paths import Path
from tests.matrix.stage import stage
from tests.matrix.table import LIMITS
from tests.matrix.walks import PATHS, Walks


@pytest.fixture(scope="module")
def exchange() -> Iterator[Sandbox]:
    """One paper exchange per module; each bot has an account of its own."""
    with Sandbox(SandboxSettings()) as sandbox:
        sandbox.control.hold()
        yield sandbox


@pytest.fixture(scope="module", params=PATHS, ids=lambda path: path.name.replace(" ", "-"))
def walks(
    request: pytest.FixtureRequest, exchange: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Walks]:
    """The walks of one path in the module's market and mode."""
    path: Path = request.param
    folder = tmp_path_factory.mktemp("stage")
    market, mode = request.module.MARKET, request.module.MODE
    with stage(exchange, folder, market, mode) as built:
        yield Walks(built, path)


#: The columns that every run of the tests fills; the whole table is `make matrix`.
USUAL = ("size", "latched")


@pytest.fixture(
    params=[
        name if name in USUAL else pytest.param(name, marks=pytest.mark.exhaustive)
        for name in LIMITS
    ]
)
def limit(request: pytest.FixtureRequest) -> str:
    """Every column."""
    name: str = request.param
    return name
