"""What is built is what a user needs: the wheel to run it, the source archive to test it."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from riskplugin.version import __version__
from tools.fresh import ROOT, build

pytestmark = [pytest.mark.slow, pytest.mark.spec("CF-5")]
#: Only these belong to a checkout and to no archive.
STAYS = (".gitignore", "user_data/strategies/")


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    # The wheel is built from the source archive, so it shows that the archive is whole.
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def wheel(archives: list[Path]) -> set[str]:
    with zipfile.ZipFile(archives[0]) as opened:
        return set(opened.namelist())


@pytest.fixture(scope="module")
def source(archives: list[Path]) -> set[str]:
    with tarfile.open(archives[1]) as opened:
        return {name.partition("/")[2] for name in opened.getnames()}


@pytest.fixture(scope="module")
def metadata(archives: list[Path]) -> Message:
    with zipfile.ZipFile(archives[0]) as opened:
        name = f"freqtrade_riskplugin-{__version__}.dist-info/METADATA"
        return Parser().parsestr(opened.read(name).decode())


def ours(folder: str) -> set[str]:
    """Files below a folder of ours, as they stand here; caches are not ours."""
    below = [path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()]
    return {path.as_posix() for path in below if not any(map(_cache, path.parts[1:]))}


def _cache(part: str) -> bool:
    return part == "__pycache__" or part.startswith(".")


def test_an_index_would_take_both(archives: list[Path]) -> None:
    command = [sys.executable, "-m", "twine", "check", "--strict", *map(str, archives)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert [path.suffix for path in archives] == [".whl", ".gz"]
    assert done.returncode == 0, done.stdout


def test_the_wheel_holds_the_package_and_nothing_else(wheel: set[str]) -> None:
    inside = {name for name in wheel if ".dist-info/" not in name}
    assert inside == ours("riskplugin")


@pytest.mark.parametrize(
    "name",
    [
        "riskplugin/py.typed",
        "riskplugin/dashboard/static/index.html",
        "riskplugin/reports/templates/report.html",
        "riskplugin/reports/controls.json",
        "riskplugin/ledger/store/migrations/env.py",
    ],
)
def test_what_is_no_python_is_shipped_too(wheel: set[str], name: str) -> None:
    assert name in wheel


def test_the_source_archive_holds_what_the_tests_need(source: set[str]) -> None:
    for folder in ("riskplugin", "tests", "tools", "docs", "docker", "benchmarks", ".ci"):
        assert ours(folder) <= source, sorted(ours(folder) - source)


def test_every_file_of_a_checkout_is_in_the_source_archive(source: set[str]) -> None:
    command = ["git", "ls-files", "--cached"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("no checkout: this is a source archive already")
    here = {name for name in done.stdout.splitlines() if (ROOT / name).exists()}
    assert {name for name in here - source if not name.startswith(STAYS)} == set()


def test_nothing_of_a_running_bot_and_nothing_made_is_in_an_archive(
    wheel: set[str], source: set[str]
) -> None:
    for name in wheel | source:
        assert not name.endswith((".sqlite", ".log", ".pyc", ".key")), name
        assert not name.startswith((".venv", "dist/", "site/", ".git/")), name


def test_the_metadata_name_no_address_that_nobody_answers(metadata: Message) -> None:
    assert metadata["Name"] == "freqtrade-riskplugin"
    assert metadata["Version"] == __version__
    assert metadata["License-Expression"] == "GPL-3.0-or-later"
    assert metadata["Home-page"] is None
    assert metadata.get_all("Project-URL") is None


def test_the_command_is_installed(archives: list[Path]) -> None:
    with zipfile.ZipFile(archives[0]) as opened:
        name = f"freqtrade_riskplugin-{__version__}.dist-info/entry_points.txt"
        told = opened.read(name).decode().split()
    assert told == ["[console_scripts]", "riskplugin", "=", "riskplugin.cli:main"]
