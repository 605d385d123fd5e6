"""How large an entry would pass now, and what stops a larger one: exact in the bot, else as last
told.
"""

from __future__ import annotations

from fastapi import HTTPException

from riskplugin.core.levels import Side
from riskplugin.dashboard.account import Status
from riskplugin.dashboard.answers import Headroom
from riskplugin.dashboard.office import Desk
from riskplugin.dashboard.told import read_as


def headroom(
    desk: Desk, status: Status, *, pair: str | None, side: Side, leverage: float | None
) -> Headroom:
    """The room for ``pair``; without one, for a pair that is not held yet."""
    told = None if pair is None else desk.room(pair, side, leverage)
    exact = told is not None
    if told is None:
        told = getattr(status, "headroom", None)
    if not isinstance(told, dict):
        raise HTTPException(404, "the bot has not told its headroom yet")
    allowed = bool(told.get("stake"))
    return read_as(Headroom, {**told, "exact": exact, "allowed": allowed}, "the headroom")
