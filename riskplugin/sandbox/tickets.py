"""Turns the parameters of a new order into a ticket, keeping the market's filters."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from riskplugin.sandbox.call import Call
from riskplugin.sandbox.errors import (
    ApiError,
    filter_failure,
    illegal_parameter,
    missing_parameter,
)
from riskplugin.sandbox.instruments import Instrument, MarketKind
from riskplugin.sandbox.orders import ZERO, Side, Ticket

_SPOT_TYPES = {
    "MARKET": (False, False),
    "LIMIT": (True, False),
    "LIMIT_MAKER": (True, False),
    "STOP_LOSS": (False, True),
    "STOP_LOSS_LIMIT": (True, True),
    "TAKE_PROFIT": (False, True),
    "TAKE_PROFIT_LIMIT": (True, True),
}
_FUTURES_TYPES = {"MARKET": (False, False), "LIMIT": (True, False)}
_ALGO_TYPES = {
    "STOP": (True, True),
    "STOP_MARKET": (False, True),
    "TAKE_PROFIT": (True, True),
    "TAKE_PROFIT_MARKET": (False, True),
}


def spot_ticket(call: Call) -> Ticket:
    """A new spot order. Raises ApiError when a parameter or a filter is not kept."""
    return _ticket(call, "spot", _SPOT_TYPES)


def futures_ticket(call: Call) -> Ticket:
    """A new futures order. Raises ApiError when a parameter or a filter is not kept."""
    return _ticket(call, "futures", _FUTURES_TYPES)


def algo_ticket(call: Call) -> Ticket:
    """A new conditional futures order. Raises ApiError as the others do."""
    return _ticket(call, "futures", _ALGO_TYPES, algo=True)


def _ticket(
    call: Call, kind: MarketKind, types: dict[str, tuple[bool, bool]], *, algo: bool = False
) -> Ticket:
    instrument = call.instrument()
    order_type = call.required("type")
    if order_type not in types:
        raise ApiError(-1116, "Invalid orderType.")
    priced, conditional = types[order_type]
    price = _price(call, "price", instrument) if priced else ZERO
    trigger = "triggerPrice" if algo else "stopPrice"
    ticket = Ticket(
        kind=kind,
        symbol=instrument.symbol,
        side=_side(call),
        type=order_type,
        quantity=_quantity(call, instrument, kind),
        price=price,
        stop_price=_price(call, trigger, instrument) if conditional else ZERO,
        time_in_force=call.text("timeInForce", "GTC"),
        reduce_only=call.flag("reduceOnly"),
        close_position=call.flag("closePosition"),
        working_type=call.text("workingType", "CONTRACT_PRICE"),
        client_id=call.text("clientAlgoId") or call.text("newClientOrderId"),
        algo=algo,
    )
    _check_notional(call, ticket, instrument)
    return ticket


def _side(call: Call) -> Side:
    side = call.required("side")
    if side not in ("BUY", "SELL"):
        raise ApiError(-1117, "Invalid side.")
    return cast(Side, side)


def _price(call: Call, name: str, instrument: Instrument) -> Decimal:
    price = call.decimal(name)
    if not price:
        raise missing_parameter(name)
    if price % instrument.tick:
        raise filter_failure("PRICE_FILTER")
    return price


def _quantity(call: Call, instrument: Instrument, kind: MarketKind) -> Decimal:
    if call.flag("closePosition"):
        return ZERO
    if call.text("quoteOrderQty") and not call.text("quantity"):
        ask = call.world.market.quote(instrument.symbol, call.now_ms).ask
        return instrument.floor_step(call.decimal("quoteOrderQty") / ask, "spot")
    quantity = call.decimal("quantity")
    if not call.text("quantity"):
        raise missing_parameter("quantity")
    if not quantity:
        raise illegal_parameter("quantity")
    if quantity % instrument.step_of(kind):
        raise filter_failure("LOT_SIZE")
    return quantity


def _check_notional(call: Call, ticket: Ticket, instrument: Instrument) -> None:
    last = call.world.market.quote(instrument.symbol, call.now_ms).last
    notional = ticket.quantity * (ticket.price or ticket.stop_price or last)
    if notional >= instrument.min_notional or ticket.reduce_only or ticket.close_position:
        return
    if ticket.kind == "spot":
        raise filter_failure("NOTIONAL")
    raise ApiError(
        -4164,
        f"Order's notional must be no smaller than {instrument.min_notional} "
        "(unless you choose reduce only).",
    )
