"""What freqtrade calls unprotected: an error here would end the bot before its exits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from freqtrade.strategy.interface import IStrategy

from riskplugin.adapter.hooks.answers import Kwargs, Own, is_yes
from riskplugin.adapter.hooks.exits import EXIT_PATIENCE
from riskplugin.adapter.session import RiskSession
from riskplugin.adapter.trades import aware


def get_exit_signal(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """The strategy's own reading of its signals."""
    return own(**kw)


def get_entry_signal(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """As :func:`get_exit_signal`."""
    return own(**kw)


def ft_check_timed_out(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> bool:
    """As :func:`check_entry_timeout` and :func:`check_exit_timeout`, for who overrides both."""
    trade, order = kw["trade"], kw["order"]
    closing = session.closing(trade.id) is not None
    if order.ft_order_side == trade.entry_side:
        return session.halted or closing or is_yes(own(**kw))
    if closing:
        waited = datetime.now(UTC) - aware(order.order_date)
        return order.order_type != "market" or waited > EXIT_PATIENCE
    return is_yes(own(**kw))


def is_pair_locked(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """Whether the strategy holds the pair for locked."""
    return own(**kw)


def informative_pairs(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """Pairs that the strategy wants to see besides."""
    return own(**kw)


def analyze(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> None:
    """The analysis of all pairs: no order leaves in it, so it is looked after once, at its end."""
    own(**kw)


def analyze_pair(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> None:
    """Analysis that failed leaves the signals of an older candle: none of them may enter (CF-4)."""
    pair = kw["pair"]
    session.unanalysed.add(pair)
    own(**kw)
    if session.analyses.whole(strategy.dp, pair):
        session.unanalysed.discard(pair)


def ft_stoploss_adjust(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """Moves the stop of a trade."""
    return own(**kw)
