"""Plain tree → dataclass, by closures built once per class.

``strict`` readers refuse whatever is not what its field's hint says: for state, which must be
right or refused. Lenient ones give back what was recorded, odd or not: for events, which are facts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Set
from datetime import datetime, timedelta
from functools import cache
from types import NoneType
from typing import Any, NoReturn

from riskplugin.ledger.form.odd import TAG, value_of
from riskplugin.ledger.form.shapes import (
    Choice,
    Many,
    OneOf,
    Optional,
    Record,
    Row,
    Scalar,
    Shape,
    fields_of,
)

Reader = Callable[[Any], Any]


@cache
def reader(shape: Shape, *, strict: bool) -> Reader:
    """The function that turns a tree written by :mod:`writers` back.

    It raises ValueError with the name of the field that cannot be read.
    """
    expected = _expected(shape, strict=strict)

    def read(tree: Any) -> Any:
        try:
            return expected(tree)
        except _UnlikeError:
            return _refused(tree, shape) if strict else _recorded(tree)

    return read


class _UnlikeError(ValueError):
    """The tree has not the form of the shape; it may still be an odd value."""


def _expected(shape: Shape, *, strict: bool) -> Reader:
    match shape:
        case Scalar(kind):
            return _SCALARS[kind]
        case Choice(kind):
            return _choice({member.value: member for member in kind})
        case Optional(inner):
            return _optional(reader(inner, strict=strict))
        case Record(kind):
            return _record(kind, strict=strict)
        case OneOf(kinds):
            return _one_of({kind.__name__: _record(kind, strict=strict) for kind in kinds})
        case Many(inner):
            return _many(reader(inner, strict=strict))
        case Row(inner):
            return _row([reader(each, strict=strict) for each in inner])


def _recorded(tree: Any) -> Any:
    """An odd value as it was recorded."""
    if isinstance(tree, dict):
        return value_of(tree)
    if isinstance(tree, list):
        raise ValueError("a list where none was written")  # noqa: TRY004  # of the record, not of an argument
    return tree


def _refused(tree: Any, shape: Shape) -> NoReturn:
    raise ValueError(f"{str(tree)[:80]!r} is no {shape}")


def _number(tree: Any) -> Any:
    if type(tree) is float or type(tree) is int:
        return tree
    if isinstance(tree, dict) and tree.get(TAG) in ("nan", "inf", "-inf", "int"):
        return value_of(tree)
    raise _UnlikeError


def _bool(tree: Any) -> bool:
    if tree is True or tree is False:
        return bool(tree)
    raise _UnlikeError


def _str(tree: Any) -> str:
    if type(tree) is str:
        return tree
    if isinstance(tree, dict) and tree.get(TAG) in ("escaped", "sealed"):
        return str(value_of(tree))
    raise _UnlikeError


def _datetime(tree: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(tree)
    except (TypeError, ValueError):
        raise _UnlikeError from None
    if moment.tzinfo is None:
        raise _UnlikeError
    return moment


def _timedelta(tree: Any) -> timedelta:
    if type(tree) is not float:
        raise _UnlikeError
    return timedelta(seconds=tree)


_SCALARS: dict[type[Any], Reader] = {
    bool: _bool,
    int: _number,
    float: _number,
    str: _str,
    datetime: _datetime,
    timedelta: _timedelta,
}


def _choice(members: dict[Any, Any]) -> Reader:
    def read(tree: Any) -> Any:
        try:
            return members[tree]
        except (KeyError, TypeError):
            raise _UnlikeError from None

    return read


def _optional(inner: Reader) -> Reader:
    return lambda tree: None if tree is None else inner(tree)


def _many(inner: Reader) -> Reader:
    def read(tree: Any) -> Any:
        if type(tree) is not list:
            raise _UnlikeError
        return tuple(inner(item) for item in tree)

    return read


def _row(inner: list[Reader]) -> Reader:
    def read(tree: Any) -> Any:
        if type(tree) is not list or len(tree) != len(inner):
            raise _UnlikeError
        return tuple(each(item) for each, item in zip(inner, tree, strict=True))

    return read


def _one_of(readers: dict[str, Reader]) -> Reader:
    def read(tree: Any) -> Any:
        if type(tree) is not dict or tree.get(TAG) not in readers:
            raise _UnlikeError
        return readers[tree[TAG]]({key: item for key, item in tree.items() if key != TAG})

    return read


def _record(kind: type[Any], *, strict: bool) -> Reader:
    shapes = fields_of(kind)
    fields = {name: reader(shape, strict=strict) for name, shape in shapes.items()}
    plain = {name: _as_they_are(shape) for name, shape in shapes.items()}
    names = fields.keys()
    required = _required(kind)

    def read(tree: Any) -> Any:
        if type(tree) is not dict or TAG in tree:
            raise _UnlikeError
        if tree.keys() != names:
            _refuse_others(kind, tree, names, required)
        values = {
            name: item if type(item) in plain[name] else _field(fields, name, item)
            for name, item in tree.items()
        }
        return kind(**values)

    return read


def _as_they_are(shape: Shape) -> frozenset[type[Any]]:
    """The types whose values stand for themselves, so that no reader has to be asked."""
    match shape:
        case Optional(inner):
            return _as_they_are(inner) | {NoneType}
        case Scalar(kind) if kind in (bool, int, float, str):
            return frozenset({kind})
    return frozenset()


def _refuse_others(
    kind: type[Any], tree: dict[str, Any], names: Set[str], required: tuple[str, ...]
) -> None:
    unknown = tree.keys() - names
    if unknown:
        raise ValueError(f"{kind.__name__} has no field {min(unknown)!r}")
    missing = [name for name in required if name not in tree]
    if missing:
        raise ValueError(f"{kind.__name__} lacks {', '.join(missing)}")


def _field(fields: dict[str, Reader], name: str, tree: Any) -> Any:
    try:
        return fields[name](tree)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise ValueError(f"{name}: {error}") from error


def _required(kind: type[Any]) -> tuple[str, ...]:
    """The fields without a default; one that an upgrade added has a default, and takes it."""
    nothing = dataclasses.MISSING
    return tuple(
        field.name
        for field in dataclasses.fields(kind)
        if field.init and field.default is nothing and field.default_factory is nothing
    )
