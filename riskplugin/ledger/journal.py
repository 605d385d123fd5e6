"""One bot's chain of events and the state after them, on a held connection.

The chain's head is kept in memory, so that an append costs one transaction and no query. The
price is that only one process may write for a bot: a second one is noticed, never mixed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from riskplugin.core.events import Event
from riskplugin.core.state import RiskState
from riskplugin.ledger.form.codec import CodecError, encode, encode_state
from riskplugin.ledger.privacy.confidential import Confidential
from riskplugin.ledger.proof.chain import genesis, link
from riskplugin.ledger.standing import Saved, Standing, told, values_of
from riskplugin.ledger.store.held import Held, Rows
from riskplugin.ledger.store.queries import Link
from riskplugin.ledger.store.statements import Statements, time_of
from riskplugin.ledger.store.tables import MARK_EVERY, blob, event_id, now
from riskplugin.ports import LedgerError

_DAMAGED = (
    "{what}: restore a backup of the ledger; or check the account, then move the ledger away, and "
    "the bot begins afresh"
)
_BEHIND = (
    "the database holds records up to {found}, and had acknowledged {known}: its server lost them "
    "in a crash, or an older copy was put back. Restart the bot: it goes on from what is there"
)
_FORKED = (
    "another bot with the same name {bot!r} is writing to this ledger: stop one of the two or "
    "give it another bot_name, then restart"
)


class Head(NamedTuple):
    """The end of a chain: the latest event's place and hash, and the latest moment of any event."""

    seq: int
    hash: bytes
    peak: int


class _Doubt(NamedTuple):
    """A write that failed without telling whether it was committed."""

    before: Head
    after: Head
    events: tuple[Event, ...]


