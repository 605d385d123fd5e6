"""What holds and what waits as a dictionary, for status, pages and the command line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from riskplugin.config.direction import compare, differing, value_of
from riskplugin.control.limits.holding import InForce
from riskplugin.core.events.limits import Setting
from riskplugin.core.limits import Override, Proposal, RuntimeLimits


def told(limits: InForce, runtime: RuntimeLimits) -> dict[str, Any]:
    """The limits in force, what differs from the file and why, and all that is open."""
    holding = limits.holding(runtime)
    return {
        "version": holding.base.version,
        "file_version": limits.file.version,
        "changes": list(_changes(limits, runtime)),
        "proposals": [_proposal(p) for p in runtime.proposals],
        "overrides": [_override(o, holding.base.flat) for o in runtime.overrides],
        "pairs": {pair: own.version for pair, own in sorted(holding.pairs.items())},
        "unacknowledged": _unacknowledged(limits, runtime),
    }


def _changes(limits: InForce, runtime: RuntimeLimits) -> Iterator[dict[str, Any]]:
    held = limits.holding(runtime).base
    if held.version == limits.file.version:
        return  # asked in every loop, and nearly always so
    flat, file = held.flat, limits.file.flat
    by_key = {change.key: change for change in runtime.changes}
    waiting = () if runtime.waiting is None else runtime.waiting.keys
    tighter = compare(file, flat).tightened
    for key in differing(file, flat):
        entry = {
            "key": key,
            "value": value_of(flat, key),
            "file": value_of(file, key),
            "tighter": key in tighter,
        }
        change = by_key.get(key)
        if change is not None:
            since = change.since.isoformat()
            yield {**entry, "by": list(change.by), "why": change.reason, "since": since}
        elif key in waiting:
            yield {**entry, "by": [], "why": "the file's value is not acknowledged"}
        else:
            yield {**entry, "by": [], "why": "so that it fits the other limits"}


def _proposal(proposal: Proposal) -> dict[str, Any]:
    was = {setting.key: json.loads(setting.value) for setting in proposal.was}
    return {
        "proposal": proposal.number,
        "pair": proposal.pair or None,
        "changes": [
            {"key": s.key, "from": was.get(s.key), "to": json.loads(s.value)}
            for s in proposal.settings
        ],
        "loosens": list(proposal.loosens),
        "by": list(proposal.by),
        "reason": proposal.reason,
        "at": proposal.since.isoformat(),
        "expires": proposal.expires.isoformat(),
        "until": proposal.until or None,
        "once": proposal.once,
        "effective": _iso(proposal.effective),
    }


def _override(override: Override, base: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "override": override.number,
        "pair": override.pair,
        "changes": _against(override.settings, base),
        "by": list(override.by),
        "reason": override.reason,
        "at": override.since.isoformat(),
        "until": override.until.isoformat(),
        "once": override.once,
    }


def _against(settings: Iterable[Setting], base: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"key": s.key, "from": value_of(base, s.key), "to": json.loads(s.value)} for s in settings
    ]


def _unacknowledged(limits: InForce, runtime: RuntimeLimits) -> dict[str, Any] | None:
    waiting = runtime.waiting
    if waiting is None:
        return None
    filed, file = limits.filed(runtime), limits.file.flat
    return {
        "version": waiting.version,
        "since": waiting.since.isoformat(),
        "changes": [
            {"key": key, "from": value_of(filed, key), "to": value_of(file, key)}
            for key in waiting.keys
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
