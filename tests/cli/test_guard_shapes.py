"""riskplugin guard with strategies as people have them: freqtrade loads what it writes."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from freqtrade.enums import CandleType
from freqtrade.resolvers.strategy_resolver import StrategyResolver

from tests.cli.conftest import STRATEGY, Run

pytestmark = pytest.mark.spec("CF-2")
SHAPES = Path(__file__).parents[1] / "shapes" / "user_strategies"
DERIVED = """
from {module} import {base}


class MyStrategy({base}):
    stoploss = -0.07
"""
TUNED = """
from freqtrade.strategy import IntParameter


class MyStrategy(Base):
    buy_params = {{"buy_length": 7, "buy_width": 3}}
    buy_length = IntParameter(1, 20, default=5, space="buy")
    buy_width = IntParameter(1, 20, default=5, space="buy")
    buy_depth = IntParameter(1, 20, default=5, space="buy")
"""


@pytest.fixture
def folder(home: Path) -> Iterator[Path]:
    """The folder of strategies; what a test imports from it is forgotten afterwards."""
    known = set(sys.modules)
    yield home / "user_data/strategies"
    for name in set(sys.modules) - known:
        file = getattr(sys.modules[name], "__file__", None)
        if file and str(home) in file:
            del sys.modules[name]


def load(folder: Path, name: str = "MyStrategyGuarded", **keys: Any) -> Any:
    config = {
        "strategy": name,
        "user_data_dir": folder.parent,
        "stake_currency": "USDT",
        "dry_run": True,
        "candle_type_def": CandleType.SPOT,
        "risk": {"ledger": {"url": "sqlite://"}},
        **keys,
    }
    return StrategyResolver.load_strategy(config)


def names(strategy: Any) -> list[str]:
    return [base.__name__ for base in type(strategy).__mro__]


def guarded(run: Run, name: str, *options: str) -> str:
    result = run("guard", name, *options)
    assert result.exit_code == 0, result.output + result.stderr
    return result.output


@pytest.mark.parametrize(
    ("file", "module"), [("base.py", "base"), ("family/elder.py", "family.elder")]
)
def test_a_base_class_in_another_file(file: str, module: str, run: Run, folder: Path) -> None:
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text(STRATEGY.replace("MyStrategy", "Base"))
    (folder / "my_strategy.py").write_text(DERIVED.format(module=module, base="Base"))
    guarded(run, "MyStrategy")
    strategy = load(folder)
    assert names(strategy)[:4] == ["MyStrategyGuarded", "RiskMixin", "MyStrategy", "Base"]
    assert strategy.stoploss == -0.07


def test_a_parent_that_is_guarded_is_enough(run: Run, folder: Path) -> None:
    guarding = "from riskplugin import RiskMixin as Mixin\n"
    text = guarding + STRATEGY.replace("MyStrategy(IStrategy)", "Base(Mixin, IStrategy)")
    (folder / "base.py").write_text(text)
    (folder / "my_strategy.py").write_text(DERIVED.format(module="base", base="Base"))
    result = run("guard", "MyStrategy")
    assert result.exit_code == 2
    assert "guarded already" in result.stderr
    assert "RiskMixin" in names(load(folder, "MyStrategy"))


@pytest.mark.parametrize(
    ("shape", "name"),
    [("informed", "Informed"), ("everything", "Everything"), ("version2", "Version2")],
)
def test_the_shapes_that_people_write(shape: str, name: str, run: Run, folder: Path) -> None:
    shutil.copy(SHAPES / f"{shape}.py", folder)
    guarded(run, name)
    strategy = load(folder, f"{name}Guarded")
    plain = load(folder, name)
    assert names(strategy)[1:3] == ["RiskMixin", name]
    assert strategy.INTERFACE_VERSION == plain.INTERFACE_VERSION
    assert [each for each, _ in strategy._ft_informative] == [
        each for each, _ in plain._ft_informative
    ]
    assert len(strategy._ft_informative) == (shape == "informed")


def test_parameters_of_class_and_file_are_the_strategys(run: Run, folder: Path) -> None:
    base = STRATEGY.replace("MyStrategy", "Base")
    (folder / "my_strategy.py").write_text(base + TUNED.replace("{{", "{").replace("}}", "}"))
    found = {"buy": {"buy_width": 11}}
    (folder / "my_strategy.json").write_text(
        json.dumps({"strategy_name": "MyStrategy", "params": found})
    )
    guarded(run, "MyStrategy")
    for strategy in (load(folder, "MyStrategy"), load(folder)):
        strategy.ft_load_hyper_params()
        values = [getattr(strategy, f"buy_{name}").value for name in ("length", "width", "depth")]
        assert values == [7, 11, 5]


def test_two_classes_in_one_file_are_two_guarded_ones(run: Run, folder: Path) -> None:
    other = "\n\nclass Other(MyStrategy):\n    stoploss = -0.08\n"
    (folder / "my_strategy.py").write_text(STRATEGY + other)
    for name, stoploss in (("MyStrategy", -0.04), ("Other", -0.08)):
        guarded(run, name)
        assert load(folder, f"{name}Guarded").stoploss == stoploss


def test_the_parameters_of_another_class_are_not_taken(run: Run, folder: Path) -> None:
    parameters = {"strategy_name": "Other", "params": {"stoploss": {"stoploss": -0.9}}}
    (folder / "my_strategy.json").write_text(json.dumps(parameters))
    assert "not copied" in guarded(run, "MyStrategy")
    assert load(folder).stoploss == -0.04


def test_below_the_folder_the_commands_say_how_freqtrade_finds_it(run: Run, folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "my_strategy.py").rename(folder / "deep/my_strategy.py")
    assert "--recursive-strategy-search" in guarded(run, "MyStrategy")
    assert load(folder, recursive_strategy_search=True).stoploss == -0.04


def test_a_folder_of_ones_own(run: Run, folder: Path, home: Path) -> None:
    (home / "mine").mkdir()
    (folder / "my_strategy.py").rename(home / "mine/my_strategy.py")
    assert "--strategy-path mine" in guarded(run, "MyStrategy", "--strategy-path", "mine")
    assert load(folder, strategy_path="mine").stoploss == -0.04
    missing = run("guard", "MyStrategy", "--strategy-path", "nowhere")
    assert missing.exit_code == 2
    assert "no folder nowhere" in missing.stderr


def test_a_link_finds_what_lies_where_it_leads_to(run: Run, folder: Path, home: Path) -> None:
    (home / "repository").mkdir()
    (home / "repository/base.py").write_text(STRATEGY.replace("MyStrategy", "Base"))
    (home / "repository/my_strategy.py").write_text(DERIVED.format(module="base", base="Base"))
    (folder / "my_strategy.py").unlink()
    (folder / "my_strategy.py").symlink_to(home / "repository/my_strategy.py")
    guarded(run, "MyStrategy")
    before = list(sys.path)
    try:
        assert load(folder).stoploss == -0.07
    finally:
        sys.path[:] = before


def test_classes_behind_a_condition_are_found(run: Run, folder: Path) -> None:
    text = "try:\n    import nowhere\nexcept ImportError:\n    nowhere = None\nif True:\n"
    lines = (f"    {line}" if line else "" for line in STRATEGY.splitlines())
    (folder / "my_strategy.py").write_text(text + "\n".join(lines) + "\n")
    guarded(run, "MyStrategy")
    assert load(folder).stoploss == -0.04


def test_another_class_of_that_name_is_said(run: Run, folder: Path) -> None:
    (folder / "aaa.py").write_text(STRATEGY.replace("MyStrategy", "MyStrategyGuarded"))
    result = run("guard", "MyStrategy")
    assert result.exit_code == 2
    assert "aaa.py has a class MyStrategyGuarded already" in result.stderr


def test_a_strategy_is_never_overwritten_by_its_guard(run: Run, folder: Path) -> None:
    (folder / "my_strategy.py").rename(folder / "my_strategy_guarded.py")
    result = run("guard", "MyStrategy", "--force")
    assert result.exit_code == 2
    assert "rename it" in result.stderr
    assert (folder / "my_strategy_guarded.py").read_text() == STRATEGY


def test_a_package_of_the_same_name_is_said(run: Run, folder: Path) -> None:
    (folder / "my_strategy").mkdir()
    (folder / "my_strategy/__init__.py").write_text("")
    result = run("guard", "MyStrategy")
    assert result.exit_code == 2
    assert "the name of the package beside it" in result.stderr


def test_what_guard_wrote_can_be_removed(run: Run, folder: Path) -> None:
    (folder / "my_strategy.json").write_text('{"strategy_name": "MyStrategy", "params": {}}')
    before = sorted(folder.iterdir())
    guarded(run, "MyStrategy")
    assert len(list(folder.iterdir())) == len(before) + 2
    assert "removed" in guarded(run, "MyStrategy", "--remove")
    assert sorted(folder.iterdir()) == before
    again = run("guard", "MyStrategy", "--remove")
    assert again.exit_code == 2
    assert "nothing to remove" in again.stderr


def test_what_was_changed_since_is_not_removed(run: Run, folder: Path) -> None:
    (folder / "my_strategy.json").write_text('{"strategy_name": "MyStrategy", "params": {}}')
    guarded(run, "MyStrategy")
    file, parameters = (folder / f"my_strategy_guarded.{end}" for end in ("py", "json"))
    written = file.read_text()
    file.write_text(f"{written}    stoploss = -0.01\n")
    result = run("guard", "MyStrategy", "--remove")
    assert result.exit_code == 2
    assert "not as riskplugin guard wrote it" in result.stderr
    assert file.is_file()
    file.write_text(written)
    parameters.write_text("{}")
    assert "left alone" in guarded(run, "MyStrategy", "--remove")
    assert parameters.is_file()
    assert not file.exists()


def test_it_can_be_removed_after_the_strategy_is_gone(run: Run, folder: Path) -> None:
    guarded(run, "MyStrategy")
    (folder / "my_strategy.py").unlink()
    guarded(run, "MyStrategy", "--remove")
    assert list(folder.iterdir()) == []