class Journal:
    """Appends to one bot's chain. Not for several threads at once; errors pass as they are."""

    def __init__(
        self, database: Held, sql: Statements, bot: str, confidential: Confidential
    ) -> None:
        self.bot = bot
        self._confidential = confidential
        self._database = database
        self._sql = sql
        self._number: int | None = None
        self._head: Head | None = None
        self._standing = Standing()
        self._doubt: _Doubt | None = None
        self._loaded = False
        self._refused: str | None = None

    @property
    def head(self) -> Head | None:
        """The end of the chain as this process knows it; None when a write ended in doubt."""
        return self._head

    def load(self) -> RiskState:
        """The state as the records tell it, or a fresh one. Raises LedgerError when it is gone or
        damaged.
        """
        state = self._read_state()
        self._standing.loaded(state)
        self._doubt = None
        self._loaded = True
        return RiskState() if state is None else state

    def append(self, events: Sequence[Event], state: RiskState, *, relaxed: bool = False) -> None:
        """Write events, and what the state became if they do not tell it, in one transaction."""
        if self._doubt is not None or self._refused is not None or not self._loaded:
            events = self._made_safe(events)
        head = self._head or self._read_head()
        rows: Rows = []
        after = self._chained(events, head, rows)
        values, standing = values_of(state), self._standing
        changed, whole = standing.changed(values), False
        if changed:
            whole = not standing.gives(values, after.seq, events)
            self._save(rows, after, state if whole else None)
        if rows:
            try:
                self._database.write(rows, relaxed=relaxed)
            except BaseException as error:
                self._failed(error, _Doubt(head, after, tuple(events)))
                raise
        self._head = after
        if changed:
            standing.reached(values, after.seq, whole=whole)
        else:
            standing.follow(events)

    def finish(self) -> None:
        """Save the state whole, so that the next start finds it so. Raises nothing: it need not."""
        state, head = self._standing.unsaved, self._head
        if state is None or head is None or self._refused or not self._database.is_open:
            return
        rows: Rows = []
        self._save(rows, head, state)
        with suppress(LedgerError, *self._database.errors):
            self._database.write(rows)

    def rebuild(self, events: Sequence[Event], state: RiskState) -> None:
        """Write events and a state that replaces the saved one, which may be damaged or gone."""
        self._head, self._doubt, self._loaded = None, None, True
        self._standing.forget()
        self.append(events, state)

    def _failed(self, error: BaseException, doubt: _Doubt) -> None:
        """Raises LedgerError where another bot wrote; else the next append asks how it ended."""
        if isinstance(error, self._database.conflict):
            self._refused = _FORKED.format(bot=self.bot)
            raise LedgerError(self._refused) from error
        self._head = self._number = None
        self._standing.forget()
        self._doubt = doubt

    def _made_safe(self, events: Sequence[Event]) -> Sequence[Event]:
        """Neither mix with another bot's records nor replace a saved state that nobody read; the
        events that are still to be written.
        """
        if self._refused is not None:
            raise LedgerError(self._refused)
        if not self._loaded:
            if self._read_state() is not None:
                raise LedgerError("the saved state was not read and must not be replaced: load it")
            self._loaded = True
        doubt = self._doubt
        return events if doubt is None else self._still_to_write(doubt, tuple(events))

    def _still_to_write(self, doubt: _Doubt, events: tuple[Event, ...]) -> tuple[Event, ...]:
        """Look up how the failed write ended; the events that it did not write."""
        self._head = head = self._read_head()
        if head not in (doubt.before, doubt.after):
            behind = head.seq < doubt.before.seq
            text = _BEHIND if behind else _FORKED
            self._refused = text.format(bot=self.bot, found=head.seq, known=doubt.before.seq)
            raise LedgerError(self._refused)
        self._doubt = None
        count = len(doubt.events)
        written = head == doubt.after and events[:count] == doubt.events
        return events[count:] if written else events

    def _chained(self, events: Sequence[Event], head: Head, rows: Rows) -> Head:
        """Add a row per event, and a mark when one is due; the head after them."""
        base = event_id(self._number or self._enter(), 0)
        add, bot, ready = self._sql.add, self.bot, self._confidential.event
        seq, last, peak = head
        for event in events:
            payload = ready(event, encode(event))
            seq, last, at = seq + 1, link(last, payload), time_of(event)
            peak = max(peak, at)
            kind = type(event).__name__
            rows.append((add, (base + seq, bot, seq, at, kind, payload.decode(), last)))
        if seq // MARK_EVERY != head.seq // MARK_EVERY:
            rows.append((self._sql.mark, (bot, peak, seq)))
        return Head(seq, last, peak)

    def _save(self, rows: Rows, head: Head, whole: RiskState | None) -> None:
        """Add how far events have changed the state, and before it the ``whole`` one, if given."""
        since = self._standing.since
        if whole is not None:
            payload = self._confidential.payload(encode_state(whole))
            tie, since = link(head.hash, payload), head.seq
            rows.append((self._sql.save, (self.bot, head.seq, payload.decode(), tie, now())))
        rows.append((self._sql.reached, (self.bot, since, head.seq, head.hash)))

    def _read_state(self) -> RiskState | None:
        """The state, tested, and the head with it; the state first, so that it is older."""
        rows = self._database.read(self._sql.state, {"bot": self.bot})
        self._head = self._read_head()
        if not rows:
            if self._head.seq:
                what = f"the state of {self.bot!r} is gone"
                raise LedgerError(_DAMAGED.format(what=what))
            return None
        try:
            return self._told(Saved.of(rows[0]))
        except CodecError as error:
            what = f"the state of {self.bot!r} is damaged ({error})"
            raise LedgerError(_DAMAGED.format(what=what)) from error

    def _told(self, saved: Saved) -> RiskState:
        number = self._number or 0
        before = [(genesis(self.bot),)]
        if saved.seq:
            key = event_id(number, saved.seq)
            before = self._database.read(self._sql.hash_at, {"id": key})
        tail: list[Link] = []
        if saved.last is not None and saved.last > saved.seq:
            first, last = event_id(number, saved.seq + 1), event_id(number, saved.last)
            rows = self._database.read(self._sql.tail, {"first": first, "last": last})
            tail = [(seq, str(payload).encode(), blob(hash_)) for seq, payload, hash_ in rows]
        known = blob(before[0][0]) if before else None
        return told(saved, known, tail, self._confidential.read)

    def _read_head(self) -> Head:
        """The end of the chain on disk; its cost does not depend on the chain's length."""
        self._number = self._read_number()
        if self._number is None:
            return Head(0, genesis(self.bot), 0)
        first, last = event_id(self._number, 1), event_id(self._number + 1, -1)
        found = self._database.read(self._sql.head, {"first": first, "last": last})
        if not found:
            return Head(0, genesis(self.bot), 0)
        marks = self._database.read(self._sql.last_mark, {"bot": self.bot})
        peak, marked = marks[0] if marks else (0, 0)
        first = event_id(self._number, marked + 1)
        rest = self._database.read(self._sql.peak, {"first": first, "last": last})
        seq, recorded = found[0]
        return Head(seq, blob(recorded), max(peak, rest[0][0] or 0))

    def _read_number(self) -> int | None:
        rows = self._database.read(self._sql.number, {"name": self.bot})
        return int(rows[0][0]) if rows else None

    def _enter(self) -> int:
        """The bot's number, given at its first event."""
        self._database.write([(self._sql.enter, {"name": self.bot})])
        self._number = self._read_number()
        if self._number is None:
            raise LedgerError(f"the bot {self.bot!r} could not be entered")
        return self._number
