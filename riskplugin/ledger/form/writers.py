"""Dataclass → plain tree for orjson, by two functions compiled once per class.

The quick one trusts the type hints and raises when a value is not what its hint says; it writes a
decision in about two microseconds. The careful one looks at every value and never raises: odd ones
go through :mod:`odd`. Both give the same tree for a well-typed value, keys sorted.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from riskplugin.ledger.form.odd import TAG, plain, plain_span, plain_time
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

Writer = Callable[[Any], Any]


class OddValueError(ValueError):
    """A quick writer met a value that is not what its type hint says."""


@cache
def quick_writer(record: Record) -> Writer:
    """The function that turns a well-typed ``record`` into a tree; others make it raise anything.

    It may let pass what orjson refuses later.
    """
    return _quick(record)


@cache
def careful_writer(record: Record) -> Writer:
    """The function that turns any ``record`` into a tree, whatever its fields hold."""
    return _careful(record)


# --- careful: closures, one test per value ---------------------------------------------------


def _careful(shape: Shape) -> Writer:
    match shape:
        case Scalar(kind):
            return _SCALARS.get(kind, plain)
        case Choice(kind):
            return lambda value: value.value if type(value) is kind else plain(value)
        case Optional(inner):
            return _careful(inner)
        case Record(kind):
            return _careful_record(kind, {})
        case OneOf(kinds):
            return _careful_one_of(kinds)
        case Many(inner):
            return _careful_many(_careful(inner))
        case Row(inner):
            return _careful_row([_careful(each) for each in inner])


_SCALARS: dict[type[Any], Writer] = {datetime: plain_time, timedelta: plain_span}


def _careful_record(kind: type[Any], tag: dict[str, str]) -> Writer:
    fields = {name: _careful(shape) for name, shape in fields_of(kind).items()}

    def write(value: Any) -> Any:
        if type(value) is not kind:
            return plain(value)
        return tag | {name: field(getattr(value, name)) for name, field in fields.items()}

    return write


def _careful_one_of(kinds: tuple[type[Any], ...]) -> Writer:
    writers = {kind: _careful_record(kind, {TAG: kind.__name__}) for kind in kinds}
    return lambda value: (writers.get(type(value)) or plain)(value)


def _careful_many(inner: Writer) -> Writer:
    return lambda value: [inner(v) for v in value] if type(value) is tuple else plain(value)


def _careful_row(inner: list[Writer]) -> Writer:
    def write(value: Any) -> Any:
        if type(value) is not tuple or len(value) != len(inner):
            return plain(value)
        return [each(item) for each, item in zip(inner, value, strict=True)]

    return write


# --- quick: source text, one test per class --------------------------------------------------


def _quick(shape: Shape, tag: str = "") -> Writer:
    """Compile ``shape``; ``tag`` is the class name to write along, for a member of a union."""
    source = _Source()
    tree = source.tree(shape, "value", tag)
    tests = " and ".join(source.tests) or "True"
    if source.numbers:
        source.lines.append(f"total = {' + '.join(source.numbers)}")
        tests += f" and -{MOST} < total < {MOST}"
    body = [*source.lines, f"if {tests}:", f"    return {tree}", "raise Odd"]
    text = "def write(value):\n" + "\n".join(f"    {line}" for line in body)
    exec(text, source.names)  # noqa: S102 - made of the names of our own fields only
    made: Writer = source.names["write"]
    return made


#: Whole numbers from here on have no place in JSON as others read it.
MOST = 2**63

_QUICK_TESTS: dict[type[Any], str] = {
    bool: "{v} is True or {v} is False",
    str: "type({v}) is str",
    datetime: "type({v}) is datetime and {v}.tzinfo is UTC",
}


class _Source:
    """The text of a quick writer: values are gathered, tested all together, then laid out.

    ``numbers`` are added up: the sum lies within bounds only if none of them is text, None, NaN or
    an infinity (or if they are huge, which only sends a good value the careful way).
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.tests: list[str] = []
        self.numbers: list[str] = []
        self.names: dict[str, Any] = {"UTC": UTC, "datetime": datetime, "Odd": OddValueError}
        self._fresh = count()

    def tree(self, shape: Shape, source: str, tag: str = "") -> str:
        """The expression for the tree of the value that the expression ``source`` gives."""
        v = self._bound(source)
        match shape:
            case Record(kind):
                self.tests.append(f"type({v}) is {self._named(kind)}")
                items = [f"{TAG!r}: {tag!r}"] if tag else []
                for name, field in fields_of(kind).items():
                    items.append(f"{name!r}: {self.tree(field, f'{v}.{name}')}")
                return "{" + ", ".join(items) + "}"
            case Scalar(kind):
                return self._scalar(kind, v)
            case Choice():
                return f"{v}._value_"
            case Optional(inner):
                return self._optional(inner, v)
            case OneOf(kinds):
                table = self._named({kind: _quick(Record(kind), kind.__name__) for kind in kinds})
                return f"{table}[type({v})]({v})"
            case Many(inner):
                self.tests.append(f"type({v}) is tuple")
                return f"([{self._named(_quick(inner))}(each) for each in {v}] if {v} else [])"
            case Row(inner):
                self.tests.append(f"type({v}) is tuple and len({v}) == {len(inner)}")
                items = [self.tree(each, f"{v}[{i}]") for i, each in enumerate(inner)]
                return f"[{', '.join(items)}]"

    def _scalar(self, kind: type[Any], v: str) -> str:
        if kind in _QUICK_TESTS:
            self.tests.append(f"({_QUICK_TESTS[kind].format(v=v)})")
            return v
        if kind is timedelta:
            return f"{v}.total_seconds()"
        self.numbers.append(v)
        return v

    def _optional(self, inner: Shape, v: str) -> str:
        """None passes; ``or`` lets it count as zero in the sum of numbers."""
        match inner:
            case Scalar(kind) if kind in _QUICK_TESTS:
                self.tests.append(f"({v} is None or {_QUICK_TESTS[kind].format(v=v)})")
                return v
            case Scalar(kind) if kind is not timedelta:
                self.numbers.append(f"({v} or 0.0)")
                return v
        return f"(None if {v} is None else {self._named(_quick(inner))}({v}))"

    def _bound(self, source: str) -> str:
        v = f"v{next(self._fresh)}"
        self.lines.append(f"{v} = {source}")
        return v

    def _named(self, item: Any) -> str:
        name = f"n{next(self._fresh)}"
        self.names[name] = item
        return name
