"""One paper exchange, one user's folder and one set of commands for all pages of a worker."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from riskplugin.cli.processes import Processes, start_exchange
from tests.docs.following import follow
from tests.docs.place import Place, make_commands, plain_environment, warm_process
from tests.docs.user import furnish
from tests.processes import processes_about
from tools.blocks import ROOT, Page

Follow = Callable[[Page], None]


def pages() -> list[Path]:
    """Every page of the documentation, the README among them."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def name_of(page: Path) -> str:
    """How a test of it is called: `-k quickstart`."""
    return page.relative_to(ROOT).as_posix()


@pytest.fixture(scope="session")
def exchange_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A paper exchange, calm."""
    with Processes() as processes:
        folder = tmp_path_factory.mktemp("exchange")
        yield start_exchange(processes, folder, seed=42, balance=10_000)


@pytest.fixture(scope="session")
def user(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that every page begins with; copied, never used."""
    folder = tmp_path_factory.mktemp("user")
    furnish(folder)
    return folder


@pytest.fixture(scope="session")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with riskplugin, freqtrade and python."""
    folder = tmp_path_factory.mktemp("commands")
    if os.environ.get("RISKPLUGIN_DOCS_COLD"):
        yield make_commands(folder / "bin")
        return
    environment = plain_environment(folder / "bin") | {"HOME": str(folder)}
    with warm_process(folder, environment) as warm:
        yield make_commands(folder / "bin", warm)


@pytest.fixture
def followed(tmp_path: Path, user: Path, commands: Path, exchange_port: int) -> Follow:
    """Follow a page in a folder of its own; nothing runs on afterwards."""

    def run(page: Page) -> None:
        needs_curl = any("curl " in block.text for block in page.of("sh") if not block.not_run)
        if needs_curl and shutil.which("curl") is None:
            pytest.skip("no curl here: apt-get install curl")
        folder = tmp_path / re.sub(r"\W", "", page.name.rpartition("/")[2].removesuffix(".md"))
        place = Place(folder, commands, exchange_port)
        place.prepare(user)
        try:
            follow(page, place)
        finally:
            left = processes_about(tmp_path)
        assert not left

    return run
