"""L1: what each sealed callback does around the strategy's own (CF-3, CF-4).

A guard gets the session, the strategy's own hook and its arguments. It treats the strategy's
answer as
a proposal. ``call`` is the one boundary: whatever fails in a guard or in the strategy answers the
safe
value of that hook, is logged with its traceback, and is recorded. Entries answer no; exits pass.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import floor
from typing import Any

import numpy as np
from freqtrade.enums import ExitCheckTuple, ExitType
from freqtrade.strategy.interface import IStrategy

from riskplugin.adapter import internals
from riskplugin.adapter.guards import last_look, post
from riskplugin.adapter.registry import session_of
from riskplugin.adapter.session import Proposal, RiskSession
from riskplugin.adapter.snapshots import aware, side_of
from riskplugin.adapter.stops import hold_stop
from riskplugin.calm import calm_logger
from riskplugin.core.levels import EntryKind, Side
from riskplugin.core.units import is_number

logger = calm_logger(__name__)

Kwargs = dict[str, Any]
Own = Callable[..., Any]
Guard = Callable[[IStrategy, RiskSession, Own, Kwargs], Any]

#: Exits that protect the account: no strategy may veto them.
PROTECTIVE = ("risk_", "stop", "trailing_stop", "liquidation", "emergency", "force_exit")
#: An exit order of a close-all that is still open after this long is replaced.
EXIT_PATIENCE = timedelta(seconds=5)


def call(
    guard: Guard, strategy: IStrategy, inner: Any, args: tuple[Any, ...], kwargs: Kwargs
) -> Any:
    """Run a guard around the strategy's hook, once per call, and answer safely whatever happens."""
    own: Own = inner.__get__(strategy, type(strategy))
    session = session_of(strategy)
    if session is None or guard.__name__ in session.thread.active:
        return own(*args, **kwargs)
    named = _named(guard.__name__, args, kwargs)
    session.thread.active.add(guard.__name__)
    try:
        return guard(strategy, session, own, named)
    except KeyboardInterrupt:  # a person, or freqtrade's answer to SIGTERM
        raise
    except BaseException as error:  # noqa: BLE001  # SystemExit, too: positions may be open
        _tell(session, guard.__name__, error)
        return SAFE[guard.__name__](strategy, session, named)
    finally:
        session.thread.active.discard(guard.__name__)
        if session.live:
            _look_after(strategy, session, guard.__name__)


def _look_after(strategy: IStrategy, session: RiskSession, name: str) -> None:
    """What the strategy did in its callback must not outlast it."""
    session.truths.hold_types(strategy)
    stood = session.stand()
    if not (session.seals.hold(strategy) and stood):
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


# --- the loop -------------------------------------------------------------------------------------


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
    try:
        own(**kw)
    finally:
        _stand_guard(strategy, session)


# --- entries --------------------------------------------------------------------------------------


