"""Hooks on the way of an exit: the strategy may ask for more of them, never for fewer (EM-3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from freqtrade.enums import ExitCheckTuple, ExitType
from freqtrade.strategy.interface import IStrategy

from riskplugin.adapter.hooks.answers import Kwargs, Own, is_yes, plain, price_of
from riskplugin.adapter.session import RiskSession
from riskplugin.adapter.stops import hold_stop, is_wide
from riskplugin.adapter.trades import aware
from riskplugin.core.units import is_number

#: Exits that protect the account: no strategy may veto them.
PROTECTIVE = ("risk_", "stop", "trailing_stop", "liquidation", "emergency", "force_exit")
#: An exit order of a close-all that is still open after this long is replaced.
EXIT_PATIENCE = timedelta(seconds=5)


def check_exit_timeout(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> bool:
    """While closing, an exit order that does not fill gives way to a market order."""
    at = session.seen(kw["current_time"])
    if session.closing(kw["trade"].id) is not None:
        order = kw["order"]
        return order.order_type != "market" or at - aware(order.order_date) > EXIT_PATIENCE
    return is_yes(own(**kw))


def confirm_trade_exit(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> bool:
    """The strategy may keep a position from its own exits, not from protective ones."""
    session.seen(kw["current_time"])
    reason = str(kw.get("exit_reason", ""))
    if reason.startswith(PROTECTIVE) or session.closing(kw["trade"].id) is not None:
        return True
    return bool(own(**kw))


def should_exit(
    strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs
) -> list[ExitCheckTuple]:
    """Mark the position, hold its stop, and close it when that is ordered (EM-3)."""
    trade, at = kw["trade"], session.seen(kw["current_time"])
    session.marks.note(trade.pair, kw["rate"], at)
    hold_stop(trade, session.directive.stop)
    reason = session.closing(trade.id)
    if reason is not None:
        if strategy.order_types.get("emergency_exit", "market") != "market":
            strategy.order_types["emergency_exit"] = "market"
        return [ExitCheckTuple(exit_type=ExitType.EMERGENCY_EXIT, exit_reason=reason)]
    exits: list[ExitCheckTuple] = own(**kw)
    return exits


def undisturbed(session: RiskSession, args: tuple[Any, ...]) -> bool:
    """In a backtest, while nothing is to be closed and the stop holds, freqtrade's own answer is
    the answer: it asks for every trade of every candle.
    """
    directive = session.directive
    if session.live or directive.close_all is not None or directive.close or not args:
        return False
    return not is_wide(args[0], directive.stop)


def custom_exit_price(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """A price that is none would end the bot in the middle of an exit."""
    session.seen(kw["current_time"])
    return price_of(own(**kw))


def adjust_exit_price(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """As :func:`custom_exit_price`, for an exit order that is replaced."""
    return custom_exit_price(strategy, session, own, kw)


def custom_stoploss(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """A number or None: freqtrade's check of a stop fails on everything else."""
    session.seen(kw["current_time"])
    answer = plain(own(**kw))
    if answer is not None and not is_number(answer):
        raise ValueError(f"the answer was {answer!r}, not a number")
    return answer


def custom_roi(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """As :func:`custom_stoploss`."""
    return custom_stoploss(strategy, session, own, kw)
