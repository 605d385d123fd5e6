"""Follows a bot's chain of hashes from its beginning, and names what was done where it breaks.

As fast as SHA-256 lets it while all is well. Behind a break it goes on from the hash that stands
there, so that each break is told once and everything between two of them is still checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256

from riskplugin.ledger.proof.chain import genesis
from riskplugin.ledger.proof.evidence import Link, Raw, batches, gather, links
from riskplugin.ledger.proof.findings import Findings, record, span
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.store.tables import event_id

#: How far records are looked for that stand in another order, or between others.
WINDOW = 64


def walk_chain(reader: LedgerReader, bot: str) -> Walk:
    """Follow the whole chain of ``bot``: the part of a verification that reads no contents."""
    evidence = gather(reader, bot)
    number, head = evidence.number or 0, evidence.head
    walk = Walk(bot, number)
    for rows in links(reader, bot, number, head):
        if not walk.skim(rows):
            break
    for whole in batches(reader, number, head, after=walk.count):
        walk.feed(whole)
    walk.end()
    return walk


class Walk:
    """Takes the rows of a chain in order. ``hashes`` keeps those of the places in ``wanted``.

    ``broken`` is the first place where the chain does not hold, None when it does.
    """

    def __init__(self, bot: str, number: int, wanted: Iterable[int] = ()) -> None:
        self.findings = Findings()
        self.hashes: dict[int, bytes] = {}
        self.broken: int | None = None
        self.count = 0
        self._bot = bot.encode("utf-8", "surrogatepass")
        self._base = event_id(number, 0)
        self._wanted = sorted(set(wanted), reverse=True)
        self._head = genesis(bot)
        self._place = 0
        self._recent: list[bytes] = [self._head]  # the latest hashes, to see what was put between
        self._waiting: list[Raw] = []  # held back, so that there is always a window to look into
        self._other: bytes | None = None  # what the last record's hash would be by its content
        self._loose: list[Raw] = []  # records that fit in nowhere, so far
        self._holes: list[bytes] = []  # hashes after which something is missing

    def feed(self, rows: Sequence[Raw]) -> None:
        """Check the next rows."""
        self._note_wanted(rows)
        self.count += len(rows)
        if not self._waiting and self._all_well(rows):
            return
        self._waiting += rows
        self._check(len(self._waiting) - WINDOW)

    def end(self) -> None:
        """Check what was held back."""
        self._check(len(self._waiting))

    def _note_wanted(self, rows: Sequence[Raw]) -> None:
        while self._wanted and rows and self._wanted[-1] <= rows[-1][0] - self._base:
            place = self._wanted.pop()
            offset = place - (rows[0][0] - self._base)
            if 0 <= offset < len(rows) and rows[offset][0] - self._base == place:
                self.hashes[place] = rows[offset][6]
            else:
                found = [row for row in rows if row[0] - self._base == place]
                self.hashes.update((place, row[6]) for row in found)

    def skim(self, rows: Sequence[Link]) -> bool:
        """The quick look at no more than the links; when one is not well, nothing is changed."""
        seqs, payloads, hashes = zip(*rows, strict=True)
        first = self._place + 1
        if seqs != tuple(range(first, first + len(rows))) or not self._follow(payloads, hashes):
            return False
        self.count += len(rows)
        return True

    def _all_well(self, rows: Sequence[Raw]) -> bool:
        """The quick look at many rows at once; nothing is changed unless all of them are well."""
        if not rows:
            return True
        ids, names, seqs, _, _, payloads, hashes = zip(*rows, strict=True)
        first, end = self._place + 1, self._place + 1 + len(rows)
        if seqs != tuple(range(first, end)) or names.count(self._bot) != len(names):
            return False
        if ids != tuple(range(self._base + first, self._base + end)):
            return False
        return self._follow(payloads, hashes)

    def _follow(self, payloads: Sequence[bytes], hashes: Sequence[bytes]) -> bool:
        """Each follows from the one before it; then they are the latest."""
        head = self._head
        for payload, recorded in zip(payloads, hashes, strict=True):
            head = sha256(head + payload).digest()
            if head != recorded:
                return False
        self._place, self._head, self._other = self._place + len(hashes), head, None
        self._recent = [*self._recent, *hashes[-WINDOW:]][-WINDOW:]
        return True

    def _check(self, count: int) -> None:
        """The careful look at the first ``count`` of the rows that wait."""
        rows, done = self._waiting, 0
        while done < count:
            done += self._step(rows[done : done + WINDOW])
        del rows[:done]

    def _step(self, rows: list[Raw]) -> int:
        """Check the first of ``rows``; how many were dealt with."""
        row = rows[0]
        place = row[0] - self._base
        self._columns(row, place)
        fits = follows(self._head, row)
        if place > self._place + 1:
            self._gap(row, place, fits=fits)
        elif not fits:
            return self._broken_at(rows, place)
        self._go_on(row, place)
        return 1

    def _columns(self, row: Raw, place: int) -> None:
        told = record(place, row[3], row[4])
        if row[2] != place:
            self._break(place)
            self.findings.add("columns", place, f"{told} says that it is number {row[2]!r}")
        if row[1] != self._bot:
            self._break(place)
            name = row[1].decode("utf-8", "replace")
            self.findings.add("columns", place, f"{told} says that it belongs to {name!r}")

    def _gap(self, row: Raw, place: int, *, fits: bool) -> None:
        first, last = self._place + 1, place - 1
        self._break(first)
        told = record(place, row[3], row[4])
        if fits:
            text = f"the numbers {first} to {last} are left out before {told}, no record is missing"
            self.findings.add("columns", first, text)
            return
        which = f"{span(first, last)} {'is' if first == last else 'are'} missing"
        self.findings.add("removed", first, f"{which}: the next one is {told}")
        self._holes.append(self._head)

    def _broken_at(self, rows: list[Raw], place: int) -> int:
        """The first of ``rows`` does not follow from the record before it: why?"""
        row = rows[0]
        if self._other is not None and follows(self._other, row):
            last = self.findings.told[-1] if self.findings.told else None
            if last is not None and last.seq == place - 1 and last.kind == "edited":
                text = f"the hash of record {place - 1} was edited; its content is as it was"
                self.findings.told[-1] = replace(last, text=text)
            self._go_on(row, place)
            return 1
        self._break(place)
        if self.findings.more:  # enough is told; to find out what was done costs a hundred hashes
            return self._edited(row, place)
        return self._put_between(row, place) or self._moved(rows, place) or self._edited(row, place)

    def _put_between(self, row: Raw, place: int) -> int:
        """The records just before fit the chain, and this one fits as if they were not there."""
        for back, earlier in enumerate(reversed(self._recent[:-1]), 1):
            if follows(earlier, row):
                self._break(place - back)
                which = span(place - back, place - 1)
                self.findings.add("inserted", place - back, f"{which} did not stand there before")
                self._go_on(row, place)
                return 1
        return 0

    def _moved(self, rows: list[Raw], place: int) -> int:
        """Others that follow fit here: what stands between was put in, or the order was changed."""
        order = in_order(self._head, rows)
        if not order:
            return 0
        size = _whole(order)
        if size:
            which = span(place, place + size - 1)
            self.findings.add("reordered", place, f"{which} stand in another order than before")
            self._go_on(rows[order[size - 1]], place + size - 1)
            return size
        between = rows[: order[0]]
        if not self._belongs_elsewhere(between, place):
            which = span(place, place + len(between) - 1)
            self.findings.add("inserted", place, f"{which} did not stand there before")
            self._loose += between
        self._place += len(between)
        return len(between)

    def _belongs_elsewhere(self, rows: list[Raw], place: int) -> bool:
        """A record that is missing further up stands here."""
        if not any(follows(hole, rows[0]) for hole in self._holes):
            return False
        which = span(place, place + len(rows) - 1)
        self.findings.add("reordered", place, f"{which} stood further up before")
        return True

    def _edited(self, row: Raw, place: int) -> int:
        told = record(place, row[3], row[4])
        if any(follows(self._head, loose) for loose in self._loose):
            text = f"before {told} a record is missing that stands further up now"
            self.findings.add("reordered", place, text)
        else:
            text = (
                f"{told} does not follow from the one before it: it was edited, or records "
                "between the two were taken out"
            )
            self.findings.add("edited", place, text)
        if not self.findings.more:
            self._holes.append(self._head)
        other = sha256(self._head + row[5]).digest()
        self._go_on(row, place)
        self._other = other
        return 1

    def _go_on(self, row: Raw, place: int) -> None:
        self._place, self._head, self._other = place, row[6], None
        self._recent = [*self._recent[-WINDOW:], row[6]]

    def _break(self, place: int) -> None:
        self.broken = place if self.broken is None else min(self.broken, place)


def follows(head: bytes, row: Raw) -> bool:
    """The row is the one written after the record with the hash ``head``."""
    return sha256(head + row[5]).digest() == row[6]


def in_order(head: bytes, rows: Sequence[Raw]) -> list[int]:
    """The places of those ``rows`` that follow one another from ``head`` on, in that order."""
    left = list(range(len(rows)))
    order: list[int] = []
    while True:
        likely = order[-1] + 1 if order else 0
        looked = [likely, *left] if likely in left else left
        place = next((p for p in looked if follows(head, rows[p])), None)
        if place is None:
            return order
        left.remove(place)
        order.append(place)
        head = rows[place][6]
        if _whole(order):
            return order


def _whole(order: Sequence[int]) -> int:
    """How many of the first records are those of ``order``, if that is all of it, else 0."""
    return len(order) if max(order) + 1 == len(order) else 0
