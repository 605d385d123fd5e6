"""Every hostile strategy says what it does, is run by a test, and stands in docs/hostile.md."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.hostile import page
from tests.hostile.attacks import Attack, attacks_of, files

ATTACKS = attacks_of(*files())
HERE = Path(__file__).parent


def run_by_tests() -> list[str]:
    """The files of attacks that the test modules name as theirs, in ``FILES``."""
    named: list[str] = []
    for module in HERE.glob("test_*.py"):
        for line in ast.parse(module.read_text(encoding="utf-8")).body:
            if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "FILES":
                named += ast.literal_eval(line.value)
    return sorted(named)


def test_every_file_of_attacks_is_run_by_exactly_one_test_module() -> None:
    assert run_by_tests() == files()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_every_attack_says_in_a_line_what_it_does_and_what_holds_it(attack: Attack) -> None:
    assert attack.says, "a docstring says the attack"
    assert "\n" not in attack.says
    assert attack.held_by
    assert set(attack.markets) <= {"futures", "spot"}
    assert attack.outcome in page.WORDS


def test_no_two_attacks_have_one_name() -> None:
    names = [attack.name for attack in ATTACKS]
    assert sorted(set(names)) == sorted(names)


def test_only_attacks_on_the_mixin_itself_import_riskplugin() -> None:
    """The others are strategies as anybody writes them; ``riskplugin guard`` has guarded them."""
    importing = {
        path.stem
        for path in (HERE / "user_strategies").glob("*.py")
        if "riskplugin import" in path.read_text(encoding="utf-8")
        or "from riskplugin." in path.read_text(encoding="utf-8")
    }
    assert importing == {"attack_structure", "attack_insider"}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_the_page_names_every_attack(attack: Attack) -> None:
    assert f"`{attack.name}`" in page.PAGE.read_text(encoding="utf-8")


def test_the_page_is_current() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    assert text == page.written(), "python -m tests.hostile.page writes it anew"
