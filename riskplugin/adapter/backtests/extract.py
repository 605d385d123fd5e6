"""From freqtrade's objects to plain records: trades with their fills, closes, funding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from freqtrade.persistence import LocalTrade

from riskplugin.adapter import internals
from riskplugin.adapter.trades import aware
from riskplugin.reports.compare.equity import Prices
from riskplugin.reports.compare.run import Fill, Trade

#: A stop this near to the plugin's own distance is the plugin's.
NEAR = 0.002


def trades_of(closed: Iterable[LocalTrade]) -> tuple[Trade, ...]:
    """Every trade that was filled, in the order in which they ended."""
    return tuple(_trade(trade) for trade in closed if _fills(trade))


def prices_of(testing: Any, pairs: Iterable[str]) -> dict[str, Prices]:
    """Closes and funding of ``pairs``, from the very candles that the backtest traded on."""
    candle = testing.timeframe_secs
    return {pair: _prices(testing, pair, candle) for pair in pairs}


def starting_balance(testing: Any) -> float:
    """What the simulated wallet began with, all of it."""
    capital = internals.starting_capital(testing.wallets, testing.config["stake_currency"])
    return float(testing.starting_balance if capital is None else capital)


def plugin_stops(trades: Iterable[LocalTrade], distances: Iterable[float], own: float) -> int:
    """How many trades ended at a stop that the plugin had tightened, ``own`` the strategy's."""
    stops = tuple(distances)
    return sum(_at_plugin_stop(trade, stops, own) for trade in trades)


def _at_plugin_stop(trade: LocalTrade, distances: tuple[float, ...], own: float) -> bool:
    if trade.exit_reason != "stop_loss" or not (trade.open_rate and trade.initial_stop_loss):
        return False
    held = abs(trade.initial_stop_loss / trade.open_rate - 1)
    if abs(held - abs(own) / (trade.leverage or 1.0)) < NEAR:
        return False
    return any(abs(held - distance) < NEAR for distance in distances)


def _trade(trade: LocalTrade) -> Trade:
    fills = _fills(trade)
    return Trade(
        pair=trade.pair,
        side="short" if trade.is_short else "long",
        leverage=float(trade.leverage or 1.0),
        opened=_seconds(trade.open_date),
        closed=_seconds(trade.close_date or trade.open_date),
        profit=float(trade.close_profit_abs or 0.0),
        fee_open=float(trade.fee_open or 0.0),
        fee_close=float(trade.fee_close or 0.0),
        fills=fills,
        tag=trade.enter_tag or "",
        reason=trade.exit_reason or "",
    )


def _fills(trade: LocalTrade) -> tuple[Fill, ...]:
    filled = [o for o in trade.orders if not o.ft_is_open and o.safe_filled]
    return tuple(
        Fill(
            at=_seconds(order.order_filled_date),
            ordered=_seconds(order.order_date),
            entry=order.ft_order_side == trade.entry_side,
            amount=float(order.safe_amount_after_fee),
            price=float(order.safe_price),
            funding=float(order.funding_fee or 0.0),
        )
        for order in filled
    )


def _prices(testing: Any, pair: str, candle: int) -> Prices:
    entry = internals.analysed(testing.dataprovider, pair)
    if entry is None:
        raise ValueError(f"there are no candles of {pair}")
    frame = entry[0]
    funding_at, funding = _funding(testing.futures_data.get(pair))
    return Prices(
        final=_stamps(frame["date"]) + candle,
        close=frame["close"].to_numpy(dtype=float),
        funding_at=funding_at,
        funding=funding,
    )


def _funding(frame: Any) -> tuple[Any, Any]:
    if frame is None or len(frame) == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    per_unit = frame["open_fund"].to_numpy(dtype=float) * frame["open_mark"].to_numpy(dtype=float)
    return _stamps(frame["date"]), per_unit


def _stamps(dates: Any) -> Any:
    """Seconds; the unit of freqtrade's dates changes from release to release."""
    return dates.dt.as_unit("s").astype("int64").to_numpy()


def _seconds(moment: Any) -> int:
    return int(aware(moment).timestamp())
