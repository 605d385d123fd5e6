"""From a backtest's trades and candles to the core's book, in as little as can be: a backtest asks
on every candle. What a running bot has besides, see :mod:`snapshots`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from riskplugin.adapter import internals
from riskplugin.adapter.marks import CandleMarks
from riskplugin.adapter.trades import (
    closed_trade,
    open_funding,
    position_of,
    sign_of,
    working_entries,
)
from riskplugin.core.band import Prices
from riskplugin.core.book import Book, ClosedTrade
from riskplugin.core.snapshot import Position, WorkingEntry, liquidation_room
from riskplugin.core.units import Quote, Ratio

if TYPE_CHECKING:
    from freqtrade.persistence import LocalTrade
    from freqtrade.wallets import Wallets

#: What of a trade, besides its price and its orders, an account rests on.
_SHAPE = attrgetter(
    "id",
    "amount",
    "stake_amount",
    "open_rate",
    "leverage",
    "realized_profit",
    "funding_fees",
    "liquidation_price",
)


class CandleBooks:
    """Looks at a backtest's trades. Between two whole looks it tells what later prices make of the
    same trades, and nobody has to look twice at the same moment.
    """

    def __init__(
        self, wallets: Wallets, marks: CandleMarks, *, currency: str, futures: bool
    ) -> None:
        self._wallets, self._marks = wallets, marks
        self._currency, self._futures = currency, futures
        self.doubtful: str | None = None
        self.deleted: list[str] = []
        self.clear()

    def entered(self) -> None:
        """A backtest books what it enters at once."""

    def clear(self) -> None:
        """Forget the trades and the candles of an earlier run."""
        self._marks.clear()
        self._reported = 0
        self._newest: tuple[_Trades, Book] | None = None
        self._whole: _Whole | None = None

    def look(self, at: datetime, *, closings: bool = False) -> Book:
        """The book now. ``closings``: also report trades that closed since the last such look."""
        known = self._newest
        if not closings and known is not None and known[1].at == at and known[0].unchanged():
            return known[1]
        trades = internals.open_trades(live=False)
        closed = self._closings() if closings else ()
        start = internals.starting_capital(self._wallets, self._currency)
        earned = internals.closed_profit(live=False) + sum(t.realized_profit for t in trades)
        book = self._book(at, trades, closed, start, earned)
        now = _Trades(trades)
        # An order that is cancelled leaves no trace in what is compared. Who asks twice gets the
        # very same book: the account of the first question serves the second one, too.
        once = replace(book, closed=()) if closed else book
        self._newest = None if book.working else (now, once)
        if closings:
            self._whole = None if start is None else _Whole(now, trades, start, earned)
        return book

    def prices(self, at: datetime) -> Prices | None:
        """The account at new prices, with the trades as they are by now; None when one of them
        changed while an order of it works, or a price is missing. What is told here of trades that
        closed is told again until :meth:`reported` says that it was heard.
        """
        whole = self._whole
        if whole is None:
            return None
        closed = internals.closed_in_backtest(self._reported)
        if not whole.trades.unchanged():
            earned = internals.closed_profit(live=False)
            whole = self._whole = whole.moved_on(closed, earned)
            if whole is None:
                return None
        unrealised = exposure = weighted = total = 0.0
        lowest: Ratio | None = None
        for held in whole.held:
            pair, amount, opened, sign, fee_open, fee_close, funding, liquidation, _ = held
            price, volatility = self._marks.finished(pair, at)
            if price is None:
                return None
            # As trades.unrealised_of, to the last bit: both looks have to find the same equity.
            fees = amount * (opened * fee_open + price * fee_close)
            unrealised += amount * (price - opened) * sign - fees + funding
            notional = abs(amount * price)
            exposure += notional
            if liquidation is not None:
                room = liquidation_room(opened, price, liquidation, sign)
                if room is not None and (lowest is None or room < lowest):
                    lowest = room
            if volatility is not None:
                weighted += volatility * notional
                total += notional
        return Prices(
            at,
            Quote(whole.start + (whole.earned + unrealised)),
            Quote(exposure),
            lowest,
            Ratio(weighted / total) if total > 0 else None,
            len(whole.held),
            whole.leverage,
            tuple(map(closed_trade, closed)) if closed else (),
        )

    def reported(self, closed: Sequence[ClosedTrade]) -> None:
        """Somebody took these trades in: they are not told again."""
        self._reported += len(closed)

    def _book(
        self,
        at: datetime,
        trades: Sequence[LocalTrade],
        closed: tuple[ClosedTrade, ...],
        start: float | None,
        earned: float,
    ) -> Book:
        positions: list[Position] = []
        working: list[WorkingEntry] = []
        missing: str | None = None
        unrealised = weighted = total = 0.0
        for trade in trades:
            price, volatility = self._marks.finished(trade.pair, at)
            working += working_entries(trade, price)
            if not trade.amount > 0:
                continue
            position = position_of(trade, price)
            positions.append(position)
            unrealised += position.unrealised
            if price is None:
                missing = missing or f"no price of {trade.pair} is known"
            if volatility is not None:
                weighted += volatility * position.notional
                total += position.notional
        result = earned + unrealised
        bound = 0.0 if self._futures else sum(w.notional for w in working) * 1.01
        return Book(
            at=at,
            wallet=None if start is None else Quote(start + result),
            result=Quote(result),
            positions=tuple(positions),
            working=tuple(working),
            bound=Quote(bound),
            closed=closed,
            volatility=Ratio(weighted / total) if total > 0 else None,
            untrusted=missing,
        )

    def _closings(self) -> tuple[ClosedTrade, ...]:
        closed = tuple(map(closed_trade, internals.closed_in_backtest(self._reported)))
        self.reported(closed)
        return closed


class _Trades:
    """The trades of a backtest as they were."""

    __slots__ = ("_closed", "_orders", "_shapes")

    def __init__(self, trades: Sequence[LocalTrade]) -> None:
        self._shapes = list(map(_SHAPE, trades))
        self._orders = [trade.orders[:] for trade in trades]
        self._closed = internals.closed_count()

    def unchanged(self) -> bool:
        """Nothing but prices changed since, provided that no entry order was working."""
        trades = internals.open_trades(live=False)
        return (
            internals.closed_count() == self._closed
            and list(map(_SHAPE, trades)) == self._shapes
            and [trade.orders[:] for trade in trades] == self._orders
        )

    def ids(self) -> set[int]:
        """The numbers of the trades."""
        return {shape[0] for shape in self._shapes}


class _Held(NamedTuple):
    """A trade as it was: what its result at another price needs."""

    pair: str
    amount: float
    opened: float
    sign: int
    fee_open: float
    fee_close: float
    funding: float
    liquidation: float | None
    leverage: float


def _held(trade: LocalTrade) -> _Held:
    return _Held(
        trade.pair,
        trade.amount,
        trade.open_rate,
        sign_of(trade),
        trade.fee_open or 0.0,
        trade.fee_close or 0.0,
        open_funding(trade),
        trade.liquidation_price or None,
        trade.leverage or 1.0,
    )


class _Whole:
    """What the last look with closings rested on: ``start`` is what the account began with,
    ``earned`` what it had realised.
    """

    __slots__ = ("earned", "held", "leverage", "start", "trades")

    def __init__(
        self, trades: _Trades, found: Sequence[LocalTrade], start: float, earned: float
    ) -> None:
        self.trades, self.start, self.earned = trades, start, earned
        self.held = list(map(_held, found))
        self.leverage = max((held.leverage for held in self.held), default=0.0)

    def moved_on(self, closed: Sequence[LocalTrade], earned: float) -> _Whole | None:
        """The same with the trades that are open now, while those ``closed`` since earned some;
        None where there is more to them than positions, or one went without having been closed.
        """
        trades = internals.open_trades(live=False)
        if len({trade.pair for trade in trades}) != len(trades):
            return None
        if any(trade.has_open_orders or not trade.amount > 0 for trade in trades):
            return None
        gone = self.trades.ids().difference([trade.id for trade in trades])
        if not gone.issubset([trade.id for trade in closed]):
            return None
        earned += sum(trade.realized_profit for trade in trades)
        return _Whole(_Trades(trades), trades, self.start, earned)
