"""What is wrong with the bot, from one look. Pure: figures come in, sentences go out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from riskplugin.core.alerts.tellings import CRITICAL, WARNING, Raise
from riskplugin.core.alerts.wording import length
from riskplugin.watchdog.sight import Sight

#: Between the bot's clock and this machine's; more is told.
CLOCKS = timedelta(minutes=1)
#: Checkpoints are late when they are older than this many of their intervals.
LATE = 3
#: Names of everything that a look can find; what is not found any more is mended.
NAMES = (
    "ledger_unreadable",
    "bot_silent",
    "bot_exposed",
    "prices_old",
    "commands_wait",
    "ledger_damaged",
    "checkpoints_late",
    "disk_space",
    "clocks_differ",
    "watchdog_keys",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is still well. ``signs``: a key is there, so checkpoints are to be expected."""

    silent_after: timedelta
    max_price_age: timedelta
    checkpoint_every: timedelta
    min_free_mb: float
    signs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Everything that one round knows: the sight, and what was measured beside it.

    ``silence`` is what this process waited through (:mod:`pulse`); ``lives`` whether the bot's
    process does, None where that cannot be known; ``free_mb`` is free space by place; ``damage``
    what verification found; ``keys`` why the watchdog's own keys do not work.
    """

    sight: Sight
    silence: timedelta
    lives: bool | None = None
    free_mb: tuple[tuple[str, float], ...] = ()
    damage: str | None = None
    keys: str | None = None


def findings(look: Look, bounds: Bounds) -> list[Raise]:
    """Everything that people have to know, the worst first."""
    found = [*_ledger(look), *_silence(look, bounds), *_work(look, bounds), *_places(look, bounds)]
    return sorted(found, key=lambda each: each.severity is not CRITICAL)


def _found(name: str, said: str, *, critical: bool = False) -> Raise:
    severity = CRITICAL if critical else WARNING
    return Raise(name=name, severity=severity, said=said, lasting=True)


def _ledger(look: Look) -> Iterator[Raise]:
    if look.sight.trouble is not None:
        said = (
            f"the ledger is of no use, so the watchdog does not see the bot: {look.sight.trouble}"
        )
        yield _found("ledger_unreadable", said)
    if look.damage is not None:
        yield _found("ledger_damaged", f"LEDGER DAMAGED: {look.damage}", critical=True)


def _silence(look: Look, bounds: Bounds) -> Iterator[Raise]:
    sight = look.sight
    if sight.life is None or look.silence < bounds.silent_after:
        return
    held = _held(sight)
    since = "ever" if sight.spoke is None else f"{sight.spoke:%Y-%m-%d %H:%M:%S} UTC"
    if sight.ended and sight.exposed:
        said = f"the bot was stopped at {since} and leaves {held}: nobody watches it"
        yield _found("bot_exposed", said, critical=True)
    elif sight.exposed:
        said = f"THE BOT IS SILENT since {since} with {held}. {_state(look)}"
        yield _found("bot_exposed", said, critical=True)
    elif not sight.ended:
        said = f"the bot is silent since {since}; it held nothing. {_state(look)}"
        yield _found("bot_silent", said)


def _held(sight: Sight) -> str:
    pairs = ", ".join(dict.fromkeys(each.pair for each in sight.listed))
    open_ = f"{len(sight.listed)} open positions ({pairs})" if sight.listed else "no position"
    under_way = f" and {len(sight.expected)} entries under way" if sight.expected else ""
    return f"{open_}{under_way}"


def _state(look: Look) -> str:
    match look.lives:
        case True:
            number = (look.sight.process or {}).get("pid")
            return f"Its process {number} lives: it hangs, or was paused (/start)"
        case False:
            return "Its process is gone"
    return "Whether its process lives cannot be seen from here"


def _work(look: Look, bounds: Bounds) -> Iterator[Raise]:
    sight = look.sight
    if sight.life is None:
        return
    price, silent = sight.oldest_price_s, look.silence >= bounds.silent_after
    if price is not None and price > bounds.max_price_age.total_seconds() and not silent:
        age = length(timedelta(seconds=price))
        yield _found("prices_old", f"the bot judges by prices that are {age} old")
    late = [at for at in sight.waiting if sight.at - at > bounds.silent_after]
    if late and not (sight.ended or silent):
        said = f"{len(late)} commands wait unanswered, the first for {length(sight.at - late[0])}"
        yield _found("commands_wait", said)
    if bounds.signs and _unsigned(sight) > LATE * bounds.checkpoint_every:
        said = f"records of {length(_unsigned(sight))} are not signed by any checkpoint"
        yield _found("checkpoints_late", said)


def _unsigned(sight: Sight) -> timedelta:
    """From the latest checkpoint to the latest record."""
    if sight.recorded is None or sight.signed is None:
        return timedelta(0)
    return sight.recorded - sight.signed


def _places(look: Look, bounds: Bounds) -> Iterator[Raise]:
    for name, free in look.free_mb:
        if free < bounds.min_free_mb:
            said = (
                f"only {free:.0f} MB are free where the {name} lies: without space no entry passes"
            )
            yield _found("disk_space", said)
    ahead = _ahead(look.sight.spoke, look.sight.at)
    if ahead > CLOCKS:
        yield _found("clocks_differ", f"the bot's clock is {length(ahead)} ahead of this machine's")
    if look.keys is not None:
        said = f"the watchdog's own keys do not work, it could not close anything: {look.keys}"
        yield _found("watchdog_keys", said, critical=True)


def _ahead(spoke: datetime | None, at: datetime) -> timedelta:
    return timedelta(0) if spoke is None else spoke - at
