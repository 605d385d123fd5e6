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
from collections.abc import Callable
from types import MethodType
from typing import Any

from freqtrade.exceptions import OperationalException
from freqtrade.strategy.interface import IStrategy

from riskplugin.adapter import hooks
from riskplugin.adapter.unmoved import Unmoved

_SEALED = "__riskplugin_sealed__"
_ATTRIBUTES = ("__getattribute__", "__setattr__", "__delattr__")


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


def refuse_opaque(cls: type[IStrategy]) -> None:
    """Raise OperationalException for a class that answers for its attributes itself.

    What freqtrade calls on it is then not what stands in the class: nothing can be sealed.
    """
    own = [name for name in _ATTRIBUTES if getattr(cls, name) is not getattr(object, name)]
    if own:
        raise OperationalException(
            f"riskplugin cannot guard {cls.__name__}: it has its own {', '.join(own)}, so its "
            "hooks are not what its class says. Take that out of the strategy."
        )


class Seals:
    """The seals of a running strategy's class: put back as soon as somebody takes one away."""

    def __init__(self, kind: type[IStrategy]) -> None:
        self._kind = kind
        names = (*hooks.ALWAYS, *hooks.IF_OVERRIDDEN, "adjust_order_price", "adjust_entry_price")
        found = ((name, inspect.getattr_static(kind, name)) for name in names)
        self._seals = {name: hook for name, hook in found if isinstance(hook, Sealed)}
        for name, hook in self._seals.items():
            setattr(kind, name, hook)  # inherited ones, too: a patched base changes nothing
        self._unmoved = Unmoved(self._seals)

    def hold(self, strategy: IStrategy) -> bool:
        """Give the strategy its class, and the class its seals; True when all were there."""
        kind = self._kind
        held = type(strategy) is kind
        if not held:
            object.__setattr__(strategy, "__class__", kind)
        if not self._unmoved.held_by(vars(kind)):
            held = False
            for name, hook in self._seals.items():
                setattr(kind, name, hook)
        return held


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
