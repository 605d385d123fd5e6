"""Frozen values that are made at half the price, for those that every decision makes.

The constructor of a frozen dataclass sets each field by a call of ``object.__setattr__``. Here a
value is, while it is being made, of a class with the same slots that sets them itself; before
anybody sees it, it becomes what it was asked to be. All else is the dataclass's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

T = TypeVar("T")


def made_quickly(kind: type[T]) -> type[T]:
    """``kind``, a frozen dataclass with slots, with a quicker constructor of the same signature.

    Raises TypeError for one without slots, with a field that a factory fills, or of which another
    class is made that adds slots.
    """
    slots = vars(kind).get("__slots__")
    if slots is None:
        raise TypeError(f"{kind.__name__} has no slots, so it is not made quickly")
    free = {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    draft = type(f"{kind.__name__}InTheMaking", kind.__bases__, {"__slots__": slots, **free})
    given = [field for field in fields(kind) if field.init]  # type: ignore[arg-type]
    fixed = [f for f in fields(kind) if not f.init and f.default is not MISSING]  # type: ignore[arg-type]
    names: dict[str, Any] = {"__become": object.__setattr__, "__draft": draft, "__made": kind}
    names |= {f"__{field.name}": field.default for field in (*given, *fixed)}
    lines = [
        f"def __init__(self, {', '.join(_arguments(given))}):",
        '    __become(self, "__class__", __draft)',
        *(f"    self.{field.name} = {field.name}" for field in given),
        *(f"    self.{field.name} = __{field.name}" for field in fixed),
        "    self.__class__ = __made",
    ]
    if hasattr(kind, "__post_init__"):
        lines.append("    self.__post_init__()")
    exec("\n".join(lines), names)  # noqa: S102 - as dataclasses does, of the names of our own fields
    _put(kind, names["__init__"])
    return kind


def _arguments(given: list[Field[Any]]) -> Iterator[str]:
    """What stands between the brackets of the constructor."""
    by_name = False
    for field in sorted(given, key=lambda field: bool(field.kw_only)):
        if field.default_factory is not MISSING:
            raise TypeError(f"{field.name} is filled by a factory, which is not made quickly")
        if field.kw_only and not by_name:
            by_name = True
            yield "*"
        yield field.name if field.default is MISSING else f"{field.name}=__{field.name}"


def _put(kind: type[Any], constructor: Callable[..., None]) -> None:
    known = kind.__init__
    constructor.__qualname__, constructor.__module__ = known.__qualname__, kind.__module__
    constructor.__annotations__ = known.__annotations__
    kind.__init__ = constructor
