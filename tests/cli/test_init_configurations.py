"""riskplugin init with the configurations that people have: several, links, odd text."""

from __future__ import annotations

from pathlib import Path

import pytest
from freqtrade.configuration.load_config import load_from_files

from riskplugin.cli.botfiles import parse_config_text
from tests.cli.conftest import Run, change

pytestmark = pytest.mark.spec("CF-1", "CF-2")


@pytest.fixture
def bare(home: Path) -> Path:
    """A home whose configuration has no section yet."""
    change(home, risk=None)
    return home


def test_several_configurations_stay_several(run: Run, bare: Path) -> None:
    keys = bare / "user_data/keys.json"
    keys.write_text('{"exchange": {"key": "abc"}}')
    result = run("init", "-y", "-c", "user_data/config.json", "-c", "user_data/keys.json")
    assert result.exit_code == 0, result.output
    assert "--config user_data/config.risk.json --config user_data/keys.json" in result.output
    keys.write_text('{"risk": {}}')
    refused = run("init", "-y", "-c", "user_data/config.json", "-c", "user_data/keys.json")
    assert refused.exit_code == 2
    assert 'keys.json has a section "risk" already' in refused.stderr


def test_a_section_in_an_added_file_counts(run: Run, bare: Path) -> None:
    change(bare, add_config_files=["more.json"])
    (bare / "user_data/more.json").write_text('{"risk": {}}')
    result = run("init", "--yes")
    assert result.exit_code == 2
    assert "add_config_files" in result.stderr


def test_a_link_whose_neighbours_are_added_is_not_copied_away_from_them(
    run: Run, bare: Path
) -> None:
    change(bare, add_config_files=["more.json"])
    elsewhere, source = bare / "elsewhere", bare / "user_data/config.json"
    elsewhere.mkdir()
    (elsewhere / "more.json").write_text("{}")
    source.rename(elsewhere / "config.json")
    source.symlink_to(elsewhere / "config.json")
    result = run("init", "--yes")
    assert result.exit_code == 2
    assert f"--config {elsewhere.resolve() / 'config.json'}" in result.stderr
    assert run("init", "--yes", "-c", str(elsewhere / "config.json")).exit_code == 0


def test_nothing_is_written_through_a_link(run: Run, bare: Path) -> None:
    precious = bare / "precious.json"
    precious.write_text("{}")
    (bare / "user_data/config.risk.json").symlink_to(precious)
    result = run("init", "--yes")
    assert result.exit_code == 2
    assert "is a link" in result.stderr
    assert precious.read_text() == "{}"


def test_the_environment_is_named_where_it_wins(
    run: Run, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FREQTRADE__RISK__STOP__NORMAL_PCT", "2.5")
    result = run("init", "--yes")
    assert result.exit_code == 0, result.output
    assert "FREQTRADE__RISK__STOP__NORMAL_PCT" in result.output
    made = load_from_files([str(bare / "user_data/config.risk.json")])
    assert made["risk"]["stop"] == {"normal_pct": 5}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "is no valid configuration"),
        (b"[]", "is no valid configuration"),
        (b'\xef\xbb\xbf{"dry_run": true}', "without BOM"),
        (b'{"bot_name": "\xff"}', "UTF-8"),
    ],
)
def test_a_broken_configuration_is_one_message(
    content: bytes, says: str, run: Run, home: Path
) -> None:
    (home / "user_data/config.json").write_bytes(content)
    result = run("init", "--yes")
    assert result.exit_code == 2
    assert says in result.stderr
    assert "Traceback" not in result.output


def test_line_ends_stay_as_they_are(run: Run, bare: Path) -> None:
    source = bare / "user_data/config.json"
    source.write_bytes(b'{\r\n  // the bot\r\n  "dry_run": true\r\n}\r\n')
    assert run("init", "--yes").exit_code == 0
    made = (bare / "user_data/config.risk.json").read_bytes()
    assert made.count(b"\r\n") == made.count(b"\n")
    assert b"  // the bot\r\n" in made
    assert b'\r\n  "risk": {\r\n' in made  # indented as the rest is
    assert parse_config_text(made.decode(), "x")["dry_run"] is True
