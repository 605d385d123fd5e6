"""How other limits come into force: for all pairs as a change, for one pair as an override."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from riskplugin.control.limits import filing
from riskplugin.control.limits.asked import Wish, ends, wish
from riskplugin.control.limits.force import settings_of
from riskplugin.control.limits.holding import InForce
from riskplugin.core.commands import Refused
from riskplugin.core.events import Event
from riskplugin.core.events.limits import LimitsChanged, LimitsDropped, OverrideBegan
from riskplugin.core.limits import Proposal, RuntimeLimits


def wish_of(limits: InForce, runtime: RuntimeLimits, proposal: Proposal, at: datetime) -> Wish:
    """The proposal as it would be made today. Raises Refused when it does not stand."""
    held = limits.holding(runtime).of(proposal.pair)
    keys = [setting.key for setting in proposal.was]
    if settings_of(held.flat, keys) != proposal.was:
        raise Refused("other limits hold by now than when it was proposed: propose it again")
    args: dict[str, Any] = {"changes": {s.key: json.loads(s.value) for s in proposal.settings}}
    if proposal.pair:
        args |= {"pair": proposal.pair, "until": proposal.until, "once": proposal.once}
    return wish(args, held, limits.file, at, limits.longest)


def effect(
    limits: InForce, runtime: RuntimeLimits, proposal: Proposal, at: datetime
) -> Iterator[Event]:
    """What was approved begins, if it still stands, and with it those who agreed."""
    gone = [name for name in proposal.by if not limits.registered(name, at)]
    if gone:
        reason = f"{' and '.join(gone)} may not change limits any more"
        yield LimitsDropped(at=at, number=proposal.number, by=(), reason=reason)
        return
    try:
        wanted = wish_of(limits, runtime, proposal, at)
    except Refused as refusal:
        yield LimitsDropped(at=at, number=proposal.number, by=(), reason=str(refusal))
        return
    by, reason = proposal.by, proposal.reason
    if wanted.pair:
        yield override(limits, wanted, proposal.number, by=by, reason=reason, at=at)
    else:
        yield from change(
            limits, runtime, wanted, by=by, reason=reason, at=at, proposal=proposal.number
        )


def override(
    limits: InForce, wanted: Wish, number: int, *, by: tuple[str, ...], reason: str, at: datetime
) -> OverrideBegan:
    """One pair gets limits of its own."""
    return OverrideBegan(
        at=at,
        number=number,
        pair=wanted.pair,
        settings=settings_of(wanted.limits.flat, wanted.keys),
        until=ends(wanted.until, at, limits.longest),
        once=wanted.once,
        by=by,
        reason=reason,
    )


def change(
    limits: InForce,
    runtime: RuntimeLimits,
    wanted: Wish,
    *,
    by: tuple[str, ...],
    reason: str,
    at: datetime,
    proposal: int | None = None,
) -> Iterator[Event]:
    """All pairs get other limits. A key that is back at the file's value follows the file again."""
    before = limits.holding(runtime).base.flat
    settings = settings_of(wanted.limits.flat, wanted.keys)
    filed = settings_of(limits.filed(runtime), wanted.keys)
    same = tuple(setting.key for setting in settings if setting in filed)
    yield LimitsChanged(
        at=at,
        settings=tuple(setting for setting in settings if setting.key not in same),
        to_file=same,
        by=by,
        reason=reason,
        proposal=proposal,
    )
    yield from filing.trimmed(runtime, before, wanted.limits.flat, at, file=limits.file)
