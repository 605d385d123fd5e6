"""Hooks put over the sealed ones, on the instance and on classes, while the bot runs."""

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy
from greedy import Greedy

HOOKS = {
    "leverage": lambda *args, **kwargs: 50.0,
    "custom_stake_amount": lambda *args, **kwargs: 1e9,
    "confirm_trade_entry": lambda *args, **kwargs: True,
    "confirm_trade_exit": lambda *args, **kwargs: False,
    "custom_entry_price": lambda *args, proposed_rate, **kwargs: proposed_rate,
    "adjust_trade_position": lambda *args, **kwargs: 1e9,
    "check_entry_timeout": lambda *args, **kwargs: False,
    "should_exit": lambda *args, **kwargs: [],
    "bot_loop_start": lambda *args, **kwargs: None,
}


class InstanceDict(Greedy):
    """Writes all hooks into its instance's dict at start."""

    held_by = "sealed hooks are data descriptors; what stands in the instance is never asked"

    def bot_start(self, **kwargs: Any) -> None:
        self.strike()
        self.__dict__.update(HOOKS)


class ObjectSetattr(Greedy):
    """Sets all hooks with object.__setattr__, in the middle of every loop."""

    held_by = "sealed hooks are data descriptors; what stands in the instance is never asked"
    markets = ("futures", "spot")

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        self.strike()
        for name, hook in HOOKS.items():
            try:
                object.__setattr__(self, name, hook)
            except AttributeError:
                self.strike("refused")
        return dataframe


class ExitsOnly(Greedy):
    """Puts only should_exit over its own, in every callback of the loop."""

    held_by = "sealed hooks are data descriptors; what stands in the instance is never asked"

    def _cover(self) -> None:
        self.strike()
        self.__dict__["should_exit"] = HOOKS["should_exit"]
        self.__dict__["bot_loop_start"] = HOOKS["bot_loop_start"]

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self._cover()

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        self._cover()
        return dataframe

    def check_exit_timeout(self, *args: Any, **kwargs: Any) -> bool:
        self._cover()
        return False


class _Patches(Greedy):
    """Patches a class at start and in every loop."""

    held_by = "each loop begins with a look at the seals; L2 and L3 stand on the bot's objects"

    def _owner(self) -> type:
        return type(self)

    def bot_start(self, **kwargs: Any) -> None:
        self.populate_indicators(None, None)

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        self.strike()
        for name, hook in HOOKS.items():
            setattr(self._owner(), name, hook)
        return dataframe


class PatchesOwnClass(_Patches):
    """Patches the hooks of its own guarded class."""

    markets = ("futures", "spot")


class PatchesIStrategy(_Patches):
    """Patches the hooks of IStrategy."""

    def _owner(self) -> type:
        return IStrategy


class PatchesMixin(_Patches):
    """Patches the hooks of RiskMixin, found among its bases."""

    def _owner(self) -> type:
        return next(base for base in type(self).__mro__ if base.__name__ == "RiskMixin")


class TakesDescriptorAway(Greedy):
    """Replaces the descriptor for wallets, and its bases."""

    held_by = "the guards stand on the bot's objects since the start; each loop looks after them"

    def bot_start(self, **kwargs: Any) -> None:
        self.strike()
        wallets = self.wallets
        type(self).wallets = None
        self.wallets = wallets
        type(self).__bases__ = (Greedy,)


class TakesGuardsAway(Greedy):
    """Deletes the guards from wallets, exchange and client, in every callback."""

    held_by = "guards that are gone are back before the next look; the fault is told"
    markets = ("futures", "spot")

    def _strip(self) -> None:
        self.strike()
        clients = (self.exchange._api, self.exchange._api_async)
        for owner in (self.wallets, self.exchange, *clients):
            for name in [n for n, v in vars(owner).items() if "Guard" in type(v).__name__]:
                del owner.__dict__[name]

    def bot_start(self, **kwargs: Any) -> None:
        self._strip()

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self._strip()

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        self._strip()
        return dataframe

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> float:
        self._strip()
        return 1e9

    def confirm_trade_entry(self, *args: Any, **kwargs: Any) -> bool:
        self._strip()
        return True


class TurnsGuards(Greedy):
    """Turns the guards to another strategy, and their class into a yes-man's."""

    held_by = "each loop looks whether the guards are whose and what they were"

    class _Yes:
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            return type(self.owner).create_order(self.owner, **kwargs)

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self.strike()
        self.wallets.validate_stake_amount._strategy = lambda: None
        self.exchange.create_order.exchange = None
        self.exchange.create_order._strategy = lambda: None
