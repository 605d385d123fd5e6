"""L3: stands on ``exchange.create_order``, writes down what is about to leave, and refuses with an
exception that freqtrade handles. Exits always pass.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from freqtrade.exceptions import (
    DDosProtection,
    InsufficientFundsError,
    InvalidOrderException,
    TemporaryError,
)

from riskplugin.adapter.guards.base import Guard, RiskDenied, plainly_reduces
from riskplugin.adapter.guards.lastlook import last_look
from riskplugin.adapter.reducing import closes, nothing_to_reduce, reducible
from riskplugin.adapter.underway import Leaving
from riskplugin.calm import calm_logger
from riskplugin.core import events as ev
from riskplugin.core.levels import EntryKind, Side
from riskplugin.core.units import Quote, is_number

if TYPE_CHECKING:
    from freqtrade.exchange import Exchange
    from freqtrade.strategy.interface import IStrategy

    from riskplugin.adapter.session import RiskSession

logger = calm_logger(__name__)


class OrderGuard(Guard):
    """L3: every order, immediately before it goes to the exchange."""

    exchange: Exchange

    def __init__(self, exchange: Exchange, strategy: IStrategy) -> None:
        super().__init__(strategy, exchange=exchange, create=type(exchange).create_order)

    def __call__(self, **kwargs: Any) -> Any:
        session = self.session()
        if session is None:
            marked = kwargs.get("reduceOnly") is True
            if plainly_reduces(kwargs["pair"], kwargs["side"], marked=marked):
                return self.__dict__["create"](self.exchange, **kwargs)
            raise RiskDenied("riskplugin: the guard has lost its session; restart the bot")
        reduces = self._reduces(session, kwargs)
        try:
            sent = self._exit(session, kwargs) if reduces else self._entry(session, kwargs)
        finally:
            session.thread.proposal = None
        return self._send(session, kwargs, sent)

    def _reduces(self, session: RiskSession, kwargs: dict[str, Any]) -> bool:
        """An exit, made no larger than what it exits from: not every exchange keeps the mark."""
        pair, side, amount = kwargs["pair"], kwargs["side"], kwargs["amount"]
        if not session.futures:
            return bool(side == "sell")
        if not kwargs.get("reduceOnly"):
            return False
        most = reducible(session, pair, side)
        if most == 0:
            raise RiskDenied(f"riskplugin refused {pair}: {nothing_to_reduce(pair, side)}")
        if most is not None and is_number(amount) and amount > most:
            kwargs["amount"] = most
        return True

    def _exit(self, session: RiskSession, kwargs: dict[str, Any]) -> ev.OrderSent | None:
        """Exits always pass; that they could not be written down is no reason to keep a
        position.
        """
        try:
            if closes(session, kwargs["pair"]):
                kwargs["ordertype"] = "market"  # whatever was put into the strategy's order types
            sent = _order_sent(kwargs, reduces=True, kind=None)
            session.service.order_sent(sent)
        except Exception:
            logger.exception("riskplugin: an exit could not be recorded; it goes out all the same")
            return None
        return sent

    def _entry(self, session: RiskSession, kwargs: dict[str, Any]) -> ev.OrderSent:
        proposal = session.thread.proposal
        try:
            with session.leaving:  # look and record are one: two threads never share one room
                session.settle(session.now())
                refusal = last_look(
                    session,
                    pair=kwargs["pair"],
                    side=Side.LONG if kwargs["side"] == "buy" else Side.SHORT,
                    amount=kwargs["amount"],
                    rate=kwargs["rate"],
                    leverage=kwargs.get("leverage") or 1.0,
                )
                if refusal is None:
                    kind = EntryKind.OPEN if proposal is None else proposal.kind
                    sent = _order_sent(kwargs, reduces=False, kind=kind)
                    session.service.order_sent(sent)
                    session.entries_sent += 1
                    return sent
        except Exception as error:
            session.fault("create_order", error)
            raise RiskDenied(f"riskplugin refused {kwargs.get('pair')}: {error}") from error
        session.refusals.log(kwargs["pair"], refusal)
        raise RiskDenied(f"riskplugin refused {kwargs['pair']}: {refusal}")

    def _send(self, session: RiskSession, kwargs: dict[str, Any], sent: ev.OrderSent | None) -> Any:
        session.thread.leaving = Leaving(
            pair=kwargs["pair"],
            side=kwargs["side"],
            amount=kwargs["amount"],
            reduces=bool(kwargs.get("reduceOnly")),
            leverage=float(kwargs.get("leverage") or 1.0),
        )
        try:
            order = self.__dict__["create"](self.exchange, **kwargs)
            _refuse_nameless(order)
        except BaseException as error:
            self._note_failure(session, sent, error)
            raise
        finally:
            session.thread.leaving = None
        if sent is not None:
            if session.real and not sent.reduces:
                session.unbooked.add(sent, order)
            session.keeper.entered()
            _quietly(
                session,
                ev.OrderAnswered(
                    at=datetime.now(UTC),
                    intent=sent.intent,
                    order_id=_text(order.get("id")),
                    status=_text(order.get("status")),
                ),
            )
        return order

    def _note_failure(
        self, session: RiskSession, sent: ev.OrderSent | None, error: BaseException
    ) -> None:
        if sent is None:
            return
        certain = isinstance(error, InsufficientFundsError | InvalidOrderException | DDosProtection)
        failed = ev.OrderFailed(
            at=datetime.now(UTC),
            intent=sent.intent,
            pair=sent.pair,
            error=f"{type(error).__name__}: {error}"[:500],
            uncertain=session.real and not certain,
            reduces=sent.reduces,
        )
        _quietly(session, failed)
        session.fault("create_order", failed.error)


def _refuse_nameless(order: dict[str, Any]) -> None:
    """freqtrade would keep an order without a number, and never find out what became of it."""
    if not order.get("id"):
        raise TemporaryError("the exchange's answer names no order")


def _order_sent(kwargs: dict[str, Any], *, reduces: bool, kind: EntryKind | None) -> ev.OrderSent:
    amount, price = float(kwargs["amount"]), float(kwargs.get("rate") or 0.0)
    return ev.OrderSent(
        at=datetime.now(UTC),
        intent=uuid.uuid4().hex,
        pair=kwargs["pair"],
        order_side=kwargs["side"],
        kind=kind,
        reduces=reduces,
        amount=amount,
        price=price,
        leverage=float(kwargs.get("leverage") or 1.0),
        notional=Quote(amount * price),
    )


def _quietly(session: RiskSession, event: ev.OrderAnswered | ev.OrderFailed) -> None:
    """The order is out: what goes wrong in writing that down must not hide its answer."""
    try:
        session.service.order_ended(event)
    except Exception:
        logger.exception("riskplugin: the end of an order could not be recorded")


def _text(value: object) -> str | None:
    return None if value is None else str(value)
