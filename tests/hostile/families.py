"""The attacks as parameters of a test."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hostile.attacks import Attack, attacks_of


def fights(*files: str) -> list[Any]:
    """Each attack of the files with each market that it runs in; its second is exhaustive."""
    return [
        pytest.param(attack, market, marks=[pytest.mark.exhaustive] if number else [])
        for attack in attacks_of(*files)
        for number, market in enumerate(attack.markets)
    ]


def ids(value: Attack | str) -> str:
    """What a parameter is called."""
    return value.name if isinstance(value, Attack) else value
