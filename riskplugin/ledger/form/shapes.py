"""What a type hint says of a field, in the few shapes that events and state are made of."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

#: The shapes that need no more than their class.
SCALARS = (bool, int, float, str, datetime, timedelta)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A bool, int, float, str, datetime or timedelta."""

    type: type[Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """A member of an enum, written as its value."""

    type: type[Enum]


@dataclass(frozen=True, slots=True)
class Record:
    """A nested dataclass."""

    type: type[Any]


@dataclass(frozen=True, slots=True)
class Optional:
    """None or the shape inside."""

    inner: Shape


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several dataclasses, tagged with the class name."""

    types: tuple[type[Any], ...]


@dataclass(frozen=True, slots=True)
class Many:
    """A tuple of any length, all of one shape."""

    inner: Shape


@dataclass(frozen=True, slots=True)
class Row:
    """A tuple of fixed length."""

    inner: tuple[Shape, ...]


Shape = Scalar | Choice | Record | Optional | OneOf | Many | Row


def shape_of(hint: Any) -> Shape:
    """The shape behind a type hint.

    >>> shape_of(tuple[int, ...])
    Many(inner=Scalar(type=<class 'int'>))

    Raises TypeError for a hint that the codec does not know: the field must change, or the codec.
    """
    hint = getattr(hint, "__supertype__", hint)
    if get_origin(hint) in (Union, UnionType):
        return _union(get_args(hint))
    if get_origin(hint) is tuple:
        return _tuple(get_args(hint))
    if hint in SCALARS:
        return Scalar(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Choice(hint)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return Record(hint)
    raise TypeError(f"the ledger's codec cannot write a field of type {hint!r}")


def fields_of(record: type[Any]) -> dict[str, Shape]:
    """The shapes of a dataclass's own arguments, sorted by name."""
    hints = get_type_hints(record)
    names = sorted(field.name for field in dataclasses.fields(record) if field.init)
    return {name: shape_of(hints[name]) for name in names}


def _union(arguments: tuple[Any, ...]) -> Shape:
    rest = tuple(argument for argument in arguments if argument is not NoneType)
    inner = shape_of(rest[0]) if len(rest) == 1 else _alternatives(rest)
    return Optional(inner) if len(rest) < len(arguments) else inner


def _alternatives(types: tuple[Any, ...]) -> OneOf:
    for each in types:
        if not isinstance(shape_of(each), Record):
            raise TypeError(f"the ledger's codec tells only dataclasses apart, not {each!r}")
    return OneOf(types)


def _tuple(arguments: tuple[Any, ...]) -> Shape:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return Many(shape_of(arguments[0]))
    return Row(tuple(shape_of(argument) for argument in arguments))
