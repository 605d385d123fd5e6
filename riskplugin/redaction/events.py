"""An event with its free texts cleaned, before anybody hears of it."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any, TypeVar

from riskplugin.core.book import Book
from riskplugin.core.events import EntryDecided, Event
from riskplugin.core.snapshot import EntryRequest
from riskplugin.redaction.redactor import STRUCTURE, Redactor

E = TypeVar("E", bound=Event)

_TEXTS = ("str", "str | None", "tuple[str, ...]")


def clean_event(redactor: Redactor, event: E) -> E:
    """``event``, or one like it without secrets in its texts.

    A decision is made of a request that was cleaned before (:func:`clean_request`).
    """
    if type(event) is EntryDecided:
        return event
    kind: Any = type(event)
    return _with(event, redactor, _free_texts(kind))


def clean_request(redactor: Redactor, request: EntryRequest) -> EntryRequest:
    """The same for a proposed entry: its tag is the strategy's own word."""
    tag, stale = request.tag, request.stale
    if tag is None and stale is None:
        return request
    if _clean(redactor, tag) is tag and _clean(redactor, stale) is stale:
        return request
    return _with(request, redactor, ("tag", "stale"))


def clean_book(redactor: Redactor, book: Book) -> Book:
    """The same for a look at the book: tags and exit reasons are the strategy's own words."""
    if book.closed:
        closed = tuple(_with(trade, redactor, ("exit_reason", "tag")) for trade in book.closed)
        book = dataclasses.replace(book, closed=closed)
    if book.untrusted is None and book.unknown is None:
        return book
    return _with(book, redactor, ("untrusted", "unknown"))


@cache
def _free_texts(kind: type[Any]) -> tuple[str, ...]:
    """The fields of text that no record is read back by."""
    return tuple(
        field.name
        for field in dataclasses.fields(kind)
        if field.type in _TEXTS and field.name not in STRUCTURE
    )


D = TypeVar("D")


def _with(value: D, redactor: Redactor, names: tuple[str, ...]) -> D:
    changes = {}
    for name in names:
        before = getattr(value, name)
        after = _clean(redactor, before)
        if after is not before:
            changes[name] = after
    return dataclasses.replace(value, **changes) if changes else value  # type: ignore[type-var]


def _clean(redactor: Redactor, value: Any) -> Any:
    """Text, or a tuple of texts; what is neither is the ledger's business."""
    if isinstance(value, str):
        return redactor.clean(value)
    if type(value) is tuple:
        cleaned = tuple(_clean(redactor, each) for each in value)
        return value if all(a is b for a, b in zip(cleaned, value, strict=True)) else cleaned
    return value
