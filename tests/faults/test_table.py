"""docs/faults.md names every fault that is tested here, and no test that does not exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import test_clock, test_exchange, test_ledger, test_starts

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "faults.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
FAULTS = [
    *test_exchange.ALL,
    *test_clock.STEPS,
    *test_ledger.BROKEN,
    *test_starts.DAMAGE,
    *test_starts.UNUSABLE,
]


def functions_of(file: Path) -> Iterator[str]:
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name


def faults_here() -> list[tuple[str, str]]:
    files = sorted(Path(__file__).parent.glob("test_*.py"))
    return [
        (str(file.relative_to(ROOT)), name)
        for file in files
        if file != Path(__file__)
        for name in functions_of(file)
    ]


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_what_the_page_names_exists(file: str, name: str) -> None:
    assert name in functions_of(ROOT / file)


@pytest.mark.parametrize(("file", "name"), faults_here())
def test_every_test_of_a_fault_is_on_the_page(file: str, name: str) -> None:
    assert (file, name) in NAMED


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_on_the_page(fault: str) -> None:
    assert re.search(rf"\b{re.escape(fault)}\b", PAGE)
