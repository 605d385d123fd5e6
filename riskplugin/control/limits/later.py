"""What one pair's limits are against all that may hold there later: overrides end one by one, each
at its own time, and what lies beneath comes to light.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from riskplugin.config.direction import Flat, direction_of, value_of
from riskplugin.core.events.limits import Setting
from riskplugin.core.limits import Override


def looser_later(
    settings: Iterable[Setting], base: Flat, beneath: Iterable[Override]
) -> Iterator[str]:
    """The keys of ``settings`` that are looser than something that they would cover: the limits of
    all pairs, or an override ``beneath``. They would go on when that has tightened again.
    """
    below = tuple(beneath)
    for setting in settings:
        value = json.loads(setting.value)
        covered = _values(setting.key, base, below)
        if not all(direction_of(setting.key).tightens(was, value) for was in covered):
            yield setting.key


def looser_without(override: Override, base: Flat, beneath: Iterable[Override]) -> Iterator[str]:
    """The keys that something beneath ``override`` leaves looser, now or when others have ended."""
    below = tuple(beneath)
    for setting in override.settings:
        own = json.loads(setting.value)
        covered = _values(setting.key, base, below)
        if not all(direction_of(setting.key).tightens(own, left) for left in covered):
            yield setting.key


def _values(key: str, base: Flat, overrides: Iterable[Override]) -> Iterator[object]:
    yield value_of(base, key)
    for override in overrides:
        yield from (json.loads(s.value) for s in override.settings if s.key == key)
