"""Values that are made quickly are in everything else what dataclasses make of them."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields
from datetime import UTC, datetime
from types import new_class
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from riskplugin.core.basis import Basis
from riskplugin.core.book import Book
from riskplugin.core.events import EntryDecided
from riskplugin.core.made import made_quickly
from riskplugin.core.snapshot import EntryRequest, Position, WorkingEntry
from riskplugin.core.verdict import Decision, Reason
from riskplugin.ledger.form.codec import event_kinds

KINDS = (
    Reason,
    Decision,
    Basis,
    EntryDecided,
    EntryRequest,
    Position,
    WorkingEntry,
    Book,
)
_anything = st.none() | st.integers() | st.floats() | st.text() | st.binary()


def given(kind: type[Any]) -> list[dataclasses.Field[Any]]:
    """The fields that its constructor asks for."""
    return [f for f in fields(kind) if f.init]


def as_dataclasses_make_it(kind: type[Any]) -> type[Any]:
    """The same class once more, with the constructor that dataclasses write."""
    own: dict[str, Any] = {"__annotations__": {f.name: f.type for f in fields(kind)}}
    own |= {
        f.name: field(default=f.default, init=f.init, repr=f.repr, compare=f.compare)
        for f in fields(kind)
    }
    made = new_class(kind.__name__, (), {}, lambda body: body.update(own))
    by_name = any(f.kw_only for f in given(kind))
    return dataclass(frozen=True, slots=True, kw_only=by_name)(made)


PLAIN = {kind: as_dataclasses_make_it(kind) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@hypothesis.given(data=st.data())
def test_a_value_made_quickly_is_the_value_that_dataclasses_make(
    kind: type[Any], data: st.DataObject
) -> None:
    names = [f.name for f in given(kind)]
    left_out = data.draw(st.sets(st.sampled_from(names)))
    values = {
        f.name: data.draw(_anything)
        for f in given(kind)
        if f.default is dataclasses.MISSING or f.name not in left_out
    }
    quick, usual = kind(**values), PLAIN[kind](**values)
    assert type(quick) is kind
    for each in fields(kind):
        assert getattr(quick, each.name) is getattr(usual, each.name)
    assert repr(quick).split("(", 1)[1] == repr(usual).split("(", 1)[1]
    assert hash(quick) == hash(usual)
    assert quick == kind(**values)
    if not any(f.kw_only for f in given(kind)):
        assert kind(*(getattr(quick, name) for name in names)) == quick


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_nobody_changes_it_and_every_way_to_copy_it_works(kind: type[Any]) -> None:
    value = kind(**{f.name: 1.0 for f in given(kind)})
    for name in (fields(kind)[0].name, "anything", "__class__"):
        # What is no field, dataclasses with slots refuse with an error of their own.
        with pytest.raises((FrozenInstanceError, TypeError)):
            setattr(value, name, 2.0)
        with pytest.raises((FrozenInstanceError, TypeError)):
            delattr(value, name)
    assert not hasattr(value, "__dict__")
    for again in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert type(again) is kind
        assert again == value
    last = given(kind)[-1].name
    assert getattr(dataclasses.replace(value, **{last: 2.0}), last) == 2.0


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_it_asks_for_the_same_arguments(kind: type[Any]) -> None:
    quick, usual = inspect.signature(kind), inspect.signature(PLAIN[kind])
    assert [str(p).split(":")[0] for p in quick.parameters.values()] == [
        str(p).split(":")[0] for p in usual.parameters.values()
    ]
    assert [p.default for p in quick.parameters.values()] == [
        p.default for p in usual.parameters.values()
    ]
    with pytest.raises(TypeError, match=r"__init__\(\)"):
        kind(unknown=1)
    with pytest.raises(TypeError, match=r"__init__\(\) missing"):
        kind()


def test_an_event_in_the_making_is_no_kind_of_event() -> None:
    assert event_kinds()["EntryDecided"] is EntryDecided
    assert not [name for name in event_kinds() if name.endswith("InTheMaking")]


def test_what_is_to_be_done_after_making_is_done() -> None:
    @made_quickly
    @dataclass(frozen=True, slots=True)
    class Doubled:
        figure: int
        double: int = field(init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "double", 2 * self.figure)

    assert Doubled(3).double == 6
    assert dataclasses.replace(Doubled(3), figure=4).double == 8


def test_classes_that_it_cannot_make_are_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Listed:
        items: list[int] = field(default_factory=list)

    @dataclass(frozen=True)
    class Open:
        figure: int

    with pytest.raises(TypeError, match="items"):
        made_quickly(Listed)
    with pytest.raises(TypeError, match="slots"):
        made_quickly(Open)


def test_a_time_is_kept_as_it_is() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert EntryDecided(at=at, point="stake", decision=None).at is at  # type: ignore[arg-type]
