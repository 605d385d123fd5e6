"""A bot has one watchdog: a second one is refused, and a first one that was replaced ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from riskplugin.calm import calm_logger
from riskplugin.process import lives, this_process

logger = calm_logger(__name__)

#: A watchdog on another machine that said nothing for so many of its intervals is gone.
GONE_AFTER = 4
#: A round takes this long while a bot does not answer on REST, or an exchange is slow.
A_LONG_ROUND_S = 30


class AnotherError(RuntimeError):
    """This bot has a watchdog already."""


def refuse_another(told: Mapping[str, Any] | None, bot: str, now: datetime) -> None:
    """``told`` is the last word of whoever watches ``bot``. Raises AnotherError while that lives.

    A word that cannot be understood keeps nobody from watching.
    """
    try:
        other = None if told is None else _other(told, now)
    except (AttributeError, KeyError, TypeError, ValueError):
        logger.warning("riskplugin: the last word of the watchdog of %s is damaged", bot)
        return
    if other is not None:
        where = str(other.get("machine", "")).partition(" ")[0]
        raise AnotherError(
            f"{bot} has a watchdog already: process {other.get('pid')} on {where}. "
            "One is enough, two would get in each other's way"
        )


def _other(told: Mapping[str, Any], now: datetime) -> Mapping[str, Any] | None:
    """The process that said it, if it is not this one and lives."""
    process: Mapping[str, Any] = told.get("process") or {}
    if told.get("ended") or process == this_process():
        return None
    alive = lives(process)
    if alive is None:
        patience = GONE_AFTER * float(told.get("interval_s") or 5) + A_LONG_ROUND_S
        alive = (now - datetime.fromisoformat(told["at"])).total_seconds() < patience
    return process if alive else None
