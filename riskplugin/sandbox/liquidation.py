"""What the exchange does to open positions by itself: funding, and liquidation.

A bankrupt isolated position is taken over at the price that uses its margin up: it never costs more
than its margin and pays no fee. Cross positions go together, at the mark price, when what stands
behind them is down to the maintenance margin; a hole that remains is filled by the insurance fund.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from riskplugin.sandbox.accounts import Account
from riskplugin.sandbox.instruments import Instrument
from riskplugin.sandbox.matching import Execution
from riskplugin.sandbox.orders import ZERO, Order, Status, Ticket
from riskplugin.sandbox.positions import Position

if TYPE_CHECKING:
    from riskplugin.sandbox.exchange import Exchange


def fund(exchange: Exchange, moment_ms: int) -> None:
    """Exchange funding on all open positions, at the mark prices of that moment."""
    for account in exchange.accounts:
        for symbol in list(account.futures.positions):
            mark = exchange.market.quote(symbol, moment_ms).last
            account.futures.fund(symbol, exchange.funding.rate, mark, moment_ms)


def liquidate(exchange: Exchange, account: Account, now_ms: int) -> None:
    """Force out whatever has run out of margin at present mark prices."""
    wallet, mark = account.futures, exchange.futures.floor.mark(now_ms)
    for position in list(wallet.positions.values()):
        if position.isolated and position.is_bust(mark(position.symbol)):
            price = bankruptcy_price(position, exchange.market.instruments[position.symbol])
            _force_out(exchange, account, position, Execution(price, maker=False, time_ms=now_ms))
    crossed = wallet.crossed()
    needed = sum((p.maintenance(mark(p.symbol)) for p in crossed), ZERO)
    if crossed and wallet.cross_equity(mark) <= needed:
        for position in crossed:
            price = mark(position.symbol)
            _force_out(exchange, account, position, Execution(price, maker=False, time_ms=now_ms))
        _insure(account, now_ms)


def bankruptcy_price(position: Position, instrument: Instrument) -> Decimal:
    """The price that uses the margin up, on a tick, rounded in favour of the account."""
    price = position.bankruptcy_price()
    return instrument.ceil_tick(price) if position.quantity > ZERO else instrument.floor_tick(price)


def _insure(account: Account, now_ms: int) -> None:
    missing = account.futures.isolated_margin() - account.futures.balance
    if missing > ZERO:
        account.futures.record("", "INSURANCE_CLEAR", missing, now_ms)


def _force_out(exchange: Exchange, account: Account, position: Position, offer: Execution) -> None:
    """Close a position as the exchange does: cancel its orders, then one forced order."""
    for order in exchange.log.open():
        ticket = order.ticket
        if (order.key, ticket.kind, ticket.symbol) == (account.key, "futures", position.symbol):
            exchange.end(account, order, Status.EXPIRED, offer.time_ms)
    order = _forced_order(exchange.log.next_id(), account.key, position, offer)
    exchange.log.add(order)
    exchange.execute(account, order, order.quantity, offer)


def _forced_order(number: int, key: str, position: Position, offer: Execution) -> Order:
    ticket = Ticket(
        kind="futures",
        symbol=position.symbol,
        side="SELL" if position.quantity > ZERO else "BUY",
        type="LIMIT",
        quantity=abs(position.quantity),
        price=offer.price,
        time_in_force="IOC",
        reduce_only=True,
        client_id=f"autoclose-{offer.time_ms}",
    )
    order = Order(number, key, ticket, position.leverage, offer.time_ms, ticket.quantity)
    order.origin = "liquidation"
    return order
