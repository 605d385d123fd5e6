"""Which checkpoints of a bot, in the ledger and in copies elsewhere, can be taken at their word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from riskplugin.ledger.proof.checkpoints import Checkpoint
from riskplugin.ledger.proof.findings import Findings, when
from riskplugin.ledger.proof.signing import PublicKey
from riskplugin.ledger.store.tables import micros


@dataclass(slots=True, kw_only=True)
class Statements:
    """``valid`` are the checkpoints to hold the chain against, by record; ``only_copies`` those of
    them that the ledger itself does not have. ``trusted`` are keys by name.
    """

    trusted: Mapping[str, PublicKey]
    valid: list[Checkpoint] = field(default_factory=list)
    only_copies: list[Checkpoint] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    notes: list[str] = field(default_factory=list)
    #: What keys signed that are not trusted, by (checkpoint or copy, key).
    foreign: dict[tuple[str, str], list[Checkpoint]] = field(default_factory=dict)


def statements_of(
    bot: str,
    kept: Sequence[Checkpoint],
    copies: Iterable[Checkpoint],
    trusted: Sequence[PublicKey],
) -> Statements:
    """Sort out the checkpoints ``kept`` in the ledger of ``bot`` and the ``copies`` of them.

    With trusted keys only what one of them signed counts. Without any, signatures say nothing, and
    everything counts.
    """
    made = Statements(trusted={key.id: key for key in trusted})
    for statement in kept:
        if _stands(made, statement, "checkpoint"):
            made.valid.append(statement)
    known = set(kept)
    for statement in dict.fromkeys(c for c in copies if c.bot == bot):
        if statement in known or not _stands(made, statement, "copy"):
            continue
        made.valid.append(statement)
        made.only_copies.append(statement)
        text = f"{_name(statement)} is in the copies and not in the ledger"
        made.findings.add("checkpoint", statement.seq, text)
    made.valid.sort(key=lambda statement: statement.seq)
    _tell(made, len(kept))
    return made


def _stands(made: Statements, statement: Checkpoint, kind: str) -> bool:
    if not made.trusted:
        return True
    key = made.trusted.get(statement.key)
    what = _name(statement) if kind == "checkpoint" else f"a copy of {_name(statement)}"
    if key is None:
        made.foreign.setdefault((kind, statement.key), []).append(statement)
        return False
    if not key.verify(statement.message(), statement.signature):
        text = f"{what} was edited: the signature of key {statement.key} does not fit it"
        made.findings.add(kind, statement.seq, text)
        return False
    return True


def tell_foreign(made: Statements, covered: Callable[[Checkpoint], bool]) -> None:
    """Tell of keys that are not trusted, once for each.

    After a change of keys all older checkpoints are of the other key: those that are ``covered``,
    because they fit the records and a trusted key has signed these, too, are no finding.
    """
    for (kind, key), statements in made.foreign.items():
        rest = [s for s in statements if kind != "checkpoint" or not covered(s)]
        if len(rest) < len(statements):
            which = _several(kind, [s.seq for s in statements if s not in rest])
            made.notes.append(
                f"{which} signed with key {key!r}, which is none of the trusted ones; the records "
                "are what it states, and a trusted key signed them later"
            )
        if rest:
            made.findings.add(
                kind,
                rest[0].seq,
                f"{_several(kind, [s.seq for s in rest])} signed with key {key!r}, which is none "
                "of the trusted ones: if the bot signed with it, give its public half with "
                "--public-key, too",
            )


def _several(kind: str, places: Sequence[int]) -> str:
    is_copy = kind == "copy"
    one, many = ("copy of a ", "copies of checkpoints") if is_copy else ("", "checkpoints")
    if len(places) == 1:
        return f"the {one}checkpoint at record {places[0]} is"
    return f"{len(places)} {many}, from record {min(places)} to {max(places)}, are"


def _name(statement: Checkpoint) -> str:
    return f"the checkpoint at record {statement.seq} ({when(micros(statement.at))})"


def _tell(made: Statements, kept: int) -> None:
    if not kept and not made.only_copies:
        made.notes.append(
            "no checkpoint was ever signed: make a key with riskplugin audit keygen, and keep a "
            "copy of its checkpoints elsewhere"
        )
    elif not made.trusted:
        made.notes.append(
            "no public key was given: the checkpoints were compared, their signatures were not "
            "checked, and who can write the ledger may have written them"
        )
