"""A configuration file against the one that was acknowledged last: what is tighter counts at once,
what is looser waits for a person.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from riskplugin.config.ceilings import is_limit
from riskplugin.config.direction import compare, differing, direction_of, value_of
from riskplugin.control.limits.force import File, written
from riskplugin.control.limits.words import from_to
from riskplugin.core.events import Event
from riskplugin.core.events.limits import LimitsFiled, LimitsUnacknowledged, OverrideTrimmed
from riskplugin.core.limits import RuntimeLimits


def taken_up(runtime: RuntimeLimits, file: File, at: datetime) -> Iterator[Event]:
    """What follows from starting with ``file``. The first one that is ever read counts as it is."""
    if not runtime.filed:
        yield LimitsFiled(at=at, section=written(file.flat), version=file.version)
        return
    old = _today(json.loads(runtime.filed), file)
    held = compare(old, file.flat).loosened
    new = file.fit({**file.flat, **{key: value_of(old, key) for key in held}}).flat
    dropped, waiting = _overtaken(runtime, file, old, new), runtime.waiting
    if written(new) != runtime.filed or dropped or (runtime.waiting is not None and not held):
        yield LimitsFiled(
            at=at,
            section=written(new),
            version=runtime.version if held else file.version,
            dropped=dropped,
        )
        waiting = None  # what is filed waits no more: what is held has to be told anew
    yield from trimmed(runtime, old, new, at, file=file)
    if held and (waiting is None or (waiting.version, waiting.keys) != (file.name, held)):
        yield LimitsUnacknowledged(
            at=at,
            version=file.name,
            keys=held,
            texts=tuple(from_to(key, value_of(old, key), value_of(file.flat, key)) for key in held),
        )


def trimmed(
    runtime: RuntimeLimits,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    at: datetime,
    *,
    file: File,
) -> Iterator[Event]:
    """A limit that is tightened holds for every pair: overrides that are looser lose it, and
    what is beyond the hard limits of ``file``.
    """
    tighter = set(compare(old, new).tightened)
    for override in runtime.overrides:
        looser = tuple(
            setting.key
            for setting in override.settings
            if _beyond(file, setting.key, setting.value)
            or (setting.key in tighter and _looser(new, setting.key, setting.value))
        )
        if looser:
            yield OverrideTrimmed(at=at, number=override.number, keys=looser)


def _overtaken(
    runtime: RuntimeLimits, file: File, old: Mapping[str, Any], new: Mapping[str, Any]
) -> tuple[str, ...]:
    """Changes beyond the hard limits, and of keys that the file moved, where they are looser.

    They are gone for good: a file that allows more again brings nothing back by itself.
    """
    moved = set(differing(old, new))
    return tuple(
        change.key
        for change in runtime.changes
        if _beyond(file, change.key, change.value)
        or (change.key in moved and _looser(new, change.key, change.value))
    )


def _beyond(file: File, key: str, value: str) -> bool:
    """The file does not allow it, or knows no such limit any more."""
    return not is_limit(key) or not file.allowed(key, json.loads(value))


def _looser(flat: Mapping[str, Any], key: str, value: str) -> bool:
    return not direction_of(key).tightens(value_of(flat, key), json.loads(value))


def _today(old: Mapping[str, Any], file: File) -> dict[str, Any]:
    """The acknowledged limits with the keys of today: one that an upgrade added is the file's."""
    return {
        **file.flat,
        **{key: v for key, v in old.items() if key in file.flat or key.startswith("modes.")},
        **{key: value_of(old, key) for key in file.flat if key.startswith("modes.")},
    }
