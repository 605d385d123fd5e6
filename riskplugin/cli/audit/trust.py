"""Whose signatures count, and which checkpoints were kept elsewhere, for commands that verify."""

from __future__ import annotations

from pathlib import Path

from riskplugin.cli.audit.settings import Settings
from riskplugin.cli.console import UsageError
from riskplugin.ledger.proof.checkpoints import Checkpoint, read_copies
from riskplugin.ledger.proof.signing import PublicKey, load_signing_key
from riskplugin.ports import LedgerError


def key_of(given: str) -> PublicKey:
    """The key that a person named, as text or as a file with it."""
    try:
        is_file = Path(given).is_file()
    except (OSError, ValueError):
        is_file = False
    try:
        text = Path(given).read_text(encoding="utf-8") if is_file else given
        return PublicKey.parse(text)
    except (LedgerError, ValueError) as error:
        why = error if is_file else f"there is no file {given}, and as text {error}"
        raise UsageError(f"--public-key must be a public key or a file with one: {why}") from error


def own_keys(told: Settings, notes: list[str]) -> list[PublicKey]:
    """The keys that lie on this machine, which whoever changed the ledger may have changed."""
    found: dict[str, PublicKey] = {}
    for file in told.public_files:
        key = key_of(str(file))
        found[key.id] = key
    try:
        private = load_signing_key(told.key_file)
    except LedgerError as error:
        notes.append(f"the signing key was not looked at: {error}")
        private = None
    if private is not None:
        found[private.public.id] = private.public
    if found:
        notes.append(
            "the public key was found on this machine; whoever could change the ledger here could "
            "change it, too: keep a copy elsewhere and give it with --public-key"
        )
    return list(found.values())


def kept_copies(given: Path | None, told: Settings, notes: list[str]) -> list[Checkpoint]:
    """The checkpoints that were kept elsewhere; a line that is none is noted."""
    if given is not None and not given.is_file():
        raise UsageError(f"there is no file {given}")
    file = given or told.copies
    if file is None or not file.is_file():
        return []
    found, wrong = read_copies(file)
    notes += [f"{file}: line {number} is no checkpoint" for number in wrong]
    if given is not None and not found:
        raise UsageError(f"{given} holds no checkpoint")
    return found
