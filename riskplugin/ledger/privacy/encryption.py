"""Encrypts the texts of a record that name persons or tell a strategy's mind (AU-4), one by one.

It happens before a record is hashed: the chain covers what is on disk, and is proven without any
key. Figures, pairs, times and verdicts stay readable. Knows no database; keys: :mod:`data_keys`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson

from riskplugin.core.state import RiskState
from riskplugin.ledger.form.codec import encode_state
from riskplugin.ledger.form.odd import SEALED, TAG
from riskplugin.ledger.privacy.data_keys import new_key, rotate

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

__all__ = ["SEALED", "SENSITIVE", "FieldCipher", "agree", "new_key", "rotate"]

#: The names of the texts that are encrypted: who did something, why in that person's words, and
#: the strategy's own words for entries and exits. ``how`` and ``outcome`` may name a person, too.
SENSITIVE = frozenset(
    """
    by reason reasons tag exit_reason how outcome saved
    latched_by emergency_by flatten_by tripped_by
    said resolution acknowledged_by
    """.split()  # noqa: SIM905  # a paragraph reads better than a column
)

#: Tags of odd values (ledger/form/odd.py); all others name the class of a record.
_ODD = frozenset(("nan", "inf", "-inf", "repr", "naive", "int", "escaped", "sealed"))
_MARK = b'{"$":"sealed"'
_KEY_NAMES = re.compile(rb'\{"\$":"sealed","key":"([^"]*)"')


class FieldCipher:
    """Seals with one data key, the last of ``keys``, and opens what any of them has sealed."""

    def __init__(self, keys: Mapping[str, Fernet]) -> None:
        self._keys = dict(keys)
        self._newest = next(reversed(self._keys), "")

    def seal(self, payload: bytes) -> bytes:
        """Canonical JSON with the texts at :data:`SENSITIVE` names encrypted."""
        tree = orjson.loads(payload)
        return orjson.dumps(self._sealed(tree, ""))

    def unseal(self, payload: bytes) -> bytes:
        """The JSON that was sealed; what no key opens becomes the text "(sealed)".

        Bytes that are no JSON are answered as they are: the codec says what is wrong with them.
        """
        if _MARK not in payload:
            return payload
        try:
            tree = orjson.loads(payload)
        except ValueError:
            return payload
        return orjson.dumps(self._unsealed(tree))

    def seal_text(self, text: str) -> str:
        """A whole column."""
        return text if _is_sealed(text) else orjson.dumps(self._sealed(text, "by")).decode()

    def unseal_text(self, text: str) -> str:
        """The column's text; the text as it is when it was never sealed."""
        if not _is_sealed(text):
            return text
        try:
            return str(self._opened(orjson.loads(text)))
        except (ValueError, KeyError, TypeError):
            return SEALED

    def unknown(self, payload: bytes) -> set[str]:
        """The names of keys that sealed something in these bytes and are not known here."""
        found = {name.decode("ascii", "replace") for name in _KEY_NAMES.findall(payload)}
        return found - self._keys.keys()

    def _sealed(self, tree: Any, name: str) -> Any:
        if isinstance(tree, list):
            return [self._sealed(item, name) for item in tree]
        if isinstance(tree, dict) and tree.get(TAG) not in _ODD:
            return {key: self._sealed(item, key) for key, item in tree.items()}
        if tree is None or name not in SENSITIVE:
            return tree
        if isinstance(tree, dict) and tree[TAG] == "sealed":
            return tree
        token = self._keys[self._newest].encrypt(orjson.dumps(tree)).decode()
        return {TAG: "sealed", "key": self._newest, "text": token}

    def _unsealed(self, tree: Any) -> Any:
        if isinstance(tree, list):
            return [self._unsealed(item) for item in tree]
        if not isinstance(tree, dict):
            return tree
        if tree.get(TAG) == "sealed":
            return self._opened(tree)
        return {key: self._unsealed(item) for key, item in tree.items()}

    def _opened(self, tag: dict[str, Any]) -> Any:
        from cryptography.fernet import InvalidToken

        try:
            return orjson.loads(self._keys[tag["key"]].decrypt(str(tag["text"]).encode()))
        except (InvalidToken, ValueError, KeyError, TypeError):
            return SEALED


def agree(one: RiskState, other: RiskState) -> bool:
    """Whether two states are the same as far as they can be read.

    A text that is sealed in one of them cannot be compared without the key and counts as equal.
    """
    return _alike(orjson.loads(encode_state(one)), orjson.loads(encode_state(other)))


def _alike(one: Any, other: Any) -> bool:
    if one == other or SEALED in (one, other):
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    return False


def _is_sealed(text: str) -> bool:
    return text.startswith(_MARK.decode())
