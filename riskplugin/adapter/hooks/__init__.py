"""L1: what each sealed callback does around the strategy's own (CF-3, CF-4).

A guard gets the session, the strategy's own hook and its arguments. It treats the strategy's
answer as a proposal. ``call`` is the one boundary: whatever fails in a guard or in the strategy
answers the safe value of that hook, is logged with its traceback, and is recorded.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from freqtrade.strategy.interface import IStrategy

from riskplugin.adapter.hooks import contained, entries, exits, loop, plots
from riskplugin.adapter.hooks.answers import Kwargs, Own
from riskplugin.adapter.hooks.safe import SAFE
from riskplugin.adapter.registry import session_of
from riskplugin.adapter.session import RiskSession
from riskplugin.calm import calm_logger

logger = calm_logger(__name__)

Guard = Callable[[IStrategy, RiskSession, Own, Kwargs], Any]


def call(
    guard: Guard, strategy: IStrategy, inner: Any, args: tuple[Any, ...], kwargs: Kwargs
) -> Any:
    """Run a guard around the strategy's hook, once per call, and answer safely whatever happens."""
    own: Own = inner.__get__(strategy, type(strategy))
    session = session_of(strategy)
    name = guard.__name__
    active = None if session is None else session.thread.active
    if session is None or active is None or name in active:
        return own(*args, **kwargs)
    active.add(name)
    try:
        if guard is exits.should_exit and exits.undisturbed(session, args):
            return own(*args, **kwargs)
        return guard(strategy, session, own, _named(name, args, kwargs))
    except KeyboardInterrupt:  # a person, or freqtrade's answer to SIGTERM
        raise
    except BaseException as error:  # noqa: BLE001  # SystemExit, too: positions may be open
        _tell(session, name, error)
        return SAFE[name](strategy, session, _named(name, args, kwargs))
    finally:
        active.discard(name)
        if session.live and not active:  # of hooks within hooks the outermost sees to it
            _look_after(strategy, session, name)


def _look_after(strategy: IStrategy, session: RiskSession, name: str) -> None:
    """What the strategy did in its callback must not outlast it."""
    if not session.standing.hold(strategy):
        session.fault("guards", f"{name} took a guard or a hook away; it is back in place")


def _tell(session: RiskSession, name: str, error: BaseException) -> None:
    """Log and record what failed; neither raises, whatever a strategy has made of the logging."""
    logger.error("riskplugin: %s failed; answering the safe value", name, exc_info=error)
    session.fault(name, error)


def shadowed(strategy: IStrategy, name: str) -> None:
    """An instance wanted something of its own over a sealed hook; the hook stays."""
    logger.error("riskplugin: %s is sealed: what was put over it is ignored", name)
    session = session_of(strategy)
    if session is not None:
        session.fault("guards", f"something was put over {name}; it is ignored")


def _named(name: str, args: tuple[Any, ...], kwargs: Kwargs) -> Kwargs:
    if not args:
        return kwargs
    return {**dict(zip(_PARAMETERS[name], args, strict=False)), **kwargs}


GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        loop.bot_loop_start,
        entries.custom_entry_price,
        entries.leverage,
        entries.custom_stake_amount,
        entries.confirm_trade_entry,
        entries.adjust_trade_position,
        entries.adjust_order_price,
        entries.adjust_entry_price,
        entries.check_entry_timeout,
        exits.check_exit_timeout,
        entries.order_filled,
        exits.confirm_trade_exit,
        exits.should_exit,
        exits.custom_exit_price,
        exits.adjust_exit_price,
        exits.custom_stoploss,
        exits.custom_roi,
        contained.get_exit_signal,
        contained.get_entry_signal,
        contained.ft_check_timed_out,
        contained.is_pair_locked,
        contained.informative_pairs,
        contained.ft_stoploss_adjust,
        contained.analyze,
        contained.analyze_pair,
        plots.plot_annotations,
    )
}

#: Sealed only in strategies that have them: freqtrade asks whether some are overridden.
IF_OVERRIDDEN = (
    "custom_exit_price",
    "adjust_exit_price",
    "custom_stoploss",
    "custom_roi",
    "get_exit_signal",
    "get_entry_signal",
    "ft_check_timed_out",
    "is_pair_locked",
    "informative_pairs",
    "ft_stoploss_adjust",
)
#: Sealed in every strategy; of the adjust_*_price family only what freqtrade allows.
ALWAYS = tuple(
    n for n in GUARDS if n not in ("adjust_order_price", "adjust_entry_price", *IF_OVERRIDDEN)
)

_PARAMETERS: dict[str, list[str]] = {
    name: [p for p in inspect.signature(getattr(IStrategy, name)).parameters if p != "self"]
    for name in GUARDS
}
