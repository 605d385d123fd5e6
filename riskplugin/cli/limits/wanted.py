"""What a person wants of the limits, read from the command line before anybody is asked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from riskplugin.cli.botfiles import load_config
from riskplugin.cli.console import UsageError, config_files
from riskplugin.config.ceilings import is_limit
from riskplugin.config.direction import DIRECTIONS
from riskplugin.config.messages import did_you_mean


def changes_of(words: Iterable[str]) -> dict[str, Any]:
    """``KEY=VALUE`` words. Raises UsageError."""
    changes: dict[str, Any] = {}
    for word in words:
        key, value = _change(word)
        if key in changes:
            raise UsageError(f"{key} stands there twice")
        changes[key] = value
    if not changes:
        raise UsageError("say what to change: riskplugin limits propose breaker.cooldown=2h")
    return changes


def term_of(pair: str | None, until: str | None, once: bool) -> dict[str, Any]:
    """The arguments that say for which pair, and how long. Raises UsageError."""
    if pair is None and (until is not None or once):
        raise UsageError("only the limits of one pair have an end: name it with --pair")
    if pair is None:
        return {}
    if until is None and not once:
        raise UsageError("the limits of one pair have an end: add --until 2h, or --once")
    return {"pair": pair, "once": once} | ({} if until is None else {"until": until})


def fitting(pair: str, config: list[Path] | None, userdir: Path, ledger: str | None) -> None:
    """Refuse a pair that the bot of the configuration cannot trade, as the other market spells it.

    Such an override would hold for no entry, and look as if it did. Raises UsageError.
    """
    if ledger is not None:
        return  # that may be any bot's
    try:
        settings = load_config(config_files(config, userdir), userdir)
    except UsageError:
        return  # what is wrong with it, is said elsewhere
    futures = str(settings.get("trading_mode") or "spot") == "futures"
    name, _, settled = pair.partition(":")
    if futures and not settled:
        raise UsageError(
            f"{pair} is a spot pair, and the bot trades futures: write "
            f"{pair}:{pair.partition('/')[2] or 'USDT'}"
        )
    if settled and not futures:
        raise UsageError(f"{pair} is a futures pair, and the bot trades spot: write {name}")


def _change(word: str) -> tuple[str, Any]:
    key, separator, text = word.partition("=")
    if not separator or not key or not text:
        raise UsageError(f"{word!r} is not KEY=VALUE: write e.g. breaker.drawdown.trip_pct=12")
    key = key.removeprefix("risk.")
    if not is_limit(key):
        near = did_you_mean(key, DIRECTIONS)
        hint = f"did you mean {near}?" if near else "riskplugin limits shows them all"
        raise UsageError(f"{key!r} is no limit: {hint}")
    return key, _value(text)


def _value(text: str) -> Any:
    """Numbers, true, false and null as in the file; ``off`` is null; all else is text."""
    if text.lower() in ("off", "none"):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
