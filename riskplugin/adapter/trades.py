"""freqtrade's trades and orders as the core sees them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from riskplugin.core.book import ClosedTrade
from riskplugin.core.levels import Side
from riskplugin.core.snapshot import Position, WorkingEntry
from riskplugin.core.units import Quote

if TYPE_CHECKING:
    from freqtrade.persistence import LocalTrade


def side_of(trade: LocalTrade) -> Side:
    """Long or short."""
    return Side.SHORT if trade.is_short else Side.LONG


def sign_of(trade: LocalTrade) -> int:
    """1 for long, -1 for short."""
    return -1 if trade.is_short else 1


def aware(at: datetime) -> datetime:
    """freqtrade's dates are UTC, with or without saying so."""
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def position_of(trade: LocalTrade, mark: float | None) -> Position:
    """Without any mark the entry price has to do; the keeper of the book says so."""
    price = mark if mark is not None else trade.open_rate
    side = side_of(trade)
    amount = trade.amount
    return Position(
        pair=trade.pair,
        side=side,
        amount=amount,
        entry_price=trade.open_rate,
        mark_price=price,
        stake=Quote(max(trade.stake_amount, amount * trade.open_rate / (trade.leverage or 1.0))),
        leverage=trade.leverage or 1.0,
        unrealised=unrealised_of(trade, price),
        trade_id=trade.id,
        opened_at=aware(trade.open_date),
        stop_price=trade.stop_loss or None,
        liquidation_price=trade.liquidation_price or None,
    )


def unrealised_of(trade: LocalTrade, price: float) -> Quote:
    """The result of closing the trade at ``price``, net of fees and funding."""
    amount, opened = trade.amount, trade.open_rate
    fees = amount * (opened * (trade.fee_open or 0.0) + price * (trade.fee_close or 0.0))
    moved = amount * (price - opened) * sign_of(trade)
    return Quote(moved - fees + open_funding(trade))


def open_funding(trade: LocalTrade) -> float:
    """Funding that no partial exit has realised: freqtrade counts the funding of all orders up to
    an exit into what that exit earned.
    """
    paid = trade.funding_fees or 0.0
    if not (paid and trade.realized_profit):
        return float(paid)
    filled = [order for order in trade.orders if not order.ft_is_open and order.filled]
    exits = (n for n, order in enumerate(filled, 1) if order.ft_order_side != trade.entry_side)
    realised = filled[: max(exits, default=0)]
    return float(paid - sum(order.funding_fee or 0.0 for order in realised))


def working_entries(trade: LocalTrade, mark: float | None) -> Iterator[WorkingEntry]:
    """Open entry orders. Their fills are not in the trade's amount yet: the whole order counts."""
    for order in trade.open_orders:
        if order.ft_order_side == trade.entry_side:
            notional = _order_notional(order, mark)
            yield WorkingEntry(
                pair=trade.pair,
                side=side_of(trade),
                stake=Quote(notional / (trade.leverage or 1.0)),
                notional=Quote(notional),
                leverage=trade.leverage or 1.0,
                trade_id=trade.id,
                order_id=order.order_id,
                opened_at=aware(trade.open_date),
            )


def _order_notional(order: Any, mark: float | None) -> float:
    """Valued at the higher of the order's price and the market's."""
    price = float(order.safe_price)
    return float(order.safe_amount) * (price if mark is None else max(price, mark))


def closed_trade(trade: LocalTrade) -> ClosedTrade:
    """A trade that ended, with what it earned and cost."""
    return ClosedTrade(
        trade_id=trade.id,
        pair=trade.pair,
        side=side_of(trade),
        profit=Quote(trade.close_profit_abs or 0.0),
        opened_at=aware(trade.open_date),
        exit_reason=trade.exit_reason or "",
        tag=_text(trade.enter_tag),
        stake=Quote(trade.max_stake_amount or trade.stake_amount or 0.0),
        leverage=trade.leverage or 1.0,
        fees=Quote(sum(_fee(trade, order) for order in trade.orders)),
        funding=Quote(trade.funding_fees or 0.0),
    )


def _text(tag: object) -> str:
    """A tag is whatever a strategy puts into its data frame; only a text is taken along."""
    return tag if type(tag) is str else ""


def _fee(trade: LocalTrade, order: Any) -> float:
    """What an order cost in fees, as freqtrade reckons it into the profit."""
    rate = trade.fee_open if order.ft_order_side == trade.entry_side else trade.fee_close
    return float((order.safe_filled or 0.0) * (order.safe_price or 0.0) * (rate or 0.0))
