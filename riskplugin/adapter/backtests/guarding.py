"""With and without the plugin, whatever a strategy derives from; its files stay as they are.

With: the class that freqtrade finds is given RiskMixin as its first base, in memory, as the file
that ``riskplugin guard`` writes would do. Without: a class that has the mixin itself runs as it is,
but no session stands behind its seals, so that every hook is the strategy's own, no guard is
posted, and no stop is held. freqtrade's analysis tools see guarded strategies the same way.
"""

from __future__ import annotations

from pathlib import Path
from types import new_class
from typing import Any

from freqtrade.resolvers import StrategyResolver

from riskplugin.adapter import registry
from riskplugin.adapter.mixin import RiskMixin


def put_on() -> None:
    """From here on this process loads strategies guarded."""
    search = StrategyResolver._search_object

    def found(directory: Path, *, object_name: str, add_source: bool = False) -> Any:
        kind, path = search(directory=directory, object_name=object_name, add_source=add_source)
        return (kind, path) if kind is None else (guarded(kind), path)

    StrategyResolver._search_object = staticmethod(found)


def take_off() -> None:
    """From here on no backtest of this process is guarded."""
    registry.leave_backtests()


def guarded(kind: type) -> type:
    """``kind`` with the mixin before it, under its own name; ``kind`` itself when it has it."""
    if issubclass(kind, RiskMixin):
        return kind
    own = {name: getattr(kind, name) for name in ("__module__", "__qualname__", "__doc__")}
    return new_class(kind.__name__, (RiskMixin, kind), exec_body=lambda names: names.update(own))
