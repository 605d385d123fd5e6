"""riskplugin init --undo: what init wrote goes, what people and bots made stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from riskplugin.cli.init.manifest import NAME, Manifest
from tests.cli.conftest import Run, change
from tests.cli.ledgers import book, service

pytestmark = pytest.mark.spec("CF-2")

Files = dict[Path, bytes]
RARER = [pytest.param(renames, marks=pytest.mark.exhaustive) for renames in (2, 3, 5, 6)]


def files(home: Path) -> Files:
    return {path: path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}


@pytest.fixture
def before(home: Path) -> Files:
    """The files of a home whose configuration has no section, before init."""
    change(home, risk=None)
    (home / "user_data/strategies/my_strategy.json").write_text(
        '{"strategy_name": "MyStrategy", "params": {}}'
    )
    return files(home)


def test_undo_leaves_every_file_as_it_was(run: Run, home: Path, before: Files) -> None:
    assert run("init", "--yes").exit_code == 0
    assert len(files(home)) == len(before) + 4  # subclass, its parameters, copy, manifest
    result = run("init", "--undo", "--yes")
    assert result.exit_code == 0, result.output
    assert files(home) == before


def test_undo_asks_about_each_file(run: Run, home: Path, before: Files) -> None:
    run("init", "--yes")
    result = run("init", "--undo", answer="n\ny\ny\n")
    assert result.exit_code == 0
    assert "Remove user_data/config.risk.json?" in result.output
    assert "Not all was taken back" in result.output
    assert (home / "user_data/config.risk.json").is_file()
    assert not (home / "user_data/strategies/my_strategy_guarded.py").exists()
    assert run("init", "--undo", answer="y\n").exit_code == 0
    assert files(home) == before


def test_a_dry_run_of_undo_changes_nothing(run: Run, home: Path, before: Files) -> None:
    run("init", "--yes")
    guarded = files(home)
    result = run("init", "--undo", "--dry-run")
    assert "would remove user_data/config.risk.json" in result.output
    assert files(home) == guarded


def test_what_was_overwritten_comes_back(run: Run, home: Path, before: Files) -> None:
    target = home / "user_data/config.risk.json"
    target.write_bytes(b'{"mine": 1}\r\n')
    assert run("init", answer="y\ny\ny\n").exit_code == 0
    result = run("init", "--undo", "--yes")
    assert '+{"mine": 1}' in result.output
    assert target.read_bytes() == b'{"mine": 1}\r\n'


def test_an_edited_file_is_shown_and_never_removed_unasked(
    run: Run, home: Path, before: Files
) -> None:
    run("init", "--yes")
    target = home / "user_data/config.risk.json"
    target.write_text(target.read_text().replace('"normal_pct": 5', '"normal_pct": 3'))
    result = run("init", "--undo", "--yes")
    assert result.exit_code == 1
    assert "edited since" in result.output
    assert '-            "normal_pct": 3' in result.output
    assert target.is_file()
    assert not (home / "user_data/strategies/my_strategy_guarded.py").exists()
    assert run("init", "--undo", answer="y\n").exit_code == 0
    assert files(home) == before


def test_edits_that_a_later_init_overwrote_come_back(run: Run, home: Path, before: Files) -> None:
    run("init", "--yes")
    target = home / "user_data/config.risk.json"
    target.write_text('{"mine": 1}')
    run("init", answer="y\n")
    assert "risk" in target.read_text()
    run("init", "--undo", "--yes")
    assert target.read_text() == '{"mine": 1}'


def test_several_inits_are_one_undo(run: Run, home: Path, before: Files) -> None:
    for preset in ("aggressive", "conservative", "moderate"):
        assert run("init", "--yes", "--preset", preset).exit_code == 0
    assert run("init", "--undo", "--yes").exit_code == 0
    assert files(home) == before


def test_what_people_removed_themselves_is_no_obstacle(run: Run, home: Path, before: Files) -> None:
    run("init", "--yes")
    (home / "user_data/config.risk.json").unlink()
    result = run("init", "--undo", "--yes")
    assert result.exit_code == 0, result.output
    assert files(home) == before


def test_what_a_bot_has_made_since_is_named_and_stays(run: Run, home: Path, before: Files) -> None:
    run("init", "--yes")
    state = [home / "user_data" / name for name in ("risk.sqlite", "RISK_KILL", "risk_signing.key")]
    for path in state:
        path.write_text("state")
    result = run("init", "--undo", "--yes")
    assert result.exit_code == 0
    for path in state:
        assert path.name in result.output
        assert path.read_text() == "state"


def test_a_bot_that_runs_is_mentioned(run: Run, home: Path, before: Files) -> None:
    run("init", "--yes")
    with service(home) as risk:
        risk.tick(book(datetime.now(UTC)))
    result = run("init", "--undo", "--yes")
    assert result.exit_code == 0, result.output
    assert "freqtrade.dry is running" in result.output
    assert "risk.sqlite" in result.output


def test_without_an_init_there_is_nothing_to_undo(run: Run, before: Files, home: Path) -> None:
    result = run("init", "--undo", "--yes")
    assert result.exit_code == 2
    assert "nothing to undo" in result.stderr
    assert files(home) == before


def test_a_moved_folder_can_still_be_undone(run: Run, home: Path, before: Files) -> None:
    run("init", "--yes")
    (home / "user_data").rename(home / "moved")
    assert run("init", "--undo", "--yes", "--userdir", "moved").exit_code == 0
    (home / "moved").rename(home / "user_data")
    assert files(home) == before


def test_a_configuration_beside_the_folder_is_undone_as_well(
    run: Run, home: Path, before: Files
) -> None:
    (home / "user_data/config.json").rename(home / "config.json")
    there = files(home)
    run("init", "--yes")
    assert (home / "config.risk.json").is_file()
    assert run("init", "--undo", "--yes").exit_code == 0
    assert files(home) == there


@pytest.mark.parametrize("text", ["{", "[]", '{"files": [{}]}', '{"files": 3}', "null"])
def test_a_damaged_manifest_is_one_message(text: str, run: Run, home: Path, before: Files) -> None:
    (home / "user_data" / NAME).write_text(text)
    for arguments in (["init", "--undo", "--yes"], ["init", "--yes"]):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "is damaged" in result.stderr


def test_undo_after_a_crash_before_the_file_was_written(
    run: Run, home: Path, before: Files
) -> None:
    """The manifest knows of a file first: it may be there alone."""
    manifest = Manifest(home / "user_data")
    manifest.add(home / "user_data/config.risk.json", "{}")
    (home / "user_data/.config.risk.json.riskplugin-new").write_text('{"half')
    assert run("init", "--undo", "--yes").exit_code == 0
    assert files(home) == before


@pytest.mark.slow
@pytest.mark.parametrize("renames", [1, 4, *RARER])
def test_undo_after_a_kill_in_the_middle(renames: int, run: Run, home: Path, before: Files) -> None:
    """init dies at its n-th step: each file is put in place by a rename."""
    code = (
        "import os, pathlib, sys\n"
        "left = [int(sys.argv.pop(1))]\n"
        "replace = pathlib.Path.replace\n"
        "def dies(self, target):\n"
        "    left[0] -= 1\n"
        "    left[0] or os.kill(os.getpid(), 9)\n"
        "    return replace(self, target)\n"
        "pathlib.Path.replace = dies\n"
        "from riskplugin.cli import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", code, str(renames), "init", "--yes"]
    path = os.pathsep.join(sys.path)
    killed = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, check=False
    )
    assert killed.returncode == -9, killed.stderr
    result = run("init", "--undo", "--yes")
    assert result.exit_code == (2 if renames == 1 else 0), result.output
    assert files(home) == before


def test_the_manifest_says_what_it_is(run: Run, home: Path, before: Files) -> None:
    run("init", "--yes")
    told = json.loads((home / "user_data" / NAME).read_text())
    assert "riskplugin init --undo" in told["what"]
    assert [each["path"] for each in told["files"]] == [
        "strategies/my_strategy_guarded.json",
        "strategies/my_strategy_guarded.py",
        "config.risk.json",
    ]
