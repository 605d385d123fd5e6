"""The attacks as parameters of a test."""

from __future__ import annotations

from tests.hostile.attacks import Attack, attacks_of


def fights(*files: str) -> list[tuple[Attack, str]]:
    """Each attack of the files with each market that it runs in."""
    return [(attack, market) for attack in attacks_of(*files) for market in attack.markets]


def ids(value: Attack | str) -> str:
    """What a parameter is called."""
    return value.name if isinstance(value, Attack) else value
