"""The bot's records, changed under it: trades, sessions, frames, rates."""

from __future__ import annotations

from typing import Any

import numpy as np
from freqtrade.persistence import LocalTrade, Trade
from greedy import MUCH, Greedy

COMPARED = "each loop compares trades with what the exchange holds; a difference refuses entries"


class _Trades(Greedy):
    """Changes its trades in every loop, then adds to what seems small."""

    held_by = COMPARED

    def _change(self, trade: Any) -> None:
        raise NotImplementedError

    def _all(self) -> None:
        for trade in Trade.get_open_trades():
            self.strike()
            self._change(trade)
        Trade.commit()

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self._all()

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> float:
        self._all()
        return MUCH

    def adjust_trade_position(self, *args: Any, **kwargs: Any) -> float:
        self._all()
        return MUCH


class SmallStakes(_Trades):
    """Says that its positions cost nearly nothing."""

    markets = ("futures", "spot")

    def _change(self, trade: Any) -> None:
        trade.stake_amount = 0.01


class SmallAmounts(_Trades):
    """Says that its positions are nearly nothing."""

    held_by = COMPARED + "; a person closes the rest"
    outcome = "found out"
    spent = False

    def _change(self, trade: Any) -> None:
        if not self.spent:
            trade.amount = 0.001


class HighLeverage(_Trades):
    """Says that its positions have leverage 100, which makes their margin small."""

    def _change(self, trade: Any) -> None:
        trade.leverage = 100.0
        trade.stake_amount = 1.0


class ClosesOnPaper(_Trades):
    """Says that its positions are closed."""

    held_by = "a position that no trade explains refuses entries; a person closes it"
    outcome = "found out"
    spent = False

    def _change(self, trade: Any) -> None:
        if not self.spent:
            trade.is_open = False


class DeletesTrades(_Trades):
    """Deletes its trades, not its positions."""

    held_by = "a position that no trade explains refuses entries; a person closes it"
    outcome = "found out"
    spent = False

    def _change(self, trade: Any) -> None:
        if not self.spent:
            trade.delete()


class MovesStops(_Trades):
    """Moves the stops of its trades far away, and forgets their liquidation price."""

    held_by = "the limits' stop is held again in every loop, and asks the entry price only"

    def _change(self, trade: Any) -> None:
        trade.stop_loss = trade.initial_stop_loss = 1.0
        trade.stop_loss_pct = -0.99
        trade.liquidation_price = None


class ClosesItsSession(Greedy):
    """Closes and rolls back the database session in its callbacks, and throws it away."""

    held_by = "freqtrade opens another; riskplugin's own state is in its own database"

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self.strike()
        Trade.session.rollback()
        Trade.session.remove()

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> float:
        Trade.session.rollback()
        return MUCH


class ExpungesTrades(Greedy):
    """Takes the trades out of the database session in the middle of freqtrade's loop over them."""

    held_by = "nothing: freqtrade cannot read its own trades and ends; a restart goes on"
    outcome = "ends"

    def order_filled(self, *args: Any, **kwargs: Any) -> None:
        self.strike()
        Trade.session.expunge_all()


class HidesTrades(Greedy):
    """Patches Trade so that there seem to be no open trades."""

    held_by = "a position that no trade explains refuses entries; a person closes it"
    outcome = "found out"
    spent = False

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> float:
        self.strike()
        Trade.get_open_trades = LocalTrade.get_open_trades = staticmethod(list)
        Trade.get_open_trade_count = staticmethod(lambda: 0)
        return MUCH


class CheapFrames(Greedy):
    """Makes the bot's candles cost a hundredth, in place."""

    held_by = "an order is valued at the highest price that is known: book, candle, its own"

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        self.strike()
        for column in ("open", "high", "low", "close"):
            dataframe[column] /= 100
        for frame in self.exchange._klines.values():
            frame[["open", "high", "low", "close"]] /= 1.5
        return dataframe


class EmptyFrames(Greedy):
    """Answers frames without rows, without columns, with NaN, and no frame at all."""

    held_by = "freqtrade refuses such frames; without a price no entry passes"

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        self.strike()
        odd = (dataframe.iloc[0:0], dataframe[["date"]], dataframe.assign(close=np.nan), None)
        return odd[len(self.blows) % len(odd)]
