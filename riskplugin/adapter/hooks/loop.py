"""The first thing of a loop or a candle."""

from __future__ import annotations

from freqtrade.strategy.interface import IStrategy

from riskplugin.adapter.guards import post
from riskplugin.adapter.hooks.answers import Kwargs, Own
from riskplugin.adapter.session import RiskSession
from riskplugin.calm import calm_logger

logger = calm_logger(__name__)

#: What a strategy has that has no such callback of its own.
_NOTHING = IStrategy.bot_loop_start


def bot_loop_start(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> None:
    """Look at the account before anything else of the loop, then let the strategy have its say."""
    at = session.seen(kw["current_time"])
    _stand_guard(strategy, session)
    try:
        session.tick(at, strategy)
    except Exception as error:
        logger.exception("riskplugin: the account cannot be judged; no entry passes")
        session.halt()
        session.fault("bot_loop_start", error)
    if getattr(own, "__func__", None) is _NOTHING:
        return
    try:
        own(**kw)
    finally:
        _stand_guard(strategy, session)


def _stand_guard(strategy: IStrategy, session: RiskSession) -> None:
    if not post(strategy, session):
        session.fault("guards", "a guard had been taken away; it is back in place")
