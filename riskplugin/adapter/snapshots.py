"""From a running bot's trades and wallet to the core's book. Decides nothing. Backtests have
:mod:`candlebooks`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from riskplugin.adapter import internals
from riskplugin.adapter.candlebooks import CandleBooks
from riskplugin.adapter.holdings import Holdings
from riskplugin.adapter.marks import CandleMarks, Mark, Marks
from riskplugin.adapter.trades import (
    aware,
    closed_trade,
    position_of,
    working_entries,
)
from riskplugin.core.book import Book, ClosedTrade
from riskplugin.core.snapshot import Position
from riskplugin.core.units import Quote, Ratio

if TYPE_CHECKING:
    from freqtrade.persistence import LocalTrade
    from freqtrade.wallets import Wallets

    from riskplugin.core.policy import ReconciliationPolicy

#: What names a trade for ever: its number, and when it was opened.
_Key = tuple[int, datetime]
#: The wallet is read right after a fill; the look that sees the fill comes a loop later at most.
LOOP = timedelta(seconds=30)
#: A mark of this age is the market's price, whatever was filled since.
FRESH = timedelta(seconds=5)


class BookKeeper:
    """Looks at the bot's trades and wallet, and remembers which trades it saw open last."""

    def __init__(
        self,
        wallets: Wallets,
        marks: Marks,
        *,
        currency: str,
        real: bool,
        futures: bool,
        policy: Callable[[], ReconciliationPolicy],
    ) -> None:
        self._wallets, self._marks = wallets, marks
        self._currency, self._real, self._futures = currency, real, futures
        self._holdings = Holdings(wallets, policy, futures=futures)
        self.doubtful: str | None = None
        """What one reading of the wallet says against the trades; a second has to confirm it."""
        self.deleted: list[str] = []
        """Trades that were deleted from the records while they were open."""
        self._open: dict[_Key, float] = {}
        self._closed_profit: tuple[frozenset[int], float] | None = None
        self._held: frozenset[tuple[int, float]] | None = None
        self._changed_at: datetime | None = None
        self._newest: int | None = None
        self._entered = False

    def entered(self) -> None:
        """An entry order went out: a trade may begin, and end, before the next look."""
        self._entered = True

    def look(self, at: datetime, *, closings: bool = False) -> Book:
        """The book now. ``closings``: also report trades that closed since the last such look."""
        trades = internals.open_trades(live=True)
        closed = self._closings(trades) if closings else ()
        self._note_deleted(trades)
        seen: list[tuple[LocalTrade, Mark | None]] = [(t, self._mark(t, at)) for t in trades]
        positions = tuple(
            position_of(t, None if m is None else m.price) for t, m in seen if t.amount > 0
        )
        unrealised = sum(p.unrealised for p in positions)
        closed_result = self._closed_profit_now(trades)
        earned = closed_result + sum(t.realized_profit for t in trades)
        marks = [m for t, m in seen if m is not None and t.amount > 0]
        settling = self._real and self._settling(trades, at)
        compared = self._real and not settling
        unknown = self._holdings.unexplained(trades, at) if compared else None
        self.doubtful = self._holdings.doubtful if compared else None
        working = tuple(
            w for t, m in seen for w in working_entries(t, None if m is None else m.price)
        )
        wallet = self._wallet_equity(positions, trades, earned + unrealised)
        return Book(
            at=at,
            settling=settling,
            wallet=wallet,
            result=Quote(earned + unrealised),
            positions=positions,
            working=working,
            bound=Quote(sum(w.notional for w in working) * 1.01 if not self._futures else 0.0),
            closed=closed,
            price_age=max((m.age for m in marks), default=timedelta(0)),
            volatility=self._volatility(positions, at),
            untrusted=_doubt(seen) or self.doubtful,
            unknown=unknown,
            closed_result=Quote(closed_result) if self._real else None,
        )

    def _mark(self, trade: LocalTrade, at: datetime) -> Mark | None:
        """The pair's mark, unless it is older than the position: then the fill is the newer price.

        A price from before a crash would show a fresh position with a profit that never was,
        and raise the peak with it.
        """
        mark = self._marks.mark(trade.pair, at)
        if mark is not None and mark.age <= FRESH:
            return mark
        if trade.nr_of_successful_entries != 1:
            return mark
        held = at - aware(trade.date_last_filled_utc or trade.open_date)
        if mark is None:
            return Mark(trade.open_rate) if held <= FRESH else None
        if mark.age > held:
            return Mark(trade.open_rate, max(held, timedelta(0)))
        return mark

    # --- equity --------------------------------------------------------------------------------

    def _closed_profit_now(self, trades: Sequence[LocalTrade]) -> float:
        """Closed profit; the database is asked only when other trades are open than before
        (PF-2).
        """
        now_open = frozenset(t.id for t in trades)
        if self._closed_profit is None or self._closed_profit[0] != now_open:
            self._closed_profit = (now_open, internals.closed_profit(live=True))
        return self._closed_profit[1]

    def _wallet_equity(
        self, positions: Sequence[Position], trades: Sequence[LocalTrade], result: float
    ) -> Quote | None:
        if not self._real:
            start = internals.starting_capital(self._wallets, self._currency)
            return None if start is None else Quote(start + result)
        total = internals.balance(self._wallets, self._currency)
        if total is None:
            return None
        open_ones = [t for t in trades if t.amount > 0]
        return Quote(
            total + sum(self._beyond(t, p) for t, p in zip(open_ones, positions, strict=True))
        )

    def _beyond(self, trade: LocalTrade, position: Position) -> float:
        """What a position adds to the balance: its value (spot), its price result (futures)."""
        fee = position.notional * (trade.fee_close or 0.0)
        if not self._futures:
            return position.notional - fee
        moved = (position.mark_price - position.entry_price) * position.side.sign
        return position.amount * moved - fee

    # --- what else -----------------------------------------------------------------------------

    def _closings(self, trades: Sequence[LocalTrade]) -> tuple[ClosedTrade, ...]:
        """Trades that ended since the last such look, those included that began after it."""
        self._note_deleted(trades)
        now_open = {_key(t): t.amount for t in trades}
        gone = ({number for number, _ in self._open} | self._begun()) - {t.id for t in trades}
        self._open = now_open
        if not gone:
            return ()
        found = [internals.trade_by_id(trade_id) for trade_id in sorted(gone)]
        ended = [t for t in found if t is not None and t.close_date is not None]
        self._closed_profit = None
        return tuple(map(closed_trade, ended))

    def _note_deleted(self, trades: Sequence[LocalTrade]) -> None:
        """Trades with a position that are in the records no longer, neither open nor closed.

        A database may give their number to the next trade: number and date together name one. What
        was never filled freqtrade itself deletes.
        """
        for key in self._open.keys() - {_key(t) for t in trades}:
            known = internals.trade_by_id(key[0])
            if known is None or _key(known) != key:
                if self._open[key] > 0:
                    self.deleted.append(str(key[0]))
                del self._open[key]

    def _begun(self) -> set[int]:
        """Trades that began since the last look; the database is asked after an entry only."""
        if self._newest is None:
            self._newest = internals.newest_trade_id()
        if not self._entered:
            return set()
        self._entered = False
        begun = internals.trade_ids_after(self._newest)
        self._newest = max(begun, default=self._newest)
        return begun

    def _volatility(self, positions: Sequence[Position], at: datetime) -> Ratio | None:
        weighted = total = 0.0
        for position in positions:
            volatility = self._marks.volatility(position.pair, at)
            if volatility is not None:
                weighted += volatility * position.notional
                total += position.notional
        return Ratio(weighted / total) if total > 0 else None

    def _settling(self, trades: Sequence[LocalTrade], at: datetime) -> bool:
        """The wallet was read before the latest change, or an order is being filled just now.

        Then wallet and trades cannot agree, and their difference says nothing. Both times are of
        this machine's clock: the exchange's may be another.
        """
        held = frozenset((t.id, t.amount) for t in trades)
        if self._held is not None and held != self._held:
            self._changed_at = at
        self._held = held
        refreshed = internals.refreshed_at(self._wallets)
        if refreshed is None:
            return True
        if self._changed_at is not None and refreshed < self._changed_at - LOOP:
            return True
        return any(o.safe_filled for t in trades if t.has_open_orders for o in t.open_orders)


def keeper_of(
    wallets: Wallets,
    marks: Marks,
    *,
    currency: str,
    real: bool,
    futures: bool,
    policy: Callable[[], ReconciliationPolicy],
) -> BookKeeper | CandleBooks:
    """Who keeps the book: a running bot's, or a backtest's where the marks come from candles."""
    if isinstance(marks, CandleMarks):
        return CandleBooks(wallets, marks, currency=currency, futures=futures)
    return BookKeeper(wallets, marks, currency=currency, real=real, futures=futures, policy=policy)


def _key(trade: LocalTrade) -> _Key:
    return trade.id, aware(trade.open_date)


def _doubt(seen: Sequence[tuple[LocalTrade, Mark | None]]) -> str | None:
    for trade, mark in seen:
        if trade.amount > 0:
            if mark is None:
                return f"no price of {trade.pair} is known"
            if mark.doubt is not None:
                return mark.doubt
    return None
