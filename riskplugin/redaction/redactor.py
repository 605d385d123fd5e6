"""The secrets of one bot, and texts cleaned of them.

A value is hidden wherever it stands, also quoted for a URL, escaped for JSON or cut off at the end
of a text. Values that would tear ordinary text apart are treated with care:

- fewer than four characters, fewer than five digits, an ordinary word of ours, or a name that is
  public anyway (the bot's, the exchange's): not hidden. Nobody can tell it from other text;
- digits only (a chat id), or fewer than eight characters: hidden as a whole word.

Only texts are cleaned, never numbers, times, pairs or the words that records are read back by.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

import orjson

from riskplugin.redaction.patterns import MASK, without_patterns

#: Values that are no secret, whatever key they stand at: to hide these would hide our own words.
ORDINARY = frozenset(
    """
    sandbox freqtrade riskplugin binance test demo none null true false live spot futures dry_run
    long short buy sell stop stake entry exit done open closed latched half_open trip rearm halt
    flatten emergency user admin start time limit market order trade error value your_key
    your_secret your_exchange_key your_exchange_secret redacted
    stale input system trust liquidation leverage drawdown daily_loss weekly_loss exposure positions
    loss_at_stop size breaker warning critical minimal medium high increase replace
    """.split()  # noqa: SIM905  # a paragraph reads better than fifty lines
)
#: Texts are cleaned up to this many characters; of longer ones the rest is left out and counted.
LONGEST = 20_000
#: A secret that is cut off at the end of a text is known by this many characters.
CUT = 8

#: Names of values that records are read back by, or that nothing secret can stand at.
STRUCTURE = frozenset(
    """
    $ action at bot breaker kind key level limits limits_version name on_trip open_until order_id
    order_side intent pair point policy_version rule run_mode saved section side signal since state
    until version
    """.split()  # noqa: SIM905
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)?")
#: An object that should not have been there (ledger/form/odd.py), as its own words show it.
_FOREIGN = b'"$":"repr"'
#: Odd values whose text is nobody's words.
_FIGURES = ("nan", "inf", "-inf", "int", "naive", "sealed")


class Redactor:
    """Hides the given secrets, and what looks like one; without any, only the latter."""

    def __init__(self, secrets: Iterable[str] = (), *, public: Iterable[str] = ()) -> None:
        names = {name.lower() for name in public} | ORDINARY
        worth = {s for s in secrets if _worth_hiding(s) and s.lower() not in names}
        words = {s for s in worth if _is_word(s)}
        forms = {form for secret in worth - words for form in _forms(secret)}
        self._forms = sorted(forms, key=len, reverse=True)
        self._words = _words_pattern(words)
        signs = {form[:CUT] for form in forms} | words
        self._signs = tuple(sorted(signs))
        self._marks = tuple(sorted({_as_json(sign) for sign in signs}))
        self._cached = lru_cache(maxsize=256)(self._cleaned)

    def clean(self, text: str) -> str:
        """``text`` without secrets; the very same object when there was none in it.

        >>> Redactor(["c4n4ry/key+1"]).clean("GET /x?k=c4n4ry%2Fkey%2B1 failed")
        'GET /x?k=*** failed'
        """
        try:
            own = text if type(text) is str else str.__str__(text)
            cleaned = self._cached(own) if len(own) <= 100 else self._long(own)
        except Exception:  # noqa: BLE001  # what cannot be cleaned must not be seen
            return MASK
        return text if cleaned == own else cleaned

    def knows(self, payload: bytes) -> bool:
        """Whether a secret may stand in these bytes of JSON; cheap, and says yes too often."""
        return any(mark in payload for mark in self._marks)

    def clean_json(self, payload: bytes) -> bytes:
        """``payload`` with its texts cleaned; the same bytes when there was nothing to clean.

        Of texts only the known secrets are taken out: what merely looks like one may look so in a
        state and not in the records that it is folded from, and the two must agree.
        """
        if not self.knows(payload) and _FOREIGN not in payload:
            return payload
        tree = orjson.loads(payload)
        cleaned = self._tree(tree, "")
        return payload if cleaned == tree else orjson.dumps(cleaned)

    def _long(self, text: str) -> str:
        """Nobody reads a tag of ten megabytes, and an entry must not wait for it to be searched."""
        if len(text) <= LONGEST:
            return self._cleaned(text)
        kept = self._cleaned(text[: LONGEST - 40])
        return f"{kept[: LONGEST - 40]}… ({len(text)} characters)"  # short enough to stay so

    def _cleaned(self, text: str) -> str:
        return without_patterns(self._without_known(text))

    def _without_known(self, text: str) -> str:
        if any(sign in text for sign in self._signs):
            for form in self._forms:
                text = text.replace(form, MASK)
            text = self._uncut(text)
            if self._words is not None:
                text = self._words.sub(MASK, text)
        return text

    def _uncut(self, text: str) -> str:
        """Hide a secret whose end was cut off with the end of the text."""
        for form in self._forms:
            start = text.rfind(form[:CUT])
            if start >= 0 and form.startswith(text[start:].rstrip("….'\"")):
                text = text[:start] + MASK
        return text

    def _tree(self, tree: Any, name: str) -> Any:
        if isinstance(tree, dict):
            if tree.get("$") in _FIGURES:
                return tree
            if tree.get("$") == "repr":
                return {**tree, "text": self.clean(str(tree["text"]))}
            return {key: self._tree(item, key) for key, item in tree.items()}
        if isinstance(tree, list):
            return [self._tree(item, name) for item in tree]
        if isinstance(tree, str) and name not in STRUCTURE and not _MOMENT.fullmatch(tree):
            return self._without_known(tree)
        return tree


def _worth_hiding(secret: str) -> bool:
    digits = secret.lstrip("-").isdigit()
    return len(secret) >= (5 if digits else 4) and bool(secret.strip("*. "))


def _is_word(secret: str) -> bool:
    return len(secret) < 8 or secret.lstrip("-").isdigit()


def _words_pattern(words: set[str]) -> re.Pattern[str] | None:
    if not words:
        return None
    longest_first = sorted(words, key=len, reverse=True)
    inner = "|".join(re.escape(word) for word in longest_first)
    return re.compile(rf"(?<![^\W_])(?:{inner})(?![^\W_])")


def _forms(secret: str) -> set[str]:
    """A secret as it is written in URLs, JSON, HTML and Python's own quotes."""
    forms = {secret, html.escape(secret), repr(secret)[1:-1]}
    with suppress(ValueError):
        forms |= {quote(secret, safe=""), quote(secret), quote_plus(secret)}
        forms |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
        forms.add(secret.encode("unicode_escape").decode("ascii"))
    if secret.startswith("0x"):  # an address, whose letters have no case of their own
        forms |= {secret.lower(), "0x" + secret[2:].upper()}
    # A key of several lines may come with its lines joined, or as one of them.
    forms |= {line for line in secret.split("\n") if len(line) >= 16 and "-----" not in line}
    return forms


def _as_json(text: str) -> bytes:
    try:
        return orjson.dumps(text)[1:-1]
    except (TypeError, ValueError):
        return text.encode("unicode_escape")


#: Without any secret of its own: hides what looks like one.
NOBODYS = Redactor()
