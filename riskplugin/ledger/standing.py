"""A bot's state as its ledger tells it: the one that was saved whole, and what events did since.

A state grows with what a bot remembers, an event does not. So the state is saved whole now and
then, and whoever loads it folds the few events behind it. Asks no database.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple, Self

from riskplugin.core.events import Event
from riskplugin.core.state import RiskState
from riskplugin.ledger.form.codec import CodecError, decode, decode_state, encode_state
from riskplugin.ledger.proof.chain import link
from riskplugin.ledger.store.queries import Link
from riskplugin.ledger.store.tables import blob

#: Events behind a saved state that whoever loads it has to fold, at most.
TAIL = 200

_NAMES = tuple(field.name for field in dataclasses.fields(RiskState))
#: All fields of a state, to see whether it changed; they are immutable.
values_of: Callable[[RiskState], tuple[Any, ...]] = attrgetter(*_NAMES)


class Saved(NamedTuple):
    """A state as it was saved with event ``seq``, ``hash`` ties the two; and the event ``last``,
    which changed it last. ``since`` is ``seq`` again, from where ``last`` stands.
    """

    seq: int
    payload: bytes
    hash: bytes
    since: int | None
    last: int | None
    last_hash: bytes | None

    @classmethod
    def of(cls, row: Sequence[Any]) -> Self:
        """From a row of the database. Raises TypeError for columns that hold what nobody wrote."""
        seq, payload, hash_, since, last, last_hash = row
        if not all(type(each) is int for each in (seq, *(() if since is None else (since, last)))):
            raise TypeError(f"a state says that it was saved with record {seq!r:.40}")
        last_hash = last_hash if last_hash is None else blob(last_hash)
        return cls(seq, str(payload).encode(), blob(hash_), since, last, last_hash)


def told(
    saved: Saved, before: bytes | None, tail: Iterable[Link], opened: Callable[[bytes], bytes]
) -> RiskState:
    """The state that ``saved`` and the events behind it give; every tie between them is tested.

    ``before`` is the hash of the event that it was saved with, None when that is gone; ``tail``
    are the events from there to ``saved.last``; ``opened`` opens what is sealed. Raises CodecError.
    """
    if before is None:
        raise CodecError(f"event {saved.seq}, which it was saved with, is gone")
    if link(before, saved.payload) != saved.hash:
        raise CodecError("it does not fit the event that it was saved with")
    state = decode_state(opened(saved.payload))
    if saved.since is None:
        raise CodecError("how far events have changed it since it was saved is gone")
    if saved.since != saved.seq:
        raise CodecError(f"the one that was saved with event {saved.since} was replaced by it")
    seq, head = saved.seq, before
    for place, payload, recorded in tail:
        seq, head = seq + 1, link(head, payload)
        if place != seq or recorded != head:
            raise CodecError(f"event {seq} behind it does not follow from the one before")
        _observe(state, decode(opened(payload)), seq)
    if (seq, head) != (saved.last, saved.last_hash):
        raise CodecError(f"event {saved.last}, which changed it last, is gone or another one")
    return state if seq == saved.seq else decode_state(encode_state(state))  # as strict as saved


def _observe(state: RiskState, event: Event, seq: int) -> None:
    try:
        state.observe(event)
    except Exception as error:
        text = f"event {seq} behind it cannot follow ({type(error).__name__})"
        raise CodecError(text) from error


class Standing:
    """What a load would give, kept by the one who writes: it says when a state is saved whole.

    A state need not be if folding the events since the saved one gives it: that is tried out, each
    time, on the very values. ``since`` is the event that the state was saved whole with, None when
    the next one has to be.
    """

    def __init__(self) -> None:
        self.since: int | None = None
        self._values: tuple[Any, ...] | None = None
        self._last = 0
        self._events: list[Event] = []

    def loaded(self, state: RiskState | None) -> None:
        """A load gave ``state``. The next one that differs is saved whole: events that another
        riskplugin wrote are folded once, not for ever.
        """
        self._values = None if state is None else values_of(state)
        self.since = None

    def forget(self) -> None:
        """Nothing is known any more: save the next state whole."""
        self.loaded(None)

    def changed(self, values: tuple[Any, ...]) -> bool:
        """A load would not give a state of these values yet."""
        return values != self._values

    def gives(self, values: tuple[Any, ...], seq: int, events: Sequence[Event]) -> bool:
        """Folding gives them, with ``events`` up to ``seq`` last, and there are not too many."""
        if self._values is None or self.since is None or seq - self.since > TAIL:
            return False
        state = self._state(self._values)
        try:
            for event in chain(self._events, events):
                state.observe(event)
        except Exception:  # noqa: BLE001  # whatever it is: then the state does not follow
            return False
        return values_of(state) == values

    def follow(self, events: Sequence[Event]) -> None:
        """These are written, and change nothing yet."""
        if len(self._events) <= TAIL:
            self._events += events

    def reached(self, values: tuple[Any, ...], seq: int, *, whole: bool) -> None:
        """The events up to ``seq`` are written and give ``values``, which were saved ``whole``
        with it or not.
        """
        self._values, self._last, self._events = values, seq, []
        self.since = seq if whole else self.since

    @property
    def unsaved(self) -> RiskState | None:
        """The state that only a fold gives, None when it is saved whole."""
        if self._values is None or self.since in (None, self._last):
            return None
        return self._state(self._values)

    @staticmethod
    def _state(values: tuple[Any, ...]) -> RiskState:
        return RiskState(**dict(zip(_NAMES, values, strict=True)))
