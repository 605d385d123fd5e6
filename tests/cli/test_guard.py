"""riskplugin guard: the file it writes is what freqtrade really loads."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from freqtrade.optimize.hyperopt.hyperopt_optimizer import cloudpickle
from freqtrade.resolvers.strategy_resolver import StrategyResolver

from riskplugin.cli.guard import snake_case
from tests.cli.conftest import STRATEGY, Run, change_strategy

pytestmark = pytest.mark.spec("CF-2")


def load(home: Path, name: str = "MyStrategyGuarded", **keys: Any) -> Any:
    config = {
        "strategy": name,
        "user_data_dir": home / "user_data",
        "stake_currency": "USDT",
        "dry_run": True,
        "risk": {"ledger": {"url": "sqlite://"}},
        **keys,
    }
    return StrategyResolver.load_strategy(config)


def names(strategy: Any) -> list[str]:
    return [base.__name__ for base in type(strategy).__mro__]


def test_freqtrade_loads_the_guarded_strategy(run: Run, home: Path) -> None:
    result = run("guard", "MyStrategy")
    assert result.exit_code == 0, result.output
    assert "my_strategy_guarded.py" in result.output
    strategy = load(home)
    assert names(strategy)[:3] == ["MyStrategyGuarded", "RiskMixin", "MyStrategy"]
    assert strategy.stoploss == -0.04
    assert (home / "user_data/strategies/my_strategy.py").read_text() == STRATEGY
    assert str(home / "user_data/strategies") not in sys.path


def test_the_class_line_is_the_one_people_would_write(run: Run, home: Path) -> None:
    run("guard", "MyStrategy")
    text = (home / "user_data/strategies/my_strategy_guarded.py").read_text()
    assert "class MyStrategyGuarded(RiskMixin, MyStrategy):" in text


def test_a_reload_reads_the_edited_strategy(run: Run, home: Path) -> None:
    run("guard", "MyStrategy")
    assert load(home).stoploss == -0.04
    change_strategy(home, "-0.04", "-0.021")
    assert load(home).stoploss == -0.021


def test_hyperopt_can_send_it_to_a_worker(run: Run, home: Path) -> None:
    """As hyperopt does it: the bases' modules by value, into a process without the folder."""
    run("guard", "MyStrategy")
    strategy = load(home)
    register_by_value(type(strategy).__bases__)
    file = home / "strategy.pickle"
    file.write_bytes(cloudpickle.dumps(type(strategy)))
    code = (
        "import pickle, sys; c = pickle.loads(open(sys.argv[1], 'rb').read()); "
        "print(c.__name__, c.stoploss, [b.__name__ for b in c.__mro__[1:3]])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(file)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout == "MyStrategyGuarded -0.04 ['RiskMixin', 'MyStrategy']\n", ran.stderr


def register_by_value(bases: tuple[type, ...]) -> None:
    """freqtrade's hyperopt_pickle_magic."""
    for base in bases:
        if base.__name__ != "IStrategy":
            if module := sys.modules.get(base.__module__):
                cloudpickle.register_pickle_by_value(module)
            register_by_value(base.__bases__)


def test_a_strategy_below_the_folder_is_guarded_beside_itself(run: Run, home: Path) -> None:
    below = home / "user_data/strategies/deep"
    below.mkdir()
    (below / "other.py").write_text(STRATEGY.replace("MyStrategy", "DeepStrategy"))
    assert run("guard", "DeepStrategy").exit_code == 0
    assert (below / "deep_strategy_guarded.py").is_file()
    strategy = load(home, "DeepStrategyGuarded", recursive_strategy_search=True)
    assert "DeepStrategy" in names(strategy)


def test_the_parameters_of_hyperopt_come_along(run: Run, home: Path) -> None:
    parameters = {"strategy_name": "MyStrategy", "params": {"stoploss": {"stoploss": -0.033}}}
    file = home / "user_data/strategies/my_strategy.json"
    file.write_text(json.dumps(parameters))
    assert run("guard", "MyStrategy").exit_code == 0
    assert load(home, "MyStrategy").stoploss == -0.033
    assert load(home).stoploss == -0.033


def test_twice_is_fine_and_a_changed_file_is_not_overwritten(run: Run, home: Path) -> None:
    assert run("guard", "MyStrategy").exit_code == 0
    assert run("guard", "MyStrategy").exit_code == 0
    file = home / "user_data/strategies/my_strategy_guarded.py"
    file.write_text("# mine")
    refused = run("guard", "MyStrategy")
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert file.read_text() == "# mine"
    assert run("guard", "MyStrategy", "--force").exit_code == 0
    assert "RiskMixin" in file.read_text()


def test_an_unknown_strategy_is_wrong_use_and_the_known_ones_are_named(run: Run) -> None:
    result = run("guard", "MyStrat")
    assert result.exit_code == 2
    assert "there is no class MyStrat" in result.stderr
    assert "MyStrategy" in result.stderr


def test_a_guarded_strategy_is_not_guarded_again(run: Run) -> None:
    run("guard", "MyStrategy")
    result = run("guard", "MyStrategyGuarded")
    assert result.exit_code == 2
    assert "guarded already" in result.stderr


@pytest.mark.parametrize("stem", ["my-strategy", "types", "numpy", "riskplugin"])
def test_a_file_that_cannot_be_imported_by_its_name_is_said(
    stem: str, run: Run, home: Path
) -> None:
    folder = home / "user_data/strategies"
    (folder / "my_strategy.py").rename(folder / f"{stem}.py")
    result = run("guard", "MyStrategy")
    assert result.exit_code == 2
    assert f"rename {stem}.py" in result.stderr
    assert len(list(folder.iterdir())) == 1


def test_broken_and_hidden_files_do_not_disturb(run: Run, home: Path) -> None:
    folder = home / "user_data/strategies"
    (folder / "broken.py").write_text("class (")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints/my_strategy.py").write_text(STRATEGY)
    assert run("guard", "MyStrategy").exit_code == 0


def test_a_folder_that_is_no_user_data_is_wrong_use(run: Run) -> None:
    result = run("guard", "MyStrategy", "--userdir", "nowhere")
    assert result.exit_code == 2
    assert "nowhere is not a user_data folder" in result.stderr


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("MyStrategy", "my_strategy"),
        ("RSI", "rsi"),
        ("MyRSIStrategy", "my_rsi_strategy"),
        ("NostalgiaForInfinityX5", "nostalgia_for_infinity_x5"),
        ("already_snake", "already_snake"),
    ],
)
def test_the_file_is_named_after_the_class(name: str, file: str) -> None:
    assert snake_case(name) == file


def test_a_module_of_that_name_that_was_imported_from_elsewhere_is_no_obstacle(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = ModuleType("imported_before")
    earlier.__spec__ = ModuleSpec("imported_before", None, origin="elsewhere/imported_before.py")
    monkeypatch.setitem(sys.modules, "imported_before", earlier)
    (home / "user_data" / "strategies" / "imported_before.py").write_text(
        "from freqtrade.strategy import IStrategy\nclass Before(IStrategy):\n    pass\n"
    )
    assert run("guard", "Before").exit_code == 0
