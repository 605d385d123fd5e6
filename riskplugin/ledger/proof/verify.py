"""Holds a bot's ledger against itself, its signed checkpoints and their copies (AU-2).

The chain shows any change that did not rewrite everything behind it; a checkpoint, signed with a
key that whoever rewrites does not have, shows one that did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from riskplugin.ledger.proof.chain import genesis, link
from riskplugin.ledger.proof.checkpoints import Checkpoint
from riskplugin.ledger.proof.contents import Contents
from riskplugin.ledger.proof.evidence import Evidence, Raw, batches, gather
from riskplugin.ledger.proof.findings import Finding, Findings, Report, moment_of, span, when
from riskplugin.ledger.proof.signatures import Statements, statements_of, tell_foreign
from riskplugin.ledger.proof.signing import PublicKey
from riskplugin.ledger.proof.walk import Walk
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.store.tables import event_id, micros
from riskplugin.ledger.store.triggers import missing

__all__ = ["Finding", "Report", "verify"]


def verify(
    reader: LedgerReader,
    bot: str,
    *,
    trusted: Sequence[PublicKey] = (),
    copies: Sequence[Checkpoint] = (),
) -> Report:
    """Verify the whole ledger of ``bot``; it may be writing meanwhile.

    ``trusted`` are the keys that its checkpoints may be signed with; without any, signatures are
    not looked at. ``copies`` are checkpoints kept elsewhere; those of other bots are left out.
    Raises LedgerError when the ledger cannot be read at all.
    """
    evidence = gather(reader, bot)
    signed = statements_of(bot, evidence.checkpoints, copies, trusted)
    foreign = [statement for several in signed.foreign.values() for statement in several]
    wanted = [statement.seq for statement in (*signed.valid, *foreign)]
    if evidence.state is not None:
        wanted += (evidence.state.seq, evidence.state.last or 0)
    walk = Walk(bot, evidence.number or 0, wanted)
    contents = Contents(evidence, reader.opened)
    ends: list[Raw] = []
    for rows in _rows(reader, evidence):
        walk.feed(rows)
        contents.feed(rows)
        ends = [ends[0] if ends else rows[0], rows[-1]]
    walk.end()
    contents.end()
    rest = Findings()
    _end(rest, evidence, signed)
    _state(rest, bot, evidence, walk)
    _signed(rest, evidence, signed, walk)
    _shifted(rest, reader, evidence, signed, walk)
    _strays(rest, evidence)
    for kind, text in evidence.odd:
        rest.add(kind, None, text)
    proven = _proven(signed, walk)
    upto = proven.seq if proven else 0
    tell_foreign(signed, lambda s: s.seq <= upto and walk.hashes.get(s.seq) == s.hash)
    groups = (walk.findings, rest, signed.findings, contents.findings)
    findings = [finding for group in groups for finding in group.all()]
    first = moment_of(ends[0][3]) if ends else None
    return Report(
        bot=bot,
        records=walk.count,
        first=first,
        last=moment_of(ends[1][3]) if ends else None,
        checkpoints=len(evidence.checkpoints),
        proven=upto,
        findings=tuple(findings),
        notes=(
            *_notes(evidence, signed, walk, proven, findings),
            *_begun_anew(signed, first),
            *_unlocked(reader),
            *contents.notes,
        ),
    )


def _rows(reader: LedgerReader, evidence: Evidence) -> Iterator[list[Raw]]:
    return batches(reader, evidence.number or 0, evidence.head)


def _end(found: Findings, evidence: Evidence, signed: Statements) -> None:
    """Whoever says that there was a record behind the last one?"""
    witnesses = [(s.seq, f"{_name(s, signed)} states record {s.seq}") for s in signed.valid]
    if evidence.state is not None:
        seq = evidence.state.seq
        witnesses.append((seq, f"the state was saved with record {seq}"))
        last = evidence.state.last or 0
        witnesses.append((last, f"record {last} changed the state"))
    witnesses += [(seq, f"a mark names record {seq}") for _, seq in evidence.marks]
    behind = [(seq, text) for seq, text in witnesses if seq > evidence.head]
    if behind:
        seq, text = max(behind)
        which = span(evidence.head + 1, seq)
        has = "there are no records" if not evidence.head else f"the last record is {evidence.head}"
        found.add("truncated", evidence.head + 1, f"{which} cut off at the end: {text}, but {has}")


def _state(found: Findings, bot: str, evidence: Evidence, walk: Walk) -> None:
    """The saved state and the record that it was saved with are tied by a hash, and what records
    changed since by those two places.
    """
    saved = evidence.state
    if saved is None:
        if evidence.head:
            found.add("state", None, "the saved state is gone")
        return
    if saved.seq < 0:
        return  # told already
    hashes = {0: genesis(bot), **walk.hashes}
    hash_ = hashes.get(saved.seq)
    if hash_ is not None and link(hash_, saved.payload) != saved.hash:
        text = f"the saved state does not fit record {saved.seq}, which it was saved with"
        found.add("state", saved.seq, f"{text}: one of the two was edited")
    if saved.since is None or saved.last is None:
        text = "how far records changed the saved state is gone, or was edited"
        found.add("state", None, text)
    elif saved.since != saved.seq:
        text = f"the saved state is an old one, of record {saved.seq}"
        found.add("state", None, f"{text}: it stands in the place of that of {saved.since}")
    elif saved.last < saved.seq or hashes.get(saved.last, saved.last_hash) != saved.last_hash:
        text = f"record {saved.last} is not the one that last changed the saved state"
        found.add("state", saved.last, f"{text}: one of the two was edited")


def _signed(found: Findings, evidence: Evidence, signed: Statements, walk: Walk) -> None:
    """Records that are in order among themselves, and yet not those that were signed."""
    for statement in signed.valid:
        hash_ = walk.hashes.get(statement.seq)
        if statement.seq > evidence.head or hash_ == statement.hash:
            continue
        fitting = [s for s in signed.valid if walk.hashes.get(s.seq) == s.hash]
        before = max((s.seq for s in fitting if s.seq < statement.seq), default=0)
        text = (
            f"record {statement.seq} is not the one that {_name(statement, signed)} states: "
            f"something in {span(before + 1, statement.seq)} was changed and the hashes made anew"
        )
        found.add("rewritten", statement.seq, text)
        return  # all behind the first one follow from the same change


def _shifted(
    found: Findings, reader: LedgerReader, evidence: Evidence, signed: Statements, walk: Walk
) -> None:
    """A record that was signed under another number: so many were taken out, or put in."""
    missing = {s.hash: s for s in signed.valid if walk.hashes.get(s.seq) != s.hash}
    if not missing or walk.broken is None:
        return
    told: set[int] = set()
    for rows in _rows(reader, evidence):
        for row in rows:
            statement = missing.get(row[6])
            if statement is None:
                continue
            place = row[0] - event_id(evidence.number or 0, 0)
            off = statement.seq - place
            if off and off not in told:
                told.add(off)
                what = "taken out" if off > 0 else "put in"
                kind = "removed" if off > 0 else "inserted"
                text = (
                    f"{abs(off)} record{'s' if abs(off) > 1 else ''} before record {place} "
                    f"{'were' if abs(off) > 1 else 'was'} {what}: it was number {statement.seq} "
                    f"when it was signed"
                )
                found.add(kind, place, text)


def _strays(found: Findings, evidence: Evidence) -> None:
    count, lowest = evidence.strays
    if count:
        text = f"{count} records belong to no bot that the ledger knows (the first has id {lowest})"
        found.add(
            "stray", None, f"{text}: a bot was taken out of the table bots, or they were put in"
        )


def _proven(signed: Statements, walk: Walk) -> Checkpoint | None:
    """The latest checkpoint of a trusted key that fits, with an unbroken chain up to it.

    Behind one that does not fit nothing is proven: a bot that goes on from an old or rewritten
    ledger signs what it finds there.
    """
    against = [s.seq for s in signed.valid if walk.hashes.get(s.seq, s.hash) != s.hash]
    end = min((each for each in (walk.broken, *against) if each is not None), default=None)
    fitting = [
        statement
        for statement in signed.valid
        if statement.key in signed.trusted
        and walk.hashes.get(statement.seq) == statement.hash
        and (end is None or statement.seq < end)
    ]
    return max(fitting, key=lambda statement: statement.seq, default=None)


def _name(statement: Checkpoint, signed: Statements) -> str:
    what = "a copy of a checkpoint" if statement in signed.only_copies else "the checkpoint"
    return f"{what} of {when(micros(statement.at))}"


def _notes(
    evidence: Evidence,
    signed: Statements,
    walk: Walk,
    proven: Checkpoint | None,
    findings: Sequence[Finding],
) -> Iterator[str]:
    if proven is not None:
        yield (
            f"records 1 to {proven.seq} are proven by the checkpoint of {when(micros(proven.at))}, "
            f"signed with key {proven.key}"
        )
    first = min((f.seq for f in findings if f.seq is not None and f.kind in _CHAIN), default=None)
    if first is not None and evidence.head:
        yield f"trust in the content ends before record {first}"
    yield from signed.notes
    beyond = evidence.head - (proven.seq if proven else 0)
    if beyond and walk.count:
        which = span((proven.seq if proven else 0) + 1, evidence.head)
        yield (
            f"no checkpoint of a trusted key covers {which}: records cut off at the end, or a "
            "change there with all hashes behind it made anew, cannot be seen"
        )


def _begun_anew(signed: Statements, first: datetime | None) -> Iterator[str]:
    """Who moves a ledger away to begin anew easily forgets the copies of its checkpoints."""
    older = [s for s in signed.only_copies if first is not None and s.at < first]
    if older:
        yield (
            f"{len(older)} of the copies of checkpoints are older than the first record: if the "
            "ledger was begun anew on purpose, move the file of copies away, too; if not, this is "
            "another ledger than the one that was signed"
        )


def _unlocked(reader: LedgerReader) -> Iterator[str]:
    """No finding: a copy made by a tool that leaves triggers out holds the same records."""
    with reader.connection("looking at the triggers") as connection:
        gone = missing(connection)
    if gone:
        yield (
            f"{len(gone)} of the triggers that refuse changes are gone or switched off "
            f"({', '.join(gone[:3])}{', …' if len(gone) > 3 else ''}): somebody took them away, "
            "or this is a copy without them"
        )


#: Kinds of findings after which records are no longer those that were written.
_CHAIN = frozenset({"edited", "removed", "inserted", "reordered", "rewritten", "truncated"})
