"""The commands that change limits, as they are given on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from riskplugin.cli.console import UsageError
from riskplugin.cli.limits.in_force import numbers

Words = list[str]


class Term(NamedTuple):
    """For which pair a proposal is, and how long."""

    pair: str | None = None
    until: str | None = None
    once: bool = False


class Asked(NamedTuple):
    """The command for the bot, its arguments, and the question before it."""

    command: str
    args: dict[str, Any]
    question: str


def propose(words: Words, term: Term) -> Asked:
    """``KEY=VALUE`` words. Raises UsageError."""
    if not words:
        raise UsageError("say what to change: riskplugin limits propose breaker.cooldown=2h")
    changes = dict(map(_change, words))
    args: dict[str, Any] = {"changes": changes}
    if term.pair:
        args |= {"pair": term.pair, "once": term.once}
    if term.until or (term.once and not term.pair):
        args |= {"until": term.until or "", "once": term.once}
    where = f" for {term.pair}" if term.pair else ""
    return Asked("propose", args, f"ask for {', '.join(words)}{where}")


def approve(words: Words, _: Term) -> Asked:
    """A number."""
    number = _one(words, "approve 3")
    return Asked("approve", {"proposal": number}, f"approve proposal {number}, as a second person")


def reject(words: Words, _: Term) -> Asked:
    """A number."""
    number = _one(words, "reject 3")
    return Asked("reject", {"proposal": number}, f"reject proposal {number}")


def end_override(words: Words, _: Term) -> Asked:
    """A number."""
    number = _one(words, "end-override 2")
    return Asked("end-override", {"override": number}, f"end override {number}")


def acknowledge(words: Words, _: Term) -> Asked:
    """Nothing more."""
    if words:
        raise UsageError("acknowledge takes the file as it is; it needs no more words")
    return Asked("acknowledge-limits", {}, "take over the looser limits of the file")


CHANGING: dict[str, Callable[[Words, Term], Asked]] = {
    "propose": propose,
    "approve": approve,
    "reject": reject,
    "end-override": end_override,
    "acknowledge": acknowledge,
}


def _change(word: str) -> tuple[str, Any]:
    key, separator, text = word.partition("=")
    if not separator or not key or not text:
        raise UsageError(f"{word!r} is not KEY=VALUE: write e.g. breaker.drawdown.trip_pct=12")
    return key.removeprefix("risk."), _value(text)


def _value(text: str) -> Any:
    """Numbers, true, false and null as in the file; ``off`` is null; all else is text."""
    if text.lower() in ("off", "none"):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _one(words: Words, example: str) -> int:
    given = list(numbers(words))
    if len(given) != 1:
        raise UsageError(f"say which, by its number: riskplugin limits {example}")
    return given[0]
