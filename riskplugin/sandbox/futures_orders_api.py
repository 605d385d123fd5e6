"""Binance's futures order endpoints, plain and conditional ("algo"), and own trades."""

from __future__ import annotations

from riskplugin.sandbox.call import Call
from riskplugin.sandbox.errors import no_such_order
from riskplugin.sandbox.orders import Order
from riskplugin.sandbox.routes import Routes
from riskplugin.sandbox.spot_api import latest
from riskplugin.sandbox.tickets import algo_ticket, futures_ticket
from riskplugin.sandbox.wire import Json, algo_order, futures_order, futures_trade

api = Routes()


@api.add("POST", "/fapi/v1/order", signed=True)
def create_order(call: Call) -> object:
    """A new order, with its result."""
    return futures_order(call.world.exchange.place(call.account, futures_ticket(call), call.now_ms))


@api.add("GET", "/fapi/v1/order", signed=True)
def get_order(call: Call) -> object:
    """One order."""
    return futures_order(_existing(_find(call, "orderId", "origClientOrderId")))


@api.add("DELETE", "/fapi/v1/order", signed=True)
def cancel_order(call: Call) -> object:
    """Cancel one order."""
    order = _find(call, "orderId", "origClientOrderId")
    return futures_order(call.world.exchange.cancel(call.account, order, call.now_ms))


@api.add("DELETE", "/fapi/v1/allOpenOrders", signed=True)
def cancel_all(call: Call) -> object:
    """Cancel all orders of a symbol."""
    _cancel_open(call, algo=False)
    return {"code": 200, "msg": "The operation of cancel all open order is done."}


@api.add("GET", "/fapi/v1/openOrders", signed=True)
def open_orders(call: Call) -> object:
    """Working orders, of one symbol or all."""
    return [futures_order(order) for order in _orders(call) if order.is_open]


@api.add("GET", "/fapi/v1/allOrders", signed=True)
def all_orders(call: Call) -> object:
    """Orders, oldest first."""
    return [futures_order(order) for order in latest(call, _orders(call))]


@api.add("GET", "/fapi/v1/userTrades", signed=True)
def user_trades(call: Call) -> object:
    """Own executions of a symbol, oldest first."""
    call.instrument()
    return [
        futures_trade(order, fill)
        for order in _orders(call)
        if call.text("orderId") in ("", str(order.id))
        for fill in order.fills
        if fill.time_ms >= call.integer("startTime", 0)
    ]


@api.add("POST", "/fapi/v1/algoOrder", signed=True)
def create_algo(call: Call) -> object:
    """A new conditional order."""
    return _algo(call, call.world.exchange.place(call.account, algo_ticket(call), call.now_ms))


@api.add("GET", "/fapi/v1/algoOrder", signed=True)
def get_algo(call: Call) -> object:
    """One conditional order."""
    return _algo(call, _existing(_find(call, "algoId", "clientAlgoId", algo=True)))


@api.add("DELETE", "/fapi/v1/algoOrder", signed=True)
def cancel_algo(call: Call) -> object:
    """Cancel one conditional order."""
    found = _find(call, "algoId", "clientAlgoId", algo=True)
    order = call.world.exchange.cancel(call.account, found, call.now_ms)
    answer = _algo(call, order)
    return {
        "algoId": answer["algoId"],
        "clientAlgoId": answer["clientAlgoId"],
        "code": "200",
        "msg": "success",
    }


@api.add("DELETE", "/fapi/v1/algoOpenOrders", signed=True)
def cancel_all_algo(call: Call) -> object:
    """Cancel all conditional orders of a symbol."""
    _cancel_open(call, algo=True)
    return {"code": 200, "msg": "The operation of cancel all open order is done."}


@api.add("GET", "/fapi/v1/openAlgoOrders", signed=True)
def open_algo(call: Call) -> object:
    """Conditional orders that wait, of one symbol or all."""
    return [_algo(call, order) for order in _orders(call, algo=True) if order.is_open]


@api.add("GET", "/fapi/v1/allAlgoOrders", signed=True)
def all_algo(call: Call) -> object:
    """Conditional orders, oldest first."""
    return [_algo(call, order) for order in latest(call, _orders(call, algo=True))]


def _cancel_open(call: Call, *, algo: bool) -> None:
    call.instrument()
    for order in _orders(call, algo=algo):
        if order.is_open:
            call.world.exchange.cancel(call.account, order, call.now_ms)


def _algo(call: Call, order: Order) -> Json:
    log, key = call.world.exchange.log, call.account.key
    child = log.find(key, "futures", str(order.child_id), "") if order.child_id else None
    return algo_order(order, child)


def _find(call: Call, id_name: str, client_name: str, *, algo: bool = False) -> Order | None:
    return call.world.exchange.log.find(
        call.account.key, "futures", call.text(id_name), call.text(client_name), algo=algo
    )


def _existing(order: Order | None) -> Order:
    if order is None:
        raise no_such_order()
    return order


def _orders(call: Call, *, algo: bool = False) -> list[Order]:
    symbol = call.text("symbol") or None
    return call.world.exchange.log.of(call.account.key, "futures", symbol, algo=algo)
