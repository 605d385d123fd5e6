"""The files that a project is known by: they agree with each other and name what exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from riskplugin.version import __version__
from tests.docs.parsers import trouble
from tools.blocks import ROOT
from tools.shell import commands

pytestmark = pytest.mark.spec("CF-5")
TEMPLATES = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
FORMS = [path for path in TEMPLATES if path.name != "config.yml"]
TEXTS = [ROOT / name for name in ("README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md")]
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def form(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    assert "version" not in project["project"]
    assert project["tool"]["hatch"]["version"]["path"] == "riskplugin/version.py"


def test_the_changelog_begins_with_what_is_unreleased_and_then_this_version() -> None:
    headings = re.findall(r"^## (.+)$", read("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    assert headings[1].startswith(f"[{__version__}] - ")


def test_the_changelog_keeps_its_form() -> None:
    text = read("CHANGELOG.md")
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (.+)$", text, re.MULTILINE)
    assert versions
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d|not released yet", when) for _, when in versions)
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= KINDS


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_for_issues_is_one_and_asks_for_version_and_findings(path: Path) -> None:
    told = form(path)
    assert {"name", "description", "body"} <= set(told)
    fields = [part for part in told["body"] if part["type"] != "markdown"]
    assert len({part["id"] for part in fields}) == len(fields)
    labels = " ".join(str(part["attributes"].get("label", "")) for part in fields)
    assert "riskplugin --version" in labels
    assert "riskplugin check --json" in labels


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_the_command_that_a_form_asks_for_is_one(path: Path) -> None:
    asked = re.findall(r"The output of (.+)$", path.read_text(), re.MULTILINE)
    assert asked
    for line in asked:
        [words] = commands(line)
        assert trouble(words) == ""


def test_a_breach_of_a_limit_is_not_spread_in_public() -> None:
    text = (ROOT / ".github/ISSUE_TEMPLATE/limit_breach.yml").read_text()
    assert "SECURITY.md" in text
    assert "not in a public issue" in read("SECURITY.md")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        file = target.partition("#")[0]
        assert target.startswith("https://") or not file or (ROOT / file).exists(), target


def test_every_target_of_make_that_a_text_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    phony = read("Makefile").replace("\\\n", " ").partition(".PHONY:")[2].partition("\n")[0]
    assert set(phony.split()) == targets
    for path in [*TEXTS, ROOT / ".github/PULL_REQUEST_TEMPLATE.md"]:
        named = re.findall(r"`make ([a-z]+(?:-[a-z]+)*)", path.read_text(encoding="utf-8"))
        assert set(named) <= targets, path.name


def test_the_lines_of_a_text_are_no_longer_than_a_screen_is_wide() -> None:
    for path in TEXTS[1:]:
        for line in path.read_text(encoding="utf-8").splitlines():
            assert len(line) <= 120 or line.startswith("|"), f"{path.name}: {line}"
