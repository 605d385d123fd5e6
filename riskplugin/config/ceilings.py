"""``control.hard_limits``: how far limits may be loosened while the bot runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from riskplugin.config.direction import DIRECTIONS, direction_of
from riskplugin.config.errors import ConfigError, Problem
from riskplugin.config.loading import normalised, read
from riskplugin.config.messages import ROOT, shown
from riskplugin.config.names import MODE_NAMES
from riskplugin.config.schema import Section

_AT = f"{ROOT}.control.hard_limits"


def leaves(section: Mapping[str, Any], *path: str) -> Iterator[tuple[str, Any]]:
    """Every key of a (partial) section with its value: the keys dotted.

    >>> dict(leaves({"stop": {"normal_pct": 5}, "modes": {}}))
    {'stop.normal_pct': 5}
    """
    for name, value in section.items():
        if isinstance(value, Mapping):
            yield from leaves(value, *path, str(name))
        else:
            yield ".".join((*path, str(name))), value


def section_of(flat: Mapping[str, Any]) -> dict[str, Any]:
    """The section that has these keys.

    >>> section_of({"stop.normal_pct": 5, "positions.max": 3})
    {'stop': {'normal_pct': 5}, 'positions': {'max': 3}}
    """
    section: dict[str, Any] = {}
    for key, value in flat.items():
        *groups, last = key.split(".")
        inner = section
        for group in groups:
            inner = inner.setdefault(group, {})
        inner[last] = value
    return section


def is_limit(key: str) -> bool:
    """``key`` names a limit."""
    return key in DIRECTIONS or (key.startswith("modes.") and key[6:] in MODE_NAMES)


def ceiling_of(model: Section) -> dict[str, Any]:
    """Every key of the section, those of the hard limits with the value given there.

    Raises ConfigError.
    """
    own = dict(leaves(normalised(model)))
    own = {key: value for key, value in own.items() if is_limit(key)}
    hard = dict(leaves(model.control.hard_limits))
    strange = [
        Problem(f"{_AT}.{key}", shown(hard[key]), *_NO_LIMIT) for key in hard if not is_limit(key)
    ]
    if strange:
        raise ConfigError(strange)
    try:
        merged = normalised(read(section_of({**own, **hard})))
    except ConfigError as error:
        raise ConfigError(_moved(error)) from error
    flat = dict(leaves(merged))
    return {key: value for key, value in flat.items() if is_limit(key)}


def problems(model: Section) -> Iterator[Problem]:
    """What is wrong with the hard limits of ``model``."""
    if not model.control.hard_limits:
        return
    try:
        ceiling = ceiling_of(model)
    except ConfigError as error:
        yield from error.problems
        return
    own = dict(leaves(normalised(model)))
    for key in dict(leaves(model.control.hard_limits)):
        mine, top = (flat.get(key, "enforce") for flat in (own, ceiling))
        ordered = direction_of(key).rank is not None and (key, mine) != ("positions.max", None)
        if ordered and direction_of(key).exceeds(mine, top):
            yield Problem(
                f"{_AT}.{key}",
                shown(top),
                f"must not be tighter than {ROOT}.{key} ({shown(mine)}): that is what the bot "
                "starts with",
                f"write {shown(mine)}, or a looser value up to which two people may go",
                (f"{ROOT}.{key}",),
            )


_NO_LIMIT = ("is no limit", "take it out; riskplugin limits shows the keys that there are")


def _moved(error: ConfigError) -> Iterator[Problem]:
    for problem in error.problems:
        path = problem.path.replace(ROOT, _AT, 1)
        yield Problem(path, problem.was, problem.must, problem.mend, problem.involved)
