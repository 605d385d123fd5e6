"""The plugin's stop, held in freqtrade's own stop price: the tighter of both wins, always (design).

Written into the trade's stop loss, it works wherever freqtrade's does: every loop, candles of a
backtest, stop orders on the exchange.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskplugin.core.units import Ratio

if TYPE_CHECKING:
    from freqtrade.persistence import LocalTrade


def hold_stop(trade: LocalTrade, distance: Ratio | None) -> None:
    """Tighten ``trade``'s stop to ``distance`` (share of the entry price) when it is wider."""
    if distance is not None and is_wide(trade, distance):
        _tighten(trade, distance)


def is_wide(trade: LocalTrade, distance: Ratio | None) -> bool:
    """Whether ``trade``'s stop is wider than ``distance``, or there is none yet."""
    if distance is None or not trade.open_rate:
        return False
    if trade.is_short:
        return not trade.stop_loss or trade.stop_loss > trade.open_rate * (1 + distance)
    return trade.stop_loss is None or trade.stop_loss < trade.open_rate * (1 - distance)


def _tighten(trade: LocalTrade, distance: Ratio) -> None:
    """freqtrade counts a stop in margin, and calls a moved one trailing, which this is not."""
    trailing = trade.is_stop_loss_trailing
    trade.adjust_stop_loss(trade.open_rate, -distance * (trade.leverage or 1.0))
    if not trailing:
        trade.is_stop_loss_trailing = False
        trade.initial_stop_loss = trade.stop_loss
        trade.initial_stop_loss_pct = trade.stop_loss_pct
