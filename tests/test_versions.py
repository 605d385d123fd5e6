"""The supported freqtrades: pyproject, the check at start, the page and the runs name the same."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import freqtrade
import pytest
from freqtrade.exceptions import OperationalException
from packaging.requirements import Requirement
from packaging.version import Version

from riskplugin.adapter import internals
from tools.versions import page, runs
from tools.versions.environments import RELEASES, pins

ROOT = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

pytestmark = pytest.mark.spec("CF-5")


def refusal(monkeypatch: pytest.MonkeyPatch, version: str) -> str | None:
    """What the check at start says of a freqtrade of this version."""
    monkeypatch.setattr(freqtrade, "__version__", version)
    try:
        internals._verify_version()
    except OperationalException as error:
        return str(error)
    return None


def test_pip_is_told_the_range_that_the_start_enforces() -> None:
    assert internals.REQUIREMENT in PROJECT["dependencies"]


@pytest.mark.parametrize(
    "version",
    ["2024.12", "2025.10", "2025.11", "2025.11.1", "2025.11.2", "2025.12", "2026.5.1", "2026.9",
     "2026.9.1", "2026.10", "2026.12", "2027.1"],
)  # fmt: skip
def test_the_start_refuses_exactly_what_pip_would_not_have_installed(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = Requirement(internals.REQUIREMENT).specifier.contains(Version(version))
    assert (refusal(monkeypatch, version) is None) is installed


def test_a_release_that_is_too_old_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = refusal(monkeypatch, "2025.11")
    assert said is not None
    assert "2025.11.2 to 2026.9, this is 2025.11." in said
    assert f"pip install '{internals.REQUIREMENT}'" in said
    assert "upgrade freqtrade-riskplugin" not in said


def test_a_release_that_is_too_new_is_told_both_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refusal(monkeypatch, "2026.10-dev")
    assert said is not None
    assert "pip install --upgrade freqtrade-riskplugin" in said
    assert f"pip install '{internals.REQUIREMENT}'" in said


@pytest.mark.parametrize("version", ["develop-1a2b3c", "docker-2026", ""])
def test_a_build_without_a_month_is_judged_by_its_parts_alone(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refusal(monkeypatch, version) is None


def test_both_ends_of_the_range_are_run() -> None:
    ends = [".".join(map(str, end)) for end in (internals.OLDEST, internals.NEWEST)]
    assert [min(RELEASES, key=Version), max(RELEASES, key=Version)] == ends


@pytest.mark.parametrize("release", RELEASES)
def test_each_release_has_pins_that_the_project_allows(release: str) -> None:
    pinned = {}
    for line in pins(release).read_text().splitlines():
        if line and not line.startswith("#"):
            found = Requirement(line)
            [exact] = found.specifier
            pinned[found.name.lower().replace("_", "-")] = exact.version
    assert pinned["freqtrade"] == release
    for line in PROJECT["dependencies"]:
        asked = Requirement(line)
        assert asked.specifier.contains(pinned[asked.name.lower()]), line


@pytest.mark.parametrize("part", runs.PARTS)
def test_what_is_run_exists(part: str) -> None:
    assert all((ROOT / tests).exists() for tests in runs.PARTS[part])


@pytest.mark.parametrize("test", runs.LEFT_OUT)
def test_what_is_left_out_is_one_test_of_a_part_and_stands_on_the_page(test: str) -> None:
    file, _, name = test.partition("::")
    assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text()
    assert sum(test in runs.left_out(runs.HAVE_THE_FAULT[0], part) for part in runs.PARTS) == 1
    assert f"- `{test}`" in page.PAGE.read_text()


def test_nothing_is_left_out_of_the_newest_release() -> None:
    newest = max(RELEASES, key=Version)
    assert not any(runs.left_out(newest, part) for part in runs.PARTS)


def test_the_page_names_the_range_and_every_release() -> None:
    text = page.PAGE.read_text()
    assert f"`{internals.REQUIREMENT}`" in text
    assert all(release in text for release in RELEASES)
