"""Passwords: which will do, how they are hashed and compared. argon2 is imported at first use."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from riskplugin.control.person import Denied, normalised

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 256
#: Letters that a password has at least, so that "aaaaaaaaaaaa" is none.
DIFFERENT = 5
#: What is tried first; a password that is one of these with something around it will not do.
COMMON = (
    "password",
    "passwort",
    "123456",
    "qwerty",
    "letmein",
    "freqtrade",
    "riskplugin",
    "abc123",
)

#: Hashing takes much memory by design: a flood of sign-ins must not take the bot's.
_AT_ONCE = threading.BoundedSemaphore(2)


def checked_password(name: str, password: str) -> str:
    """``password`` as it is hashed. Raises Denied (422) with the rule that it breaks."""
    plain = unicodedata.normalize("NFKC", password)
    rest = plain.casefold()
    if len(plain) < SHORTEST:
        raise Denied(422, f"a password has at least {SHORTEST} characters")
    if len(plain) > LONGEST:
        raise Denied(422, f"a password has at most {LONGEST} characters")
    if normalised(name) in rest:
        raise Denied(422, "a password must not hold the name")
    for word in COMMON:
        rest = rest.replace(word, "")
    if len(rest) < SHORTEST // 2 or len(set(rest)) < DIFFERENT:
        raise Denied(422, "this password is too easily guessed: take several words, say")
    return plain


def hashed(password: str) -> str:
    """The argon2 hash, which holds its own salt and parameters."""
    with _AT_ONCE:
        return _hasher().hash(unicodedata.normalize("NFKC", password))


def fits(password: str, hash_: str | None) -> bool:
    """Whether ``password`` was hashed to ``hash_``; for None it takes as long, and does not."""
    from argon2.exceptions import InvalidHashError, VerificationError

    plain = unicodedata.normalize("NFKC", password[:LONGEST])
    try:
        with _AT_ONCE:
            _hasher().verify(hash_ or _nobodys(), plain)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return hash_ is not None


def is_old(hash_: str) -> bool:
    """Whether it was made with weaker parameters than those of today."""
    return _hasher().check_needs_rehash(hash_)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    """What the password of a name that nobody has is held against."""
    import secrets

    return _hasher().hash(secrets.token_urlsafe(24))
