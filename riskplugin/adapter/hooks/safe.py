"""The answer of each hook when something in it fails: no to entries, yes to exits (CF-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from freqtrade.enums import ExitCheckTuple, ExitType
from freqtrade.strategy.interface import IStrategy

from riskplugin.adapter.hooks.answers import Kwargs
from riskplugin.adapter.session import RiskSession
from riskplugin.calm import calm_logger

logger = calm_logger(__name__)


def _refuse(strategy: IStrategy, session: RiskSession, kw: Kwargs) -> float:
    return 0.0


def _refuse_later(strategy: IStrategy, session: RiskSession, kw: Kwargs) -> Any:
    """A price has to be answered; the stake that follows will be 0."""
    session.thread.refusal = "custom_entry_price failed"
    return kw.get("proposed_rate")


def _lowest_leverage(strategy: IStrategy, session: RiskSession, kw: Kwargs) -> float:
    session.thread.refusal = "leverage failed"
    return 1.0


def _plain_exits(strategy: IStrategy, session: RiskSession, kw: Kwargs) -> list[ExitCheckTuple]:
    """freqtrade's own exit logic, without the strategy's override of it."""
    reason = session.closing(kw["trade"].id)
    if reason is not None:
        return [ExitCheckTuple(exit_type=ExitType.EMERGENCY_EXIT, exit_reason=reason)]
    try:
        return IStrategy.should_exit(strategy, **kw)
    except KeyboardInterrupt:
        raise
    except BaseException:  # as in call
        logger.exception("riskplugin: no exit of the strategy can be judged; its stop is")
        return _stop_alone(**kw)


def _stop_alone(
    trade: Any, rate: float, *, low: float | None = None, high: float | None = None, **_: Any
) -> list[ExitCheckTuple]:
    """The stop that the trade has, without asking anything of the strategy."""
    if trade.is_short:
        hit = bool(trade.stop_loss) and (high or rate) >= trade.stop_loss
    else:
        hit = bool(trade.stop_loss) and (low or rate) <= trade.stop_loss
    return [ExitCheckTuple(exit_type=ExitType.STOP_LOSS)] if hit else []


def _keep_or_cancel(strategy: IStrategy, session: RiskSession, kw: Kwargs) -> Any:
    return None if kw.get("is_entry", True) else kw.get("current_order_rate")


SAFE: dict[str, Callable[[IStrategy, RiskSession, Kwargs], Any]] = {
    "bot_loop_start": lambda strategy, session, kw: session.halt(),
    "custom_entry_price": _refuse_later,
    "leverage": _lowest_leverage,
    "custom_stake_amount": _refuse,
    "confirm_trade_entry": lambda strategy, session, kw: False,
    "adjust_trade_position": lambda strategy, session, kw: None,
    "adjust_order_price": _keep_or_cancel,
    "adjust_entry_price": _keep_or_cancel,
    "check_entry_timeout": lambda strategy, session, kw: session.halted,
    "order_filled": lambda strategy, session, kw: None,
    "check_exit_timeout": lambda strategy, session, kw: False,
    "confirm_trade_exit": lambda strategy, session, kw: True,
    "should_exit": _plain_exits,
    "custom_exit_price": lambda strategy, session, kw: kw.get("proposed_rate"),
    "adjust_exit_price": lambda strategy, session, kw: kw.get("current_order_rate"),
    "custom_stoploss": lambda strategy, session, kw: None,
    "custom_roi": lambda strategy, session, kw: None,
    "get_exit_signal": lambda strategy, session, kw: (False, False, None),
    "get_entry_signal": lambda strategy, session, kw: (None, None),
    "ft_check_timed_out": lambda strategy, session, kw: session.halted,
    "is_pair_locked": lambda strategy, session, kw: True,
    "informative_pairs": lambda strategy, session, kw: [],
    "ft_stoploss_adjust": lambda strategy, session, kw: None,
    "plot_annotations": lambda strategy, session, kw: [],
    "analyze": lambda strategy, session, kw: None,
    "analyze_pair": lambda strategy, session, kw: None,
}
