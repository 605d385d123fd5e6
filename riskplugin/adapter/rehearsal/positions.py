"""The callbacks of an open position: in profit, in loss, after a crash, in a fall step by step."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from riskplugin.adapter.rehearsal.entries import MIN_STAKE
from riskplugin.adapter.rehearsal.facts import overridden
from riskplugin.adapter.rehearsal.market import MAINTENANCE, PRICE
from riskplugin.adapter.rehearsal.position import add, liquidation, order, position
from riskplugin.adapter.rehearsal.stage import Stage
from riskplugin.adapter.rehearsal.watching import Watch

#: How far the price is from the entry, in the position's favour.
_PLACES = {0.0: "at its entry", 0.05: "5 % in profit", -0.03: "3 % in loss", -0.3: "after a crash"}
#: Exits that freqtrade asks the strategy about.
_REASONS = (
    "exit_signal",
    "roi",
    "stop_loss",
    "trailing_stop_loss",
    "stoploss_on_exchange",
    "emergency_exit",
    "force_exit",
)
#: How often an increase is filled, each after a fall of this share.
ROUNDS, _STEP = 10, 0.03


def play(stage: Stage, watch: Watch, leverage: float, tag: str | None) -> None:
    """A position on each side."""
    for short in (False, *([True] if stage.strategy.can_short and stage.futures else [])):
        trade = position(
            stage.config,
            stage.pairs[0],
            stage.wallet / 20,
            short=short,
            leverage=leverage if stage.futures else 1.0,
            tag=tag,
        )
        side = "short" if short else "long"
        for gain, place in _PLACES.items():
            _look(stage, watch, trade, gain, f"a {side} {place}")
        _exits(stage, watch, trade, side)
        _orders(stage, watch, trade, side)
        if stage.strategy.position_adjustment_enable:
            _fall(stage, watch, trade, side)


def _look(stage: Stage, watch: Watch, trade: Any, gain: float, said: str) -> None:
    strategy = stage.strategy
    rate = PRICE * (1 - gain if trade.is_short else 1 + gain)
    common = {
        "pair": trade.pair,
        "trade": trade,
        "current_time": datetime.now(UTC),
        "current_rate": rate,
        "current_profit": trade.calc_profit_ratio(rate),
    }
    if strategy.use_custom_stoploss and overridden(strategy, "custom_stoploss"):
        room = _room(trade, rate)
        given = {"leverage": trade.leverage} | ({} if room is None else {"room": room})
        after = {"after_fill": False}
        watch.call("custom_stoploss", said, strategy.custom_stoploss, given, **common, **after)
    for name in ("custom_exit", "custom_sell"):
        if overridden(strategy, name):
            watch.call("custom_exit", said, getattr(strategy, name), None, **common)
    if strategy.position_adjustment_enable and overridden(strategy, "adjust_trade_position"):
        _adjust(stage, watch, trade, rate, said, {})


def _room(trade: Any, rate: float) -> float | None:
    """The way to liquidation as a share of the price; None where it is not ahead."""
    end = liquidation(short=trade.is_short, leverage=trade.leverage)
    if end is None:
        return None
    room = (end - rate if trade.is_short else rate - end) / rate
    return room if room > MAINTENANCE else None


def _adjust(
    stage: Stage, watch: Watch, trade: Any, rate: float, said: str, given: dict[str, Any]
) -> Any:
    profit = trade.calc_profit_ratio(rate)
    return watch.call(
        "adjust_trade_position",
        said,
        stage.strategy.adjust_trade_position,
        {"max_stake": stage.wallet, **given},
        trade=trade,
        current_time=datetime.now(UTC),
        current_rate=rate,
        current_profit=profit,
        min_stake=MIN_STAKE,
        max_stake=stage.wallet,
        current_entry_rate=rate,
        current_exit_rate=rate,
        current_entry_profit=profit,
        current_exit_profit=profit,
    )


def _fall(stage: Stage, watch: Watch, trade: Any, side: str) -> None:
    """Each increase is filled, and the price falls on."""
    if not overridden(stage.strategy, "adjust_trade_position"):
        return
    rate = PRICE
    for number in range(1, ROUNDS + 1):
        rate *= 1 + _STEP if trade.is_short else 1 - _STEP
        answer = _adjust(stage, watch, trade, rate, f"a {side} that falls on", {"round": number})
        stake = answer[0] if isinstance(answer, tuple) and answer else answer
        try:
            plain = float(stake)
        except (TypeError, ValueError):
            continue
        if math.isfinite(plain) and plain > 0:
            add(trade, rate, min(plain, stage.wallet))


def _exits(stage: Stage, watch: Watch, trade: Any, side: str) -> None:
    strategy, rate = stage.strategy, PRICE * (1.1 if trade.is_short else 0.9)
    common = {"pair": trade.pair, "trade": trade, "current_time": datetime.now(UTC)}
    for reason in _REASONS if overridden(strategy, "confirm_trade_exit") else ():
        watch.call(
            "confirm_trade_exit",
            f"a {side}, {reason}",
            strategy.confirm_trade_exit,
            {"exit_reason": reason},
            order_type="market",
            amount=trade.amount,
            rate=rate,
            time_in_force="GTC",
            exit_reason=reason,
            sell_reason=reason,
            **common,
        )
    if overridden(strategy, "custom_exit_price"):
        watch.call(
            "custom_exit_price",
            f"a {side} in loss",
            strategy.custom_exit_price,
            None,
            proposed_rate=rate,
            current_profit=trade.calc_profit_ratio(rate),
            exit_tag="exit_signal",
            **common,
        )


def _orders(stage: Stage, watch: Watch, trade: Any, side: str) -> None:
    strategy = stage.strategy
    common = {"pair": trade.pair, "trade": trade, "current_time": datetime.now(UTC)}
    for entry, name in ((True, "check_entry_timeout"), (False, "check_exit_timeout")):
        working = order(trade, PRICE, trade.stake_amount, entry=entry, filled=False)
        said = f"an order of a {side} that does not fill"
        if overridden(strategy, name):
            watch.call(name, said, getattr(strategy, name), None, order=working, **common)
        price = {
            "order": working,
            "proposed_rate": PRICE,
            "current_order_rate": PRICE,
            "entry_tag": trade.enter_tag,
            "side": side,
        }
        split = "adjust_entry_price" if entry else "adjust_exit_price"
        if overridden(strategy, split):
            watch.call(split, said, getattr(strategy, split), None, **price, **common)
        elif overridden(strategy, "adjust_order_price"):
            whole = strategy.adjust_order_price
            watch.call("adjust_order_price", said, whole, None, is_entry=entry, **price, **common)
    if overridden(strategy, "order_filled"):
        filled = trade.orders[0]
        watch.call(
            "order_filled",
            f"a fill of a {side}",
            strategy.order_filled,
            None,
            order=filled,
            **common,
        )
