"""Finds out what became of entry orders that the exchange or the bot lost (MO-4, RE-1).

Only while the fate of an order is unknown does this ask the exchange anything, and then once in a
while.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from freqtrade.persistence import Order

from riskplugin.calm import calm_logger
from riskplugin.core import events as ev
from riskplugin.core.calendar import passed

if TYPE_CHECKING:
    from freqtrade.exchange import Exchange

    from riskplugin.service import RiskService

logger = calm_logger(__name__)

#: The exchange gets this long to show an order before it is looked for, and between two looks.
PATIENCE = timedelta(seconds=10)
#: An exchange that lags may show an order this late; before, "no such order" is not believed.
LATE = timedelta(minutes=1)
#: Clocks of bot and exchange may differ by this much.
CLOCKS = timedelta(seconds=30)
#: Answers after which freqtrade keeps no record, when nothing was filled.
NOTHING_CAME = ("expired", "rejected")


class Unbooked:
    """Entries that the exchange took, until the bot's records show them.

    What freqtrade does between the two may fail (fees, funding); then it buys again in its next
    loop, and never knows of the first order.
    """

    def __init__(self, service: RiskService, *, real: bool) -> None:
        self._service = service
        self._lock = threading.Lock()
        waiting = [a for a in service.state.awaited if not (a.sent.reduces or a.booked)]
        self._taken = [(a.sent, a.order_id) for a in waiting if real]  # a process before this one's

    def add(self, sent: ev.OrderSent, order: dict[str, Any]) -> None:
        """The exchange took ``sent``; ``order`` is its answer."""
        if order.get("status") not in NOTHING_CAME or order.get("filled"):
            with self._lock:
                self._taken.append((sent, str(order.get("id"))))

    def settle(self, at: datetime, *, patience: timedelta = timedelta(0)) -> list[str]:
        """Look for them in the records; what is missing there for ``patience`` is of unknown fate.

        Without patience only where no other entry can be under way, as within one. Answers the
        numbers of those that were filled and then deleted from the records.
        """
        with self._lock:
            taken, self._taken = self._taken, []
        gone = []
        for sent, number in taken:
            if Order.order_by_id(number) is not None:
                self._service.order_ended(ev.OrderBooked(at=datetime.now(UTC), order_id=number))
            elif passed(sent.at, at) < patience:
                with self._lock:
                    self._taken.append((sent, number))
            else:
                self._lost(sent, number)
                if number in self._service.state.checked:
                    gone.append(number)
        return gone

    def _lost(self, sent: ev.OrderSent, number: str) -> None:
        self._service.order_ended(
            ev.OrderFailed(
                at=datetime.now(UTC),
                intent=sent.intent,
                pair=sent.pair,
                error=f"the exchange took order {number}, but no trade of the bot has it",
                uncertain=True,
                reduces=False,
            )
        )


class Orphans:
    """Looks for orders of unknown fate among the exchange's, and settles them."""

    def __init__(self, exchange: Exchange, service: RiskService) -> None:
        self._exchange, self._service = exchange, service
        self._looked: dict[str, datetime] = {}

    def settle(self, at: datetime) -> None:
        """Look for each unresolved entry whose turn it is; failures are tried again later."""
        for sent in self._service.state.unresolved:
            if passed(self._looked.get(sent.intent, sent.at), at) < PATIENCE:
                continue
            self._looked[sent.intent] = at
            try:
                self._settle(sent, at)
            except Exception as error:  # noqa: BLE001 - whatever fails is tried again; no loop ends
                logger.warning("riskplugin: the fate of an order on %s: %s", sent.pair, error)

    def _settle(self, sent: ev.OrderSent, at: datetime) -> None:
        strangers = [o for o in self._strangers(sent, at) if _alike(o, sent)]
        if not strangers:
            if passed(sent.at, at) >= LATE:
                self._resolved(sent, at, "the exchange knows no such order")
            return
        filled = [order for order in map(self._ended, strangers) if order.get("filled")]
        if not filled:
            self._resolved(sent, at, f"order {strangers[0]['id']} was never filled")
            return
        order = filled[0]
        self._service.latch(
            by="riskplugin",
            reason=f"order {order['id']} on {sent.pair} was filled ({order['filled']}), but the "
            "bot does not know it: close it by hand, then re-arm",
            at=at,
        )

    def _ended(self, order: dict[str, Any]) -> dict[str, Any]:
        """``order`` as it ended: one that still works is cancelled first."""
        if order.get("status") != "open":
            return order
        pair = order["symbol"]
        self._exchange.cancel_order(order["id"], pair)
        ended: dict[str, Any] = self._exchange.fetch_order(order["id"], pair)
        return ended

    def _strangers(self, sent: ev.OrderSent, at: datetime) -> list[dict[str, Any]]:
        """Orders of the pair since then that no trade of the bot knows; clocks may be set back."""
        orders = self._exchange.fetch_orders(sent.pair, min(sent.at, at) - CLOCKS)
        return [o for o in orders if Order.order_by_id(str(o["id"])) is None]

    def _resolved(self, sent: ev.OrderSent, at: datetime, how: str) -> None:
        logger.warning("riskplugin: entry on %s settled: %s", sent.pair, how)
        self._service.order_ended(ev.IntentResolved(at=at, intent=sent.intent, how=how))


def _alike(order: dict[str, Any], sent: ev.OrderSent) -> bool:
    """Same side, and an amount that rounding to the exchange's step explains."""
    amount = float(order.get("amount") or 0.0)
    return order.get("side") == sent.order_side and abs(amount - sent.amount) <= sent.amount * 0.05
