"""What is drawn into the bot's charts. Nothing here decides; nothing here may fail the bot."""

from __future__ import annotations

from typing import Any

from freqtrade.strategy.interface import IStrategy

from riskplugin.adapter.charts import areas
from riskplugin.adapter.hooks.answers import Kwargs, Own
from riskplugin.adapter.session import RiskSession
from riskplugin.calm import calm_logger

logger = calm_logger(__name__)


def plot_annotations(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> list[Any]:
    """The strategy's own annotations, and the periods of the breaker behind them."""
    drawn: list[Any] = []
    if session.live:
        try:
            drawn += areas(session, kw["start_date"], kw["end_date"])
        except Exception:
            logger.exception("riskplugin: the breaker's periods are missing from a chart")
    try:
        drawn += own(**kw)
    except Exception:  # a chart is no fault of the bot
        logger.exception("riskplugin: plot_annotations of the strategy failed")
    return drawn
