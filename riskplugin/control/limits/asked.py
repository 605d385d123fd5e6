"""What a person asks of the limits, read from a command's arguments: strict, with every refusal in
words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from riskplugin.config import ConfigError
from riskplugin.config.ceilings import is_limit
from riskplugin.config.direction import DIRECTIONS, Compared, compare, differing, value_of
from riskplugin.config.durations import parse_duration
from riskplugin.config.messages import did_you_mean
from riskplugin.control.limits.force import POSITIONS, File, Limits, tightened
from riskplugin.control.limits.words import shown
from riskplugin.core.commands import Refused

#: What the gate reads of the limits for one entry: of these, a pair may have others for a while.
FOR_ONE_PAIR = frozenset(
    {key for key in DIRECTIONS if key.startswith(("sizing.", "leverage."))}
    - {"sizing.volatility.estimator"}
    | {
        POSITIONS,
        "breaker.exposure.warn_pct",
        "emergency.max_position_pct",
        "emergency.max_leverage",
        "emergency.max_positions",
    }
)
#: The loop closes positions that are outside of these as they hold for all pairs.
NEVER_LOOSER = frozenset(
    {"leverage.max.minimal", "emergency.max_leverage", "emergency.max_positions"}
)
_KNOWN = frozenset({"changes", "pair", "once", "until"})


@dataclass(frozen=True, slots=True)
class Wish:
    """Other limits: ``keys`` differ from what holds, ``limits`` is what they give together."""

    limits: Limits
    keys: tuple[str, ...]
    compared: Compared
    pair: str
    until: str
    once: bool


def pair_of(args: Mapping[str, Any]) -> str:
    """The pair that an override is for, "" for all. Raises Refused."""
    pair = args.get("pair", "")
    if not isinstance(pair, str) or len(pair) > 64 or pair != pair.strip():
        raise Refused('"pair" has to be the name of a pair')
    if not pair.isprintable():
        raise Refused('"pair" has to be the name of a pair: it holds what cannot be printed')
    return pair


def tradable(pair: str, markets: Collection[str]) -> None:
    """Refuse a pair that is none of ``markets``: limits for it would hold for no entry.

    While no market is known nothing is refused: somebody may have to tighten just then.
    """
    if not pair or not markets or pair in markets:
        return
    spelt = {market.lower(): market for market in sorted(markets, reverse=True)}
    near = did_you_mean(pair, spelt)
    hint = f"did you mean {spelt[near]}?" if near else "write it as the exchange does"
    raise Refused(f"the bot cannot trade {pair!r}: {hint}")


def wish(
    args: Mapping[str, Any], held: Limits, file: File, at: datetime, longest: timedelta
) -> Wish:
    """The limits that ``args`` ask for, where ``held`` holds. Raises Refused."""
    strange = sorted(set(args) - _KNOWN)
    if strange:
        raise Refused(f"{strange[0]!r} is not known here; known are {', '.join(sorted(_KNOWN))}")
    pair = pair_of(args)
    changes = _changes(args.get("changes"), file)
    limits = _together(held, changes, file)
    keys = tuple(differing(held.flat, limits.flat))
    if not keys:
        raise Refused("nothing would change: these values hold already")
    for key in keys:
        if not file.allowed(key, value_of(limits.flat, key)):
            raise Refused(_beyond(key, value_of(limits.flat, key), file))
    compared = compare(held.flat, limits.flat)
    until, once = "", False
    if pair:
        _only_entries(keys, compared)
        until, once = _term(args, at, longest)
    elif args.get("until") or args.get("once"):
        raise Refused("only limits for one pair have an end: name it with pair")
    return Wish(limits, keys, compared, pair, until, once)


def ends(until: str, at: datetime, longest: timedelta) -> datetime:
    """When an override that begins ``at`` ends. Raises Refused for the past, or too far away."""
    try:
        end = at + parse_duration(until)
    except ValueError:
        try:
            end = datetime.fromisoformat(until)
        except ValueError:
            raise Refused(
                f"{until!r} is no time: write how long (2h), or 2026-03-01T12:00"
            ) from None
    end = end if end.tzinfo is not None else end.replace(tzinfo=UTC)
    if not at < end:
        raise Refused(f"{end:%Y-%m-%d %H:%M} UTC has passed")
    if end - at > longest:
        hours = longest.total_seconds() / 3600
        raise Refused(f"limits of one pair hold for {hours:g} hours at most")
    return end


def _changes(given: Any, file: File) -> dict[str, Any]:
    if not isinstance(given, dict) or not given:
        raise Refused('say what to change: "changes": {"breaker.daily_loss.trip_pct": 1.5}')
    for key in given:
        if not is_limit(key):
            near = did_you_mean(key, DIRECTIONS)
            hint = f"did you mean {near}?" if near else "riskplugin limits shows them all"
            raise Refused(f"{key!r} is no limit: {hint}")
    return {
        key: file.slots if (key, value) == (POSITIONS, None) else value
        for key, value in given.items()
    }


def _together(held: Limits, changes: dict[str, Any], file: File) -> Limits:
    """What holds with these changes; other limits are tightened along where they would contradict.

    A warning follows its trip value down. What was asked for itself is never altered.
    """
    flat = {**held.flat, **changes}
    try:
        return file.read(flat)
    except ConfigError as error:
        refusal = Refused("; ".join(map(str, error.problems)))
    try:
        follows = tightened(flat)
        if all(follows.get(key) == value for key, value in changes.items()):
            return file.read(follows)
    except (ConfigError, TypeError, ValueError):
        pass
    raise refusal


def _beyond(key: str, value: Any, file: File) -> str:
    top = value_of(file.ceiling, key)
    return (
        f"{key} {shown(value)} is beyond the hard limit of {shown(top)}: only the configuration "
        "file can allow it (control.hard_limits)"
    )


def _only_entries(keys: tuple[str, ...], compared: Compared) -> None:
    for key in keys:
        if key not in FOR_ONE_PAIR:
            raise Refused(f"{key} holds for all pairs or for none: leave the pair out")
    for key in compared.loosened:
        if key in NEVER_LOOSER:
            raise Refused(
                f"{key} cannot be looser for one pair: a position beyond it would be closed at once"
            )


def _term(args: Mapping[str, Any], at: datetime, longest: timedelta) -> tuple[str, bool]:
    until, once = args.get("until", ""), args.get("once", False)
    if not isinstance(once, bool) or not isinstance(until, str):
        raise Refused('"once" is true or false, "until" a time or how long')
    if not until and not once:
        raise Refused("limits of one pair have an end: say until when, or once")
    if not until:
        until = f"{int(longest.total_seconds())}s"
    ends(until, at, longest)
    return until, once
