"""The exchange itself: takes orders, executes them as prices move, funds and liquidates positions.

Everything happens when somebody calls with the time; there is no thread and no clock in here.
"""

from __future__ import annotations

from decimal import Decimal

from riskplugin.sandbox.accounts import Account, Accounts
from riskplugin.sandbox.desk import Desk, Floor
from riskplugin.sandbox.errors import ApiError, unknown_order, would_trigger
from riskplugin.sandbox.funding import Funding
from riskplugin.sandbox.futures_desk import FuturesDesk
from riskplugin.sandbox.liquidation import fund, liquidate
from riskplugin.sandbox.market import Market
from riskplugin.sandbox.matching import Execution, FillPolicy, execution, triggers
from riskplugin.sandbox.order_log import OrderLog
from riskplugin.sandbox.orders import Fill, Order, Status, Ticket
from riskplugin.sandbox.spot_desk import SpotDesk

_AT_ONCE = ("IOC", "FOK")


class Exchange:
    """One market, many accounts, one log of orders."""

    def __init__(self, market: Market, accounts: Accounts, funding: Funding, now_ms: int) -> None:
        self.market = market
        self.accounts = accounts
        self.funding = funding
        self.log = OrderLog()
        self.policy = FillPolicy()
        floor = Floor(market, self.log)
        self.spot = SpotDesk(floor)
        self.futures = FuturesDesk(floor)
        self._advanced_ms = now_ms

    def place(self, account: Account, ticket: Ticket, now_ms: int, origin: str = "user") -> Order:
        """Take an order in and execute what can be executed at once. Raises ApiError."""
        leverage = 1
        if ticket.kind == "futures":
            leverage = account.futures.setting(ticket.symbol).leverage
        number = self.log.next_id()
        order = Order(number, account.key, ticket, leverage, now_ms, ticket.quantity)
        order.origin, order.updated_ms = origin, now_ms
        try:
            self._admit(account, order, now_ms)
        except ApiError as refusal:
            order.end(Status.REJECTED, now_ms, str(refusal))
            raise
        finally:
            self.log.add(order)
        self._work(account, order, now_ms)
        order.rested = True
        return order

    def cancel(self, account: Account, order: Order | None, now_ms: int) -> Order:
        """Cancel a working order. Raises ApiError −2011 when it does not work (any more)."""
        if order is None or not order.is_open:
            raise unknown_order()
        self.end(account, order, Status.CANCELED, now_ms)
        return order

    def advance(self, now_ms: int) -> None:
        """Let everything happen that is due by now: funding, executions, liquidations."""
        due = self.funding.due(self._advanced_ms, now_ms)
        self._advanced_ms = max(self._advanced_ms, now_ms)
        for moment in due:
            fund(self, moment)
        for order in self.log.open():
            if order.is_open:
                self._work(self.accounts.get(order.key), order, now_ms)
        for account in self.accounts:
            if account.futures.positions:
                liquidate(self, account, now_ms)

    def _admit(self, account: Account, order: Order, now_ms: int) -> None:
        ticket = order.ticket
        quote = self.market.quote(ticket.symbol, now_ms)
        if ticket.is_conditional and triggers(ticket, quote.last):
            raise would_trigger()
        if ticket.algo:
            return
        if ticket.is_post_only and execution(ticket, quote, now_ms, rested=False):
            raise _would_take(ticket)
        self._desk(order).admit(account, order, now_ms)

    def _work(self, account: Account, order: Order, now_ms: int) -> None:
        """Execute what the present quote allows."""
        ticket = order.ticket
        quote = self.market.quote(ticket.symbol, now_ms)
        if ticket.is_conditional and not order.triggered:
            if not triggers(ticket, quote.last):
                return
            order.triggered = True
            if ticket.algo:
                self._release_algo(account, order, now_ms)
                return
        rested = order.rested and not ticket.is_conditional
        offer = execution(ticket, quote, now_ms, rested=rested)
        if offer and self.policy.allows(ticket):
            self._fill(account, order, offer)
        if order.is_open and ticket.time_in_force in _AT_ONCE:
            self.end(account, order, Status.EXPIRED, now_ms)

    def _fill(self, account: Account, order: Order, offer: Execution) -> None:
        instrument = self.market.instruments[order.ticket.symbol]
        wanted = self.policy.allowance(order, instrument, offer.time_ms)
        if not wanted or (order.ticket.time_in_force == "FOK" and wanted < order.quantity):
            return
        quantity = self._desk(order).fillable(account, order, wanted, offer)
        if quantity:
            self.execute(account, order, quantity, offer)
        if quantity < wanted:
            self.end(account, order, Status.EXPIRED, offer.time_ms)

    def execute(self, account: Account, order: Order, quantity: Decimal, offer: Execution) -> None:
        """Settle an execution and book it to the order."""
        done = self._desk(order).settle(account, order, quantity, offer)
        order.add(
            Fill(
                id=self.log.next_fill_id(),
                time_ms=offer.time_ms,
                price=offer.price,
                quantity=quantity,
                commission=done.commission,
                commission_asset=done.commission_asset,
                realized=done.realized,
                maker=offer.maker,
                position_after=done.position_after,
            )
        )

    def _release_algo(self, account: Account, order: Order, now_ms: int) -> None:
        """A conditional futures order was triggered: it sends an order of its own."""
        ticket = order.ticket
        held = abs(account.futures.held(ticket.symbol))
        child = Ticket(
            kind="futures",
            symbol=ticket.symbol,
            side=ticket.side,
            type="LIMIT" if ticket.price else "MARKET",
            quantity=held if ticket.close_position else ticket.quantity,
            price=ticket.price,
            time_in_force=ticket.time_in_force,
            reduce_only=ticket.reduce_only or ticket.close_position,
            client_id=ticket.client_id,
        )
        try:
            sent = self.place(account, child, now_ms, origin="algo")
        except ApiError as refusal:
            order.end(Status.EXPIRED, now_ms, str(refusal))
            return
        order.child_id = sent.id
        order.end(Status.FINISHED, now_ms)

    def end(self, account: Account, order: Order, status: Status, now_ms: int) -> None:
        """Take an order out of the book."""
        self._desk(order).release(account, order)
        order.end(status, now_ms)

    def _desk(self, order: Order) -> Desk:
        return self.spot if order.ticket.kind == "spot" else self.futures


def _would_take(ticket: Ticket) -> ApiError:
    if ticket.kind == "spot":
        return ApiError(-2010, "Order would immediately match and take.")
    return ApiError(
        -5022,
        "Due to the order could not be executed as maker, the Post Only order will be rejected.",
    )
