"""What the exchange holds beside what the trades say (MO-4), from what the bot has read anyway."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from riskplugin.adapter import internals
from riskplugin.core.calendar import passed
from riskplugin.core.levels import Side
from riskplugin.core.reconcile import Booked, Fill, Held, shortage, surplus

if TYPE_CHECKING:
    from freqtrade.persistence import LocalTrade
    from freqtrade.wallets import Wallets

    from riskplugin.core.policy import ReconciliationPolicy

#: A position that closed at the exchange is told by the bot's next loops; then it is missing.
PATIENCE = timedelta(seconds=30)


class Holdings:
    """Compares what the wallet holds with the trades: futures positions, or coins on spot."""

    def __init__(
        self, wallets: Wallets, policy: Callable[[], ReconciliationPolicy], *, futures: bool
    ) -> None:
        self._wallets, self._policy, self._futures = wallets, policy, futures
        self._missing_since: datetime | None = None
        self._surplus_read: datetime | None = None
        self.doubtful: str | None = None
        """What one reading of the wallet shows: a second one has to show it, too."""

    def unexplained(self, trades: Sequence[LocalTrade], at: datetime) -> str | None:
        """What contradicts, once a second reading shows it or, where there is less than the trades
        say, it stays: exchanges tell of what has just happened a moment late.
        """
        records = _booked(trades)
        venue = self._positions() if self._futures else self._coins(trades)
        policy = self._policy()
        found = surplus(records, venue, policy) if self._futures else []
        missing = shortage(records, venue, policy)
        sure = self._seen_twice(found) + self._stays(missing, at)
        self.doubtful = "; ".join(t for t in (*found, *missing) if t not in sure) or None
        return "; ".join(sure) or None

    def _seen_twice(self, found: list[str]) -> list[str]:
        read = internals.refreshed_at(self._wallets)
        if not found:
            self._surplus_read = None
        elif self._surplus_read is None:
            self._surplus_read = read
        return found if read != self._surplus_read else []

    def _stays(self, missing: list[str], at: datetime) -> list[str]:
        if not missing:
            self._missing_since = None
        elif self._missing_since is None:
            self._missing_since = at
        elif passed(self._missing_since, at) >= PATIENCE:
            return missing
        return []

    def _positions(self) -> dict[str, Held]:
        return {
            pair: Held(
                side=Side.SHORT if position.side == "short" else Side.LONG,
                amount=abs(float(position.position)),
                leverage=position.leverage,
            )
            for pair, position in internals.exchange_positions(self._wallets).items()
        }

    def _coins(self, trades: Sequence[LocalTrade]) -> dict[str, Held]:
        """The base coins of open trades. More of them, and others, may be somebody's by right."""
        totals = ((t.pair, internals.balance(self._wallets, t.safe_base_currency)) for t in trades)
        return {pair: Held(side=Side.LONG, amount=total or 0.0) for pair, total in totals}


def _booked(trades: Sequence[LocalTrade]) -> dict[str, Booked]:
    """One entry a pair: freqtrade has one open trade of each."""
    return {trade.pair: _booked_of(trade) for trade in trades}


def _booked_of(trade: LocalTrade) -> Booked:
    """Orders that work may have been filled meanwhile."""
    entering = leaving = 0.0
    for order in trade.open_orders:
        if order.ft_order_side == trade.entry_side:
            entering += float(order.safe_remaining)
        else:
            leaving += float(order.safe_remaining)
    if trade.has_open_sl_orders:
        leaving = trade.amount
    return Booked(
        side=Side.SHORT if trade.is_short else Side.LONG,
        least=max(trade.amount - leaving, 0.0),
        most=trade.amount + entering,
        leverage=trade.leverage or 1.0,
    )


def fill_of(trade: LocalTrade, order: Any, at: datetime) -> Fill | None:
    """The fill that freqtrade tells of; None where nothing was filled."""
    amount = float(order.safe_filled or 0.0)
    price = float(order.safe_price or 0.0)
    if not (amount > 0 and price > 0):
        return None
    placed: datetime = order.order_date
    return Fill(
        at=at,
        order_id=str(order.order_id),
        pair=trade.pair,
        order_side=order.side or ("buy" if order.ft_order_side == "buy" else "sell"),
        amount=amount,
        price=price,
        leverage=trade.leverage or 1.0,
        reduces=order.ft_order_side != trade.entry_side,
        placed_at=placed if placed.tzinfo is not None else placed.replace(tzinfo=UTC),
    )
