"""riskplugin init: into an existing user_data, nothing overwritten unasked."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from freqtrade.configuration.load_config import load_from_files
from freqtrade.resolvers.strategy_resolver import StrategyResolver

from riskplugin.config import PRESETS, parse
from tests.cli.conftest import STRATEGY, Run, change

pytestmark = pytest.mark.spec("CF-1", "CF-2")


def written(home: Path, name: str = "config.risk.json") -> dict[str, Any]:
    return dict(load_from_files([str(home / "user_data" / name)]))


@pytest.fixture
def bare(home: Path) -> Path:
    """A home whose configuration has no section yet."""
    change(home, risk=None)
    return home


def test_the_copy_has_the_section_and_the_original_is_as_it_was(run: Run, bare: Path) -> None:
    source = bare / "user_data/config.json"
    before = source.read_text()
    result = run("init", "--yes")
    assert result.exit_code == 0, result.output
    assert source.read_text() == before
    config = written(bare)
    assert parse(config["risk"]).version == parse({}).version
    assert {**config, "risk": 0, "strategy": 0, "config_files": 0} == {
        **json.loads(before),
        "risk": 0,
        "strategy": 0,
        "config_files": 0,
    }
    assert '+    "risk": {' in result.output


def test_the_strategy_that_the_configuration_names_is_guarded(run: Run, bare: Path) -> None:
    result = run("init", "--yes")
    assert written(bare)["strategy"] == "MyStrategyGuarded"
    config = {**written(bare), "user_data_dir": bare / "user_data", "dry_run": True}
    kind = type(StrategyResolver.load_strategy(config))
    assert [base.__name__ for base in kind.__mro__[1:3]] == ["RiskMixin", "MyStrategy"]
    assert "+class MyStrategyGuarded(RiskMixin, MyStrategy):" in result.output


def test_the_only_strategy_is_guarded_though_nobody_named_it(run: Run, bare: Path) -> None:
    change(bare, strategy=None)
    (bare / "user_data/strategies/sample_strategy.py").write_text(
        STRATEGY.replace("MyStrategy", "SampleStrategy")
    )
    result = run("init", "--yes")
    assert (bare / "user_data/strategies/my_strategy_guarded.py").is_file(), result.output
    assert "strategy" not in written(bare)
    assert "--strategy MyStrategyGuarded" in result.output


def test_of_several_strategies_none_is_guessed(run: Run, bare: Path) -> None:
    change(bare, strategy=None)
    folder = bare / "user_data/strategies"
    (folder / "other.py").write_text(STRATEGY.replace("MyStrategy", "Other"))
    result = run("init", "--yes")
    assert (folder / "risk_example.py").is_file()
    assert "several strategies (MyStrategy, Other)" in result.output
    named = run("init", "--yes", "--strategy", "Other")
    assert named.exit_code == 0, named.output
    assert (folder / "other_guarded.py").is_file()
    again = run("init")  # it remembers which
    assert again.output.count("unchanged") == 2
    assert "--strategy OtherGuarded" in again.output


def test_a_strategy_that_is_guarded_already_is_taken_as_it_is(run: Run, bare: Path) -> None:
    run("guard", "MyStrategy")
    change(bare, strategy="MyStrategyGuarded")
    result = run("init", "--yes")
    assert result.exit_code == 0, result.output
    assert written(bare)["strategy"] == "MyStrategyGuarded"
    assert "--strategy MyStrategyGuarded" in result.output


def test_without_any_strategy_there_is_an_example_that_freqtrade_loads(
    run: Run, bare: Path
) -> None:
    change(bare, strategy=None)
    (bare / "user_data/strategies/my_strategy.py").unlink()
    assert run("init", "--yes").exit_code == 0
    config = {
        "strategy": "RiskExample",
        "user_data_dir": bare / "user_data",
        "stake_currency": "USDT",
        "risk": {"ledger": {"url": "sqlite://"}},
        "dry_run": True,
    }
    strategy = StrategyResolver.load_strategy(config)
    assert [base.__name__ for base in type(strategy).__mro__[:2]] == ["RiskExample", "RiskMixin"]


def test_an_unknown_strategy_writes_nothing(run: Run, bare: Path) -> None:
    result = run("init", "--yes", "--strategy", "Nobody")
    assert result.exit_code == 2
    assert "there is no class Nobody" in result.stderr
    assert not (bare / "user_data/config.risk.json").exists()


def test_without_a_yes_nothing_is_written(run: Run, bare: Path) -> None:
    before = sorted(bare.rglob("*"))
    result = run("init", answer="n\nn\n")
    assert result.exit_code == 0
    assert "left alone" in result.output
    assert sorted(bare.rglob("*")) == before


def test_a_copy_never_names_a_guarded_class_that_is_not_there(run: Run, bare: Path) -> None:
    result = run("init", answer="n\ny\n")
    assert written(bare)["strategy"] == "MyStrategy"
    assert "riskplugin guard MyStrategy" in result.output


def test_a_dry_run_shows_all_and_writes_nothing(run: Run, bare: Path) -> None:
    before = sorted(bare.rglob("*"))
    result = run("init", "--dry-run")
    assert result.exit_code == 0, result.output
    assert '+    "risk": {' in result.output
    assert "+class MyStrategyGuarded" in result.output
    assert sorted(bare.rglob("*")) == before


def test_a_file_in_the_way_is_shown_as_a_difference_and_asked_about(run: Run, bare: Path) -> None:
    target = bare / "user_data/config.risk.json"
    target.write_text('{"mine": 1}\n')
    result = run("init", answer="n\nn\n")
    assert "Overwrite" in result.output
    assert '-{"mine": 1}' in result.output
    assert target.read_text() == '{"mine": 1}\n'


def test_a_yes_in_advance_does_not_speak_for_files_of_other_people(run: Run, bare: Path) -> None:
    target = bare / "user_data/config.risk.json"
    target.write_text('{"mine": 1}\n')
    result = run("init", "--yes")
    assert result.exit_code == 1
    assert "left alone" in result.output
    assert target.read_text() == '{"mine": 1}\n'


def test_a_second_time_changes_nothing(run: Run, bare: Path) -> None:
    run("init", "--yes", "--preset", "conservative")
    before = {path: path.read_bytes() for path in bare.rglob("*") if path.is_file()}
    result = run("init")  # the preset is remembered: a second init loosens nothing
    assert result.exit_code == 0
    assert result.output.count("unchanged") == 2
    assert {path: path.read_bytes() for path in bare.rglob("*") if path.is_file()} == before


def test_a_configuration_that_has_the_section_is_left_alone(run: Run) -> None:
    result = run("init", "--yes")
    assert result.exit_code == 2
    assert 'has a section "risk" already' in result.stderr


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("full", [False, True])
def test_the_section_is_that_of_the_preset(preset: str, full: bool, run: Run, bare: Path) -> None:
    more = ["--full"] if full else []
    assert run("init", "--yes", "--preset", preset, *more).exit_code == 0
    section = written(bare)["risk"]
    assert parse(section).section == parse(PRESETS[preset].section).section
    if full:
        assert section == parse(section).section


def test_an_unknown_preset_is_wrong_use_and_the_known_ones_are_named(run: Run, bare: Path) -> None:
    result = run("init", "--yes", "--preset", "reckless")
    assert result.exit_code == 2
    assert "conservative" in result.output


def test_who_may_not_read_the_original_may_not_read_the_copy(run: Run, bare: Path) -> None:
    (bare / "user_data/config.json").chmod(0o600)
    run("init", "--yes")
    for name in ("config.risk.json", ".riskplugin-init.json"):
        assert (bare / "user_data" / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.spec("AU-4")
def test_no_secret_of_the_configuration_is_shown(run: Run, bare: Path) -> None:
    change(bare, api_server={"password": "geheim-1234"})
    shown = run("init", "--yes").output
    shown += run("init", "--undo", answer="n\nn\n").output
    (bare / "user_data/config.risk.json").write_text('{"api_server": {"password": "geheim-1234"}}')
    shown += run("init", "--undo", answer="n\nn\n").output
    assert '"password": "***"' in shown
    assert "geheim-1234" not in shown


@pytest.mark.slow
def test_the_commands_that_come_next_name_what_is_there(run: Run, bare: Path) -> None:
    (bare / "user_data").rename(bare / "my data")
    result = run("init", "--yes", "--userdir", "my data")
    lines = [line.strip() for line in result.output.splitlines()]
    commands = [line for line in lines if line.startswith(("riskplugin ", "freqtrade "))]
    assert len(commands) == 5
    assert all("--userdir 'my data'" in command for command in commands)
    for command in commands[:3]:
        done = run(*shlex.split(command)[1:])
        assert done.exit_code in (0, 1), done.output + str(done.stderr)
    assert run(*shlex.split(commands[-1])[1:], "--yes").exit_code == 0


def test_a_strategy_below_the_folder_is_found_by_the_commands(
    run: Run, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare / "user_data/strategies/deep").mkdir()
    (bare / "user_data/strategies/my_strategy.py").rename(
        bare / "user_data/strategies/deep/my_strategy.py"
    )
    lines = [line.strip() for line in run("init", "--yes").output.splitlines()]
    variable, *check = next(shlex.split(line) for line in lines if "riskplugin check" in line)
    monkeypatch.setenv(*variable.split("="))
    done = run(*check[1:], "--no-run")
    assert "unguarded" not in done.output
    assert "cannot load" not in done.output
    assert any(
        "freqtrade trade" in line and "--recursive-strategy-search" in line for line in lines
    )