def custom_entry_price(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """The first word of every entry but a replacement: remember what is coming."""
    session.seen(kw["current_time"])
    thread = session.thread
    thread.refusal = None
    proposed = kw["proposed_rate"]
    price = _plain(own(**kw))
    if price is None:
        price = proposed
    if not (is_number(price) and price > 0):
        raise ValueError(f"custom_entry_price answered {price!r}, not a price")
    trade = kw.get("trade")
    if not (thread.proposal is not None and _replaces(thread.proposal, kw["pair"])):
        thread.proposal = Proposal(
            pair=kw["pair"],
            side=Side(kw["side"]),
            leverage=1.0 if trade is None else trade.leverage or 1.0,
            price=float(price),
            tag=kw.get("entry_tag"),
            kind=EntryKind.OPEN if trade is None else EntryKind.INCREASE,
        )
    return price


def leverage(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> float:
    """A cap, never a target: the strategy asks, the limits lower. Whole numbers only."""
    at = session.seen(kw["current_time"])
    asked = _plain(own(**kw))
    if not (is_number(asked) and asked > 0):
        raise ValueError(f"leverage answered {asked!r}, not a number above 0")
    proposal = _begun(session, kw, float(kw["current_rate"]))
    proposal.exchange_max_leverage = float(kw["max_leverage"])
    proposal.leverage = float(max(1, floor(min(asked, kw["max_leverage"]))))
    request = session.request(
        proposal,
        stake=session.usual_stake(),
        at=at,
        exchange_max_leverage=proposal.exchange_max_leverage,
        stoploss=strategy.stoploss,
    )
    cap = session.service.leverage_cap(request, session.look(at))
    proposal.leverage = float(cap.value)
    return proposal.leverage


def custom_stake_amount(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> float:
    """The strategy's stake is a proposal; the answer is never larger (SZ-8)."""
    at = session.seen(kw["current_time"])
    stake = _plain(own(**kw))
    if stake is None or (is_number(stake) and stake <= 0):
        return 0.0
    if not is_number(stake):
        raise ValueError(f"custom_stake_amount answered {stake!r}, not a number")
    if session.thread.refusal is not None:
        session.refused(kw["pair"], session.thread.refusal)
        return 0.0
    proposal = _begun(session, kw, float(kw["current_rate"]))
    proposal.leverage = float(kw["leverage"])
    if not proposal.leverage.is_integer():
        # A forced entry's: the venue floors it and then binds up to twice the margin approved.
        session.refused(kw["pair"], f"leverage {proposal.leverage:g} is not a whole number")
        return 0.0
    proposal.tag = kw.get("entry_tag")
    request = session.request(
        proposal,
        stake=float(stake),
        at=at,
        min_stake=kw.get("min_stake"),
        exchange_max_leverage=proposal.exchange_max_leverage,
        stoploss=strategy.stoploss,
    )
    decision = session.service.decide(request, session.look(at), "proposal", final=False)
    if not decision.allowed:
        session.log_refusal(decision)
        return 0.0
    return min(float(stake), decision.stake)


def confirm_trade_entry(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> bool:
    """Only a plain yes of the strategy is a yes; then the order's real figures are looked at."""
    session.seen(kw["current_time"])
    answer = own(**kw)
    if not _is_yes(answer):
        return False
    refusal = last_look(
        session,
        pair=kw["pair"],
        side=Side(kw["side"]),
        amount=kw["amount"],
        rate=kw["rate"],
        leverage=_leverage_of(session, kw["pair"]),
    )
    if refusal is not None:
        session.refused(kw["pair"], refusal)
    return refusal is None


def adjust_trade_position(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """An increase is an entry like any other (SZ-10); a decrease always passes."""
    session.seen(kw["current_time"])
    session.thread.refusal = None
    answer = _plain(own(**kw))
    stake = _plain(answer[0]) if isinstance(answer, tuple) and answer else answer
    if stake is None or not is_number(stake):
        if stake is not None:
            session.fault("adjust_trade_position", f"answered {answer!r}, not a number")
        return None
    trade = kw["trade"]
    if stake < -2 * trade.stake_amount:  # more than everything: freqtrade's arithmetic has an end
        return -2 * trade.stake_amount
    if stake > 0 and (session.halted or session.closing(trade.id)):
        return None
    if stake > 0:
        session.thread.proposal = Proposal(
            pair=trade.pair,
            side=side_of(trade),
            leverage=trade.leverage or 1.0,
            price=float(kw["current_entry_rate"]),
            kind=EntryKind.INCREASE,
        )
    return answer


def adjust_order_price(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """A replacement of an entry is an entry; while halted, the working order is cancelled
    instead.
    """
    session.seen(kw["current_time"])
    is_entry = kw.get("is_entry", True)
    if is_entry and (session.halted or session.closing(kw["trade"].id)):
        return None
    price = _price(own(**kw))
    if is_entry and price:
        trade = kw["trade"]
        session.thread.refusal = None
        session.thread.proposal = Proposal(
            pair=trade.pair,
            side=side_of(trade),
            leverage=trade.leverage or 1.0,
            price=float(price),
            kind=EntryKind.REPLACE,
        )
    return price


def adjust_entry_price(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """As :func:`adjust_order_price`, for strategies that split it."""
    return adjust_order_price(strategy, session, own, kw)


def check_entry_timeout(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> bool:
    """Working entries are cancelled while no entry may pass (CB-5).

    A probe that does not fill gives way after the cooldown: it would hold the test for ever.
    """
    at = session.seen(kw["current_time"])
    if session.halted or session.closing(kw["trade"].id) is not None:
        return True
    waited = at - aware(kw["order"].order_date)
    if session.testing and waited > session.policy.breaker.cooldown:
        return True
    return _is_yes(own(**kw))


def order_filled(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> None:
    """Check the fill, and put the plugin's stop in place before a stop goes to the exchange."""
    at = session.seen(kw["current_time"])
    trade, order = kw["trade"], kw["order"]
    try:
        session.filled(trade, order, at)
        if session.live and order.ft_order_side == trade.entry_side:
            trade = internals.trade_by_id(trade.id) or trade  # kw has a copy where it is overridden
            hold_stop(trade, session.directive.stop)
    finally:
        own(**kw)


# --- exits ----------------------------------------------------------------------------------------


def check_exit_timeout(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> bool:
    """While closing, an exit order that does not fill gives way to a market order."""
    at = session.seen(kw["current_time"])
    if session.closing(kw["trade"].id) is not None:
        order = kw["order"]
        return order.order_type != "market" or at - aware(order.order_date) > EXIT_PATIENCE
    return _is_yes(own(**kw))


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


def custom_exit_price(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """A price that is none would end the bot in the middle of an exit."""
    session.seen(kw["current_time"])
    return _price(own(**kw))


def adjust_exit_price(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """As :func:`custom_exit_price`, for an exit order that is replaced."""
    return custom_exit_price(strategy, session, own, kw)


def custom_stoploss(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """A number or None: freqtrade's check of a stop fails on everything else."""
    session.seen(kw["current_time"])
    answer = _plain(own(**kw))
    if answer is not None and not is_number(answer):
        raise ValueError(f"the answer was {answer!r}, not a number")
    return answer


def custom_roi(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """As :func:`custom_stoploss`."""
    return custom_stoploss(strategy, session, own, kw)


# --- what freqtrade calls unprotected: an error would end the bot before its exits ---------------


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
        return session.halted or closing or _is_yes(own(**kw))
    if closing:
        waited = datetime.now(UTC) - aware(order.order_date)
        return order.order_type != "market" or waited > EXIT_PATIENCE
    return _is_yes(own(**kw))


def is_pair_locked(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """Whether the strategy holds the pair for locked."""
    return own(**kw)


def informative_pairs(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """Pairs that the strategy wants to see besides."""
    return own(**kw)


def analyze_pair(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> None:
    """Analysis that failed leaves the signals of an older candle: none of them may enter (CF-4)."""
    pair = kw["pair"]
    session.unanalysed.add(pair)
    own(**kw)
    if internals.is_analysed(strategy.dp, pair):
        session.unanalysed.discard(pair)


def ft_stoploss_adjust(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """Moves the stop of a trade."""
    return own(**kw)


# --- small print ----------------------------------------------------------------------------------


def _stand_guard(strategy: IStrategy, session: RiskSession) -> None:
    if not post(strategy, session):
        session.fault("guards", "a guard had been taken away; it is back in place")


def _plain(answer: Any) -> Any:
    """numpy's scalars as Python's: what a data frame gives is as good a number as any."""
    return answer.item() if isinstance(answer, np.generic) else answer


def _price(answer: Any) -> Any:
    """A price, 0 or None. Raises ValueError for what cannot be ordered at."""
    price = _plain(answer)
    if price is not None and not (is_number(price) and price >= 0):
        raise ValueError(f"the answer was {price!r}, not a price")
    return price


def _begun(session: RiskSession, kw: Kwargs, price: float) -> Proposal:
    """The proposal under way for this pair; begun here when custom_entry_price was not asked."""
    known = session.thread.proposal
    if known is None or known.pair != kw["pair"] or known.kind is not EntryKind.OPEN:
        known = Proposal(pair=kw["pair"], side=Side(kw["side"]), leverage=1.0, price=price)
        session.thread.proposal = known
    known.price = price
    return known


def _replaces(proposal: Proposal, pair: str) -> bool:
    return proposal.kind is EntryKind.REPLACE and proposal.pair == pair


def _leverage_of(session: RiskSession, pair: str) -> float:
    proposal = session.thread.proposal
    if proposal is not None and proposal.pair == pair:
        return proposal.leverage
    return 1.0


def _is_yes(answer: object) -> bool:
    """True for True, 1 and numpy's True; a text or NaN is no yes."""
    if isinstance(answer, str | float):
        return False
    return bool(answer)


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


GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        bot_loop_start,
        custom_entry_price,
        leverage,
        custom_stake_amount,
        confirm_trade_entry,
        adjust_trade_position,
        adjust_order_price,
        adjust_entry_price,
        check_entry_timeout,
        check_exit_timeout,
        order_filled,
        confirm_trade_exit,
        should_exit,
        custom_exit_price,
        adjust_exit_price,
        custom_stoploss,
        custom_roi,
        get_exit_signal,
        get_entry_signal,
        ft_check_timed_out,
        is_pair_locked,
        informative_pairs,
        ft_stoploss_adjust,
        analyze_pair,
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
    "analyze_pair": lambda strategy, session, kw: None,
}

_PARAMETERS: dict[str, list[str]] = {
    name: [p for p in inspect.signature(getattr(IStrategy, name)).parameters if p != "self"]
    for name in GUARDS
}
