"""riskplugin init: into an existing user_data, nothing overwritten unasked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from freqtrade.configuration.load_config import load_from_files
from freqtrade.resolvers.strategy_resolver import StrategyResolver
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.cli.botfiles import parse_config_text
from riskplugin.cli.init import default_section, with_risk
from riskplugin.config import parse
from tests.cli.conftest import Run, change

pytestmark = pytest.mark.spec("CF-1", "CF-2")
SECTION = parse({}).section


def test_the_copy_has_the_section_and_the_original_is_as_it_was(run: Run, home: Path) -> None:
    change(home, risk=None)
    source = home / "user_data/config.json"
    before = source.read_text()
    result = run("init", "--yes")
    assert result.exit_code == 0, result.output
    assert source.read_text() == before
    config = load_from_files([str(home / "user_data/config.risk.json")])
    assert config["risk"] == SECTION
    assert config["strategy"] == "MyStrategy"
    assert '+    "risk": {' in result.output
    assert "riskplugin check" in result.output


def test_the_example_strategy_is_loaded_by_freqtrade(run: Run, home: Path) -> None:
    change(home, risk=None)
    run("init", "--yes")
    config = {
        "strategy": "RiskExample",
        "user_data_dir": home / "user_data",
        "stake_currency": "USDT",
        "risk": {"ledger": {"url": "sqlite://"}},
        "dry_run": True,
    }
    strategy = StrategyResolver.load_strategy(config)
    assert [base.__name__ for base in type(strategy).__mro__[:2]] == ["RiskExample", "RiskMixin"]


def test_without_a_yes_nothing_is_written(run: Run, home: Path) -> None:
    change(home, risk=None)
    result = run("init", answer="n\nn\n")
    assert result.exit_code == 0
    assert "left alone" in result.output
    assert not (home / "user_data/config.risk.json").exists()
    assert not (home / "user_data/strategies/risk_example.py").exists()


def test_a_file_in_the_way_is_shown_as_a_difference_and_asked_about(run: Run, home: Path) -> None:
    change(home, risk=None)
    target = home / "user_data/config.risk.json"
    target.write_text('{"mine": 1}\n')
    result = run("init", answer="n\nn\n")
    assert "Overwrite" in result.output
    assert '-{"mine": 1}' in result.output
    assert target.read_text() == '{"mine": 1}\n'


def test_a_second_time_changes_nothing(run: Run, home: Path) -> None:
    change(home, risk=None)
    run("init", "--yes")
    result = run("init")
    assert result.exit_code == 0
    assert result.output.count("unchanged") == 2


def test_a_configuration_that_has_the_section_is_left_alone(run: Run) -> None:
    result = run("init", "--yes")
    assert result.exit_code == 2
    assert 'has a section "risk" already' in result.stderr


def test_a_broken_configuration_is_one_message(run: Run, home: Path) -> None:
    (home / "user_data/config.json").write_text("{")
    result = run("init", "--yes")
    assert result.exit_code == 2
    assert "is no valid configuration" in result.stderr


def test_files_of_the_plugin_stay_inside_the_userdir() -> None:
    section = default_section(Path("/srv/bot/user_data"))
    assert section["ledger"]["url"] == "sqlite:////srv/bot/user_data/risk.sqlite"
    assert section["control"]["kill_file"] == "/srv/bot/user_data/RISK_KILL"
    parse(section)


@pytest.mark.parametrize(
    "text",
    [
        '{\n    // the bot\n    "dry_run": true\n}\n',
        '{"dry_run": true,}',
        "{}",
        '{"dry_run": true} // the end }',
        '{"dry_run": true /* why } */ }',
        '{"dry_run": true // why\n}',
        '{"bot_name": "}"}',
    ],
)
def test_a_configuration_with_comments_keeps_its_meaning(text: str) -> None:
    before = parse_config_text(text, "x")
    after = parse_config_text(with_risk(text, "x", SECTION), "x")
    assert after == {**before, "risk": SECTION}


def test_comments_are_kept() -> None:
    text = '{\n    // the bot\n    "dry_run": true\n}\n'
    assert "// the bot" in with_risk(text, "x", SECTION)


@given(st.dictionaries(st.text().filter(lambda key: key != "risk"), st.integers() | st.text()))
def test_any_configuration_gets_the_section(config: dict[str, int | str]) -> None:
    after = parse_config_text(with_risk(json.dumps(config), "x", SECTION), "x")
    assert after == {**config, "risk": SECTION}
