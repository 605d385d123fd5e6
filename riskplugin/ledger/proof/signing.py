"""Ed25519 keys that sign checkpoints: made, loaded and told apart. Knows no ledger.

The library is imported at the first signature, not at start: a bot without a key never pays.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from riskplugin.ports import LedgerError

#: The environment variable that holds the private key; it goes before the file.
VARIABLE = "RISKPLUGIN_SIGNING_KEY"

_BYTES = 32
_MAKE_ONE = "make one with: riskplugin audit keygen"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half of a key that everybody may know; ``raw`` are its 32 bytes."""

    raw: bytes

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """The key that ``text`` (base64) writes. Raises LedgerError when it writes none."""
        return cls(_raw(text, "the public key"))

    @property
    def id(self) -> str:
        """A short name: the first 16 hexadecimal digits of the SHA-256 of the raw key."""
        return sha256(self.raw).hexdigest()[:16]

    @property
    def text(self) -> str:
        """The key in base64, as :meth:`parse` reads it."""
        return base64.b64encode(self.raw).decode()

    def verify(self, message: bytes, signature: bytes) -> bool:
        """True when ``signature`` was made for ``message`` with the private half of this key."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key; its bytes stay out of every text that shows it."""

    raw: bytes = field(repr=False)

    @property
    def public(self) -> PublicKey:
        """The half that verifies."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        private = Ed25519PrivateKey.from_private_bytes(self.raw)
        return PublicKey(private.public_key().public_bytes_raw())

    @property
    def id(self) -> str:
        """The name of the public half."""
        return self.public.id

    def sign(self, message: bytes) -> bytes:
        """The signature of ``message``: 64 bytes, always the same for the same message."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.raw).sign(message)


def load_signing_key(path: Path, environ: Mapping[str, str] = os.environ) -> SigningKey | None:
    """The key from the environment, else from the file ``path``; None when neither is there.

    Raises LedgerError, which says what to do and holds nothing of the key, for a key that is none
    or lies open to others.
    """
    text = environ.get(VARIABLE, "").strip()
    if text:
        return SigningKey(_raw(text, f"the signing key in {VARIABLE}"))
    try:
        content = _private_text(path)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) else "it is no text"
        raise LedgerError(f"the signing key {path} cannot be read: {told}") from None
    return SigningKey(_raw(content, f"the signing key {path}"))


def generate(path: Path) -> SigningKey:
    """A new key in the file ``path`` (mode 600), its public half beside it in ``path``.pub.

    Raises LedgerError rather than write over a file.
    """
    key = SigningKey(os.urandom(_BYTES))
    public = path.with_name(f"{path.name}.pub")
    _write(path, base64.b64encode(key.raw).decode(), 0o600)
    try:
        _write(public, key.public.text, 0o644)
    except LedgerError:
        path.unlink()
        raise
    return key


def _private_text(path: Path) -> str:
    """What the file holds, if nobody else can read or write it. Never waits, even for a pipe."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, encoding="ascii") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise LedgerError(f"the signing key {path} is no file; {_MAKE_ONE}")
        if found.st_uid != os.geteuid():
            raise LedgerError(
                f"the signing key {path} belongs to another user: give it to the one the bot runs "
                "as (chown), or make a new one"
            )
        if found.st_mode & 0o077:
            raise LedgerError(
                f"the signing key {path} is open to others (mode {found.st_mode & 0o777:o}): "
                f"chmod 600 {path}, and make a new one if somebody may have read it"
            )
        return file.read(1024)


def _raw(text: str, what: str) -> bytes:
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):  # their texts may repeat the key
        raw = b""
    if len(raw) != _BYTES:
        raise LedgerError(f"{what} is not the base64 of {_BYTES} bytes; {_MAKE_ONE}")
    return raw


def _write(path: Path, text: str, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    except FileExistsError:
        raise LedgerError(f"{path} exists and is never written over; move it away first") from None
    except OSError as error:
        raise LedgerError(f"the key cannot be written to {path}: {error.strerror}") from error
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            os.fchmod(handle, mode)
            file.write(f"{text}\n")
            file.flush()
            os.fsync(handle)
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise LedgerError(f"the key cannot be written to {path}: {error.strerror}") from error
