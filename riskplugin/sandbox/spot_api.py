"""Binance's spot REST endpoints: markets, account, orders, own trades."""

# every endpoint takes the same arguments, needed or not

from __future__ import annotations

from riskplugin.sandbox.call import Call
from riskplugin.sandbox.errors import no_such_order
from riskplugin.sandbox.instruments import Instrument
from riskplugin.sandbox.orders import Order
from riskplugin.sandbox.routes import Routes
from riskplugin.sandbox.tickets import spot_ticket
from riskplugin.sandbox.wire import (
    Json,
    filters,
    number,
    spot_order,
    spot_receipt,
    spot_trade,
)

api = Routes()


@api.add("GET", "/api/v3/exchangeInfo")
def exchange_info(call: Call) -> object:
    """The spot markets."""
    return {
        "timezone": "UTC",
        "serverTime": call.now_ms,
        "rateLimits": [],
        "exchangeFilters": [],
        "symbols": [_market(instrument) for instrument in call.instruments()],
    }


def _market(instrument: Instrument) -> Json:
    notional: Json = {"filterType": "NOTIONAL", "minNotional": number(instrument.min_notional)}
    return {
        "symbol": instrument.symbol,
        "status": "TRADING",
        "baseAsset": instrument.base,
        "baseAssetPrecision": 8,
        "quoteAsset": instrument.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT"],
        "icebergAllowed": False,
        "ocoAllowed": False,
        "quoteOrderQtyMarketAllowed": True,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": filters(instrument, "spot", notional),
        "permissions": [],
        "permissionSets": [["SPOT"]],
    }


@api.add("GET", "/api/v3/account", signed=True)
def account(call: Call) -> object:
    """Balances."""
    fees = call.world.exchange.spot.fees
    return {
        "makerCommission": int(fees.maker * 10_000),
        "takerCommission": int(fees.taker * 10_000),
        "canTrade": True,
        "canWithdraw": True,
        "canDeposit": True,
        "updateTime": call.now_ms,
        "accountType": "SPOT",
        "balances": [
            {"asset": asset, "free": number(balance.free), "locked": number(balance.locked)}
            for asset, balance in call.account.spot.balances.items()
        ],
        "permissions": ["SPOT"],
    }


@api.add("POST", "/api/v3/order", signed=True)
def create_order(call: Call) -> object:
    """A new order, with its executions."""
    return spot_receipt(call.world.exchange.place(call.account, spot_ticket(call), call.now_ms))


@api.add("POST", "/api/v3/order/test", signed=True)
def test_order(call: Call) -> object:
    """Checks the form of an order, and forgets it."""
    spot_ticket(call)
    return {}


@api.add("GET", "/api/v3/order", signed=True)
def get_order(call: Call) -> object:
    """One order."""
    order = _find(call)
    if order is None:
        raise no_such_order()
    return spot_order(order)


@api.add("DELETE", "/api/v3/order", signed=True)
def cancel_order(call: Call) -> object:
    """Cancel one order."""
    order = call.world.exchange.cancel(call.account, _find(call), call.now_ms)
    answer = spot_receipt(order)
    del answer["fills"]
    return {**answer, "origClientOrderId": answer["clientOrderId"]}


@api.add("DELETE", "/api/v3/openOrders", signed=True)
def cancel_all(call: Call) -> object:
    """Cancel all orders of a symbol."""
    symbol = call.instrument().symbol
    orders = [order for order in _orders(call, symbol) if order.is_open]
    for order in orders:
        call.world.exchange.cancel(call.account, order, call.now_ms)
    return [spot_order(order) for order in orders]


@api.add("GET", "/api/v3/openOrders", signed=True)
def open_orders(call: Call) -> object:
    """Working orders, of one symbol or all."""
    return [spot_order(o) for o in _orders(call, call.text("symbol") or None) if o.is_open]


@api.add("GET", "/api/v3/allOrders", signed=True)
def all_orders(call: Call) -> object:
    """Orders of a symbol, oldest first."""
    return [spot_order(order) for order in latest(call, _orders(call, call.instrument().symbol))]


@api.add("GET", "/api/v3/myTrades", signed=True)
def my_trades(call: Call) -> object:
    """Own executions of a symbol, oldest first."""
    return [
        spot_trade(order, fill)
        for order in _orders(call, call.instrument().symbol)
        if call.text("orderId") in ("", str(order.id))
        for fill in order.fills
        if fill.time_ms >= call.integer("startTime", 0)
    ]


def latest(call: Call, orders: list[Order]) -> list[Order]:
    """What orderId (from), startTime, endTime and limit ask for."""
    wanted = [
        order
        for order in orders
        if order.id >= call.integer("orderId", 0)
        and call.integer("startTime", 0) <= order.created_ms
        and order.created_ms <= call.integer("endTime", call.now_ms)
    ]
    return wanted[-call.integer("limit", 500) :]


def _find(call: Call) -> Order | None:
    call.instrument()
    return call.world.exchange.log.find(
        call.account.key, "spot", call.text("orderId"), call.text("origClientOrderId")
    )


def _orders(call: Call, symbol: str | None) -> list[Order]:
    return call.world.exchange.log.of(call.account.key, "spot", symbol)
