"""What a running bot must not change: its mode, its order types. Put back where a strategy did."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from riskplugin.adapter.unmoved import Unmoved
from riskplugin.calm import calm_logger

if TYPE_CHECKING:
    from freqtrade.exchange import Exchange
    from freqtrade.strategy.interface import IStrategy
    from freqtrade.wallets import Wallets

logger = calm_logger(__name__)

#: A live bot that is told to simulate sends its exits to nobody.
_MODES = ("dry_run", "runmode", "trading_mode", "margin_mode")
#: What freqtrade reads of a strategy in the middle of an exit.
_TYPES = ("order_types", "order_time_in_force")


class Truths:
    """The configuration's modes as they were at the start, wherever freqtrade keeps them."""

    def __init__(self, strategy: IStrategy, wallets: Wallets, exchange: Exchange) -> None:
        self._owners = [(o, o._config) for o in (wallets, exchange)]
        configs = [strategy.config, *(config for _, config in self._owners)]
        self._modes = [(c, {m: c[m] for m in _MODES if m in c}) for c in configs]
        self._depth = sys.getrecursionlimit()
        self._types = {name: dict(getattr(strategy, name)) for name in _TYPES}
        self._usable = {name: Unmoved(types) for name, types in self._types.items()}
        self._unmoved = [(config, Unmoved(modes)) for config, modes in self._modes]

    def hold(self) -> bool:
        """Put back what was changed; True when nothing was."""
        changed = [*self._moved(), *self._changed()]
        if sys.getrecursionlimit() < self._depth:
            sys.setrecursionlimit(self._depth)
            changed.append("the recursion limit")
        if changed:
            logger.error("riskplugin: %s had been changed; put back", ", ".join(changed))
        return not changed

    def hold_types(self, strategy: IStrategy) -> None:
        """Order types that freqtrade cannot read would end the bot before its exits."""
        for name, types in self._types.items():
            found = getattr(strategy, name, None)
            if type(found) is dict and self._usable[name].held_by(found):
                continue
            if type(found) is not dict or not all(
                isinstance(found.get(key), str if isinstance(value, str) else int | float)
                for key, value in types.items()
            ):
                logger.error("riskplugin: %s is unusable; put back", name)
                setattr(strategy, name, dict(types))
            else:
                self._usable[name] = Unmoved({key: found[key] for key in types})

    def _moved(self) -> Iterator[str]:
        for owner, config in self._owners:
            if owner._config is not config:
                owner._config = config
                yield f"the configuration of {type(owner).__name__}"

    def _changed(self) -> Iterator[str]:
        if all(unmoved.held_by(config) for config, unmoved in self._unmoved):
            return
        for config, modes in self._modes:
            for mode, value in modes.items():
                if config.get(mode) is not value and config.get(mode) != value:
                    config[mode] = value
                    yield mode
