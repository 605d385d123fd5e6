"""What every guard is: it stands in a method's place and knows the strategy it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import ref

from freqtrade.exceptions import DependencyException
from freqtrade.rpc.rpc import RPCException

from riskplugin.adapter.registry import session_of
from riskplugin.redaction import hushed

if TYPE_CHECKING:
    from freqtrade.strategy.interface import IStrategy

    from riskplugin.adapter.session import RiskSession


class RiskDenied(DependencyException, RPCException):
    """An order was refused by a limit. The bot's loop, DCA, replacement and REST handle it."""

    def __init__(self, message: str) -> None:
        message = hushed(message)  # freqtrade writes it into its log, and tells it to people
        super().__init__(message)
        self.message = message


class Guard:
    """Knows the strategy it stands for without keeping it alive: sessions end with their strategy.

    Pickled as what it is, for hyperopt's workers.
    """

    def __init__(self, strategy: IStrategy, **kept: Any) -> None:
        self.__dict__.update(kept, _strategy=ref(strategy))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a guard does not change: {name}")

    @property
    def strategy(self) -> IStrategy | None:
        """The strategy, None when it is gone."""
        strategy: IStrategy | None = self.__dict__["_strategy"]()
        return strategy

    def session(self) -> RiskSession | None:
        """The session of the strategy, if there is one."""
        strategy = self.strategy
        return None if strategy is None else session_of(strategy)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_strategy": self.strategy}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if state["_strategy"] is not None:
            self.__dict__["_strategy"] = ref(state["_strategy"])


def plainly_reduces(pair: str, side: str, *, marked: bool) -> bool:
    """By the order's own words alone, for a guard without a session: exits pass all the same."""
    return marked or (side == "sell" and ":" not in pair)


class MethodGuard(Guard):
    """Stands on ``owner.name``, the method of that name of the owner's class."""

    owner: Any
    name: str

    def __init__(self, owner: Any, name: str, strategy: IStrategy) -> None:
        super().__init__(strategy, owner=owner, name=name)

    def proceed(self, *args: Any, **kwargs: Any) -> Any:
        """Call the method that this stands on."""
        return getattr(type(self.owner), self.name)(self.owner, *args, **kwargs)
