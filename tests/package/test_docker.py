"""The Dockerfile and its page, read: no engine runs here. What can be executed without one is."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser

from riskplugin.version import __version__
from tests.docs.parsers import trouble
from tests.package.test_compose import IMAGE, SERVICES
from tools.blocks import ROOT, read
from tools.shell import commands

pytestmark = pytest.mark.spec("CF-5")
DOCKER = ROOT / "docker"
#: What an image of freqtrade's might hold: names as pip writes them, an older rich.
HAS = "freqtrade==2026.9\nRich==14.0.0\nargon2_cffi==25.1.0\nnumpy==2.4.6\n"


def instructions(name: str) -> list[str]:
    with (DOCKER / "Dockerfile").open("rb") as file:
        parsed = DockerfileParser(fileobj=file)
        return [str(one["value"]) for one in parsed.structure if one["instruction"] == name]


# --------------------------------------------------------------------------------------- Dockerfile


def test_the_image_begins_with_a_release_that_is_tested_here() -> None:
    [release] = [value for value in instructions("ARG") if value.startswith("FREQTRADE=")]
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert f"freqtrade=={release.partition('=')[2]}\n" in pinned
    assert all(image.startswith("freqtradeorg/freqtrade:${FREQTRADE}") for image in
               instructions("FROM"))  # fmt: skip


def test_nothing_runs_as_root_and_the_entry_point_stays_freqtrades() -> None:
    for name in ("USER", "ENTRYPOINT", "CMD", "ENV"):
        assert instructions(name) == []
    for copy in instructions("COPY"):
        assert "--chown=ftuser:ftuser" in copy


def copied() -> list[str]:
    """The names that are copied out of the project's folder."""
    kept = [shlex.split(value) for value in instructions("COPY") if "--from" not in value]
    return [name for words in kept for name in words[:-1] if not name.startswith("--")]


def test_what_is_copied_exists_and_nothing_else_is_sent_to_the_engine() -> None:
    assert all((ROOT / name).exists() for name in copied())
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == set(copied())


@pytest.fixture
def image(tmp_path: Path) -> dict[str, str]:
    """An environment in which pip and riskplugin only write down what they were asked."""
    programs = tmp_path / "bin"
    programs.mkdir()
    listed = f'[ "$1" = list ] && printf %s "{HAS}"'
    for name, first in (("pip", listed), ("riskplugin", "")):
        program = programs / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >>"{tmp_path}/asked"\n{first}\nexit 0\n')
        program.chmod(0o755)
    return {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "EXTRAS": "[postgres]"}


def last_run(folder: Path) -> str:
    """The image's last command, with ``folder`` in the place of /tmp/wheel."""
    return instructions("RUN")[-1].replace("/tmp/wheel", str(folder))


def test_what_the_image_has_is_left_as_it_is(tmp_path: Path, image: dict[str, str]) -> None:
    wheel = tmp_path / "wheel"
    wheel.mkdir()
    (wheel / "some.whl").touch()
    shutil.copy(ROOT / "constraints.txt", wheel)
    subprocess.run(["sh", "-c", last_run(wheel)], env=image, check=True, cwd=tmp_path)
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[0] == "pip list --format=freeze"
    constraints = f"-c {wheel}/has.txt -c {wheel}/lacks.txt"
    assert asked[1].startswith("pip install --user --no-cache-dir " + constraints)
    assert asked[1].endswith("some.whl[postgres]")
    assert asked[2] == "riskplugin --version"
    lacks = (wheel / "lacks.txt").read_text().lower()
    names = {re.split("[= ]", line)[0] for line in lacks.splitlines()}
    assert "apprise" in names
    assert not names & {"freqtrade", "rich", "argon2-cffi", "argon2_cffi", "numpy"}


@pytest.mark.slow
def test_the_wheel_can_be_built_from_what_is_copied(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in copied():
        ignored = shutil.ignore_patterns("__pycache__", ".*")
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=ignored)
        else:
            source.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, source)
    build = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(source)]
    subprocess.run([sys.executable, *build], check=True, capture_output=True)
    assert [path.name.split("-")[1] for path in tmp_path.glob("*.whl")] == [__version__]


# ----------------------------------------------------------------------------------------- the page


def inside(words: list[str]) -> list[str]:
    """The command in the container that a `docker …` line starts; nothing where it starts none."""
    rest = words[1:]
    if rest[:1] == ["compose"]:
        rest = rest[1:]
    entrypoint = "freqtrade"
    if rest[:1] == ["exec"]:
        return rest[2:]
    if rest[:1] != ["run"]:
        return []
    rest = [word for word in rest[1:] if word != "--rm"]
    if rest[0] == "--entrypoint":
        entrypoint, rest = rest[1], rest[2:]
    assert rest[0] in {*SERVICES, IMAGE}, words
    return [entrypoint, *rest[1:]]


def test_the_commands_of_the_page_are_accepted_inside_the_container() -> None:
    started = []
    for block in read(ROOT / "docs" / "docker.md").of("sh"):
        assert block.not_run, block.where
        for words in commands(block.text):
            assert words[0] == "docker", words
            started += [inside(words)] if inside(words) else []
    assert len(started) == 4
    assert [trouble(words) for words in started] == [""] * 4


def test_the_page_names_every_service_argument_and_the_version() -> None:
    text = (ROOT / "docs" / "docker.md").read_text(encoding="utf-8")
    for name in SERVICES:
        assert f"| `{name}` |" in text
    for argument in {value.partition("=")[0] for value in instructions("ARG")}:
        assert f"| `{argument}` |" in text
    assert set(re.findall(r"freqtrade-riskplugin:\S+", text)) == {IMAGE}
    assert IMAGE in (DOCKER / "Dockerfile").read_text(encoding="utf-8")
