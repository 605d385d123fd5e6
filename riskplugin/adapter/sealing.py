"""How hooks are sealed: whatever a strategy overrides is wrapped when its class is made.

The wrapper asks the guard of that hook, the guard asks the strategy. It keeps the wrapped
function's
qualified name, so freqtrade copies trades exactly as it would without us, and its signature, so
freqtrade's look at the arguments sees the strategy's own. Only the outermost guard of a call acts:
a strategy that calls ``super()`` meets the wrapped original inside.
"""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable
from types import MethodType
from typing import Any

from freqtrade.strategy.interface import IStrategy

from riskplugin.adapter import hooks

logger = logging.getLogger(__name__)

_SEALED = "__riskplugin_sealed__"


class Sealed:
    """A hook in its seal. A data descriptor: no attribute of the instance ever comes before it."""

    def __init__(self, name: str, wrapped: Any, function: Callable[..., Any]) -> None:
        self.name, self.function = name, function
        self.__wrapped__ = wrapped

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self.function if instance is None else MethodType(self.function, instance)

    def __set__(self, instance: Any, value: Any) -> None:
        hooks.shadowed(instance, self.name)

    def __delete__(self, instance: Any) -> None:
        hooks.shadowed(instance, self.name)


def seal(cls: type[IStrategy]) -> None:
    """Wrap every guarded hook that ``cls`` defines or inherits unsealed."""
    for name in _names(cls):
        inner = inspect.getattr_static(cls, name)
        if isinstance(inner, Sealed):
            continue
        setattr(cls, name, _wrapped(name, inner))


def as_loaded(strategy: IStrategy, kind: type[IStrategy]) -> bool:
    """Give a running strategy back its class, and the class its seals; True when both are there."""
    if type(strategy) is not kind:
        object.__setattr__(strategy, "__class__", kind)
        logger.error("riskplugin: the strategy had changed its class; it is changed back")
        return False
    if all(isinstance(inspect.getattr_static(kind, n), Sealed) for n in hooks.ALWAYS):
        return True
    seal(kind)
    logger.error("riskplugin: a hook of %s had been replaced; it is sealed again", kind.__name__)
    return False


def _names(cls: type[IStrategy]) -> tuple[str, ...]:
    """freqtrade allows either adjust_order_price or the two it may be split into, not both."""
    names = (*hooks.ALWAYS, *(name for name in hooks.IF_OVERRIDDEN if _overridden(cls, name)))
    if not any(_overridden(cls, name) for name in ("adjust_entry_price", "adjust_exit_price")):
        return (*names, "adjust_order_price")
    whole = inspect.getattr_static(cls, "adjust_order_price")
    if getattr(whole, "__wrapped__", whole) is not IStrategy.adjust_order_price:
        return (*names, "adjust_order_price")
    if whole is not IStrategy.adjust_order_price:  # sealed in a base class that did not split
        cls.adjust_order_price = IStrategy.adjust_order_price
    return (*names, "adjust_entry_price")


def _overridden(cls: type[IStrategy], name: str) -> bool:
    return getattr(cls, name) is not getattr(IStrategy, name)


def _wrapped(name: str, inner: Any) -> Sealed:
    guard = hooks.GUARDS[name]
    plain = inner.__func__ if isinstance(inner, staticmethod | classmethod) else inner

    @functools.wraps(plain)
    def sealed(self: IStrategy, *args: Any, **kwargs: Any) -> Any:
        return hooks.call(guard, self, inner, args, kwargs)

    sealed.__signature__ = inspect.signature(plain)  # type: ignore[attr-defined]
    setattr(sealed, _SEALED, True)
    return Sealed(name, plain, sealed)
