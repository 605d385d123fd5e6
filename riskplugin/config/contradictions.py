"""Limits that are fine one by one and impossible together. Each check yields its problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from riskplugin.config.alerting import BUILT_IN
from riskplugin.config.errors import Problem
from riskplugin.config.messages import did_you_mean, dotted, shown
from riskplugin.config.names import ALWAYS_ENFORCED, MODE_NAMES, TRIGGER_NAMES
from riskplugin.config.schema import Section

#: Triggers with a warning and a trip value; "system" has neither.
_TRIGGERS = tuple(name for name in TRIGGER_NAMES if name != "system")
_LEVELS = ("minimal", "low", "medium", "high", "critical")


def contradictions(section: Section) -> Iterator[Problem]:
    """Every contradiction between keys of ``section``."""
    for check in _CHECKS:
        yield from check(section)


def _not_above(low: str, low_value: float, high: str, high_value: float, why: str) -> Problem:
    """``low`` must be at most ``high`` and is not."""
    low, high = dotted(low.split(".")), dotted(high.split("."))
    return Problem(
        path=low,
        was=f"{low_value:g}",
        must=f"must be at most {high} ({high_value:g}): {why}",
        mend=f"write {low.rpartition('.')[2]} at most {high_value:g}, "
        f"or {high} at least {low_value:g}",
        involved=(low, high),
    )


def _warnings(section: Section) -> Iterator[Problem]:
    for name in _TRIGGERS:
        trigger = getattr(section.breaker, name)
        keys = trigger.names
        warn, trip = (getattr(trigger, key) for key in keys)
        if warn is None or trip is None:
            continue
        below = name == "liquidation_room"
        if (trip > warn) if below else (warn > trip):
            ends = [
                (f"breaker.{name}.{key}", value)
                for key, value in zip(keys, (warn, trip), strict=True)
            ]
            (low, low_value), (high, high_value) = reversed(ends) if below else ends
            why = (
                "it acts from below, so it warns first and trips lower"
                if below
                else ("a warning that comes after the trip warns nobody")
            )
            yield _not_above(low, low_value, high, high_value, why)


def _falling(section: Section) -> Iterator[Problem]:
    tables = (("sizing.base_pct", section.sizing.base_pct), ("leverage.max", section.leverage.max))
    for path, table in tables:
        for count, riskier in enumerate(_LEVELS[1:], start=1):
            low = getattr(table, riskier)
            calmer = min(_LEVELS[:count], key=lambda level: getattr(table, level))
            if low > (high := getattr(table, calmer)):
                why = f"more risk may not allow more, and {riskier} is riskier than {calmer}"
                yield _not_above(f"{path}.{riskier}", low, f"{path}.{calmer}", high, why)


def _ascending_levels(section: Section) -> Iterator[Problem]:
    for lower, higher in pairwise(_LEVELS[1:]):
        low, high = getattr(section.levels, lower), getattr(section.levels, higher)
        if not low < high:
            paths = dotted(("levels", higher)), dotted(("levels", lower))
            yield Problem(
                paths[0],
                f"{high:g}",
                f"must be above {paths[1]} ({low:g}): the levels begin one after the other",
                "write e.g. 20, 40, 60, 80 for low, medium, high, critical",
                paths,
            )


def _emergency(section: Section) -> Iterator[Problem]:
    emergency, why = section.emergency, "an emergency may not allow more than the calmest level"
    pairs = (
        ("max_leverage", emergency.max_leverage, "leverage.max", section.leverage.max.minimal),
        (
            "max_position_pct",
            emergency.max_position_pct,
            "sizing.base_pct",
            section.sizing.base_pct.minimal,
        ),
    )
    for key, value, table, most in pairs:
        if value > most:
            yield _not_above(f"emergency.{key}", value, f"{table}.minimal", most, why)


def _counts(section: Section) -> Iterator[Problem]:
    most = section.positions.max
    counts = {
        "emergency.max_positions": section.emergency.max_positions,
        "breaker.half_open.max_positions": section.breaker.half_open.max_positions,
    }
    for path, count in counts.items():
        if most is not None and count > most:
            yield _not_above(path, count, "positions.max", most, "it is a part of all positions")


def _cooldowns(section: Section) -> Iterator[Problem]:
    breaker = section.breaker
    if breaker.max_cooldown < breaker.cooldown:
        written = breaker.model_dump(mode="json")
        paths = dotted(("breaker", "max_cooldown")), dotted(("breaker", "cooldown"))
        yield Problem(
            paths[0],
            shown(written["max_cooldown"]),
            f"must be at least {paths[1]} ({shown(written['cooldown'])}): "
            "the cooldown grows up to it",
            f"write {shown(written['cooldown'])} or longer",
            paths,
        )


def _volatilities(section: Section) -> Iterator[Problem]:
    volatility, path = section.sizing.volatility, "sizing.volatility"
    if volatility.medium_pct > volatility.high_pct:
        yield _not_above(
            f"{path}.medium_pct",
            volatility.medium_pct,
            f"{path}.high_pct",
            volatility.high_pct,
            "medium comes before high",
        )


def _modes(section: Section) -> Iterator[Problem]:
    for name, mode in section.modes.items():
        path = dotted(("modes", name))
        if name not in MODE_NAMES:
            near = did_you_mean(name, MODE_NAMES)
            yield Problem(
                path,
                shown(mode),
                f"names no rule or trigger; there are {', '.join(MODE_NAMES)}",
                f"did you mean '{near}'?" if near else "take it out",
                (path,),
            )
        elif name in ALWAYS_ENFORCED and mode == "observe":
            yield Problem(
                path,
                shown(mode),
                f"must be enforced: without '{name}' the other rules have no figures to go by",
                "take it out",
                (path,),
            )


def _channels(section: Section) -> Iterator[Problem]:
    """An alert that is routed to a channel that does not exist would reach nobody."""
    known = (*BUILT_IN, *section.alerts.channels)
    routes = section.alerts.routes
    named = {
        "alerts.routes.info": routes.info,
        "alerts.routes.warning": routes.warning,
        "alerts.routes.critical": routes.critical,
    }
    named |= {
        f"alerts.levels.{number}": level.channels
        for number, level in enumerate(section.alerts.levels)
    }
    for path, names in named.items():
        for name in names:
            if name not in known:
                near = did_you_mean(name, known)
                yield Problem(
                    dotted(path.split(".")),
                    shown(name),
                    f"names no channel; there are {', '.join(known)}",
                    f"did you mean '{near}'?" if near else "add it to alerts.channels",
                    (dotted(path.split(".")),),
                )


_CHECKS: tuple[Callable[[Section], Iterator[Problem]], ...] = (
    _warnings,
    _falling,
    _ascending_levels,
    _emergency,
    _counts,
    _cooldowns,
    _volatilities,
    _modes,
    _channels,
)
