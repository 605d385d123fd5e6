"""Which strategy is to be guarded: the one named, the one configured, the only one; else none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riskplugin.cli.guard import (
    FoundStrategy,
    find_strategy,
    guarded_name,
    is_guarded,
    strategies_in,
    unguarded,
)
from riskplugin.cli.init import example


@dataclass(frozen=True, slots=True)
class Choice:
    """The strategy to run; ``guards`` is the one that has to be guarded for it, if any.

    ``folder`` is where the strategies lie, ``others`` are strategies among which init cannot
    choose.
    """

    run: str
    folder: Path
    guards: FoundStrategy | None = None
    is_example: bool = False
    others: tuple[str, ...] = ()

    @property
    def file(self) -> Path | None:
        """The strategy's own file."""
        return None if self.guards is None else self.guards.file


def choose(
    userdir: Path, settings: Mapping[str, Any], named: str | None, before: str | None
) -> Choice:
    """The strategy to run with a configuration of these ``settings``.

    ``named`` on the command line comes first, then the configuration's, then the one that init
    chose ``before``. Raises UsageError when the named one cannot be found.
    """
    folder = _folder(userdir, settings, named)
    classes = strategies_in(folder)
    names = {each.name for each in classes}
    if named is not None:
        return _of(find_strategy(named, folder), classes, folder)
    for name in (settings.get("strategy"), before):
        if name in names:
            return _of(find_strategy(str(name), folder), classes, folder)
    found = unguarded(classes)
    if len(found) == 1:
        return _of(found[0], classes, folder)
    return Choice(
        example.NAME,
        userdir / "strategies",
        is_example=True,
        others=tuple(sorted(each.name for each in found)),
    )


def _of(found: FoundStrategy, classes: list[FoundStrategy], folder: Path) -> Choice:
    if is_guarded(found, classes):
        return Choice(found.name, folder)
    return Choice(guarded_name(found.name), folder, guards=found)


def _folder(userdir: Path, settings: Mapping[str, Any], named: str | None) -> Path:
    """freqtrade looks into strategy_path first."""
    other, usual = settings.get("strategy_path"), userdir / "strategies"
    wanted = named or settings.get("strategy")
    if other and any(each.name == wanted for each in strategies_in(Path(str(other)))):
        return Path(str(other))
    return usual
