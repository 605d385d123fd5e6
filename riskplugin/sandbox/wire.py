"""The JSON shapes of orders and fills, as Binance writes them. Numbers are strings."""

from __future__ import annotations

from decimal import Decimal

from riskplugin.sandbox.instruments import Instrument, MarketKind
from riskplugin.sandbox.orders import Fill, Order, Status, Ticket

Json = dict[str, object]


def number(value: Decimal) -> str:
    """A decimal in full, without exponent or trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def spot_order(order: Order) -> Json:
    """GET /api/v3/order and its like."""
    return {
        **_common(order),
        "orderListId": -1,
        "cummulativeQuoteQty": number(order.quote_filled),
        "stopPrice": number(order.ticket.stop_price),
        "icebergQty": "0",
        "time": order.created_ms,
        "updateTime": order.updated_ms,
        "workingTime": order.created_ms,
        "isWorking": True,
        "origQuoteOrderQty": "0",
        "selfTradePreventionMode": "NONE",
    }


def spot_receipt(order: Order) -> Json:
    """POST /api/v3/order with newOrderRespType=FULL."""
    answer = spot_order(order)
    del answer["time"], answer["updateTime"]
    return {
        **answer,
        "transactTime": order.created_ms,
        "fills": [_spot_fill(fill) for fill in order.fills],
    }


def spot_trade(order: Order, fill: Fill) -> Json:
    """One line of GET /api/v3/myTrades."""
    return {
        **_trade(order, fill),
        "orderListId": -1,
        "isBuyer": order.ticket.side == "BUY",
        "isMaker": fill.maker,
        "isBestMatch": True,
    }


def futures_order(order: Order) -> Json:
    """GET and POST /fapi/v1/order and their like."""
    ticket = order.ticket
    return {
        **_common(order),
        "avgPrice": number(order.average),
        "cumQty": number(order.filled),
        "cumQuote": number(order.quote_filled),
        "reduceOnly": ticket.reduce_only,
        "closePosition": ticket.close_position,
        "positionSide": "BOTH",
        "stopPrice": "0",
        "workingType": ticket.working_type,
        "priceProtect": False,
        "origType": ticket.type,
        "priceMatch": "NONE",
        "selfTradePreventionMode": "NONE",
        "goodTillDate": 0,
        "time": order.created_ms,
        "updateTime": order.updated_ms,
    }


def futures_trade(order: Order, fill: Fill) -> Json:
    """One line of GET /fapi/v1/userTrades."""
    return {
        **_trade(order, fill),
        "side": order.ticket.side,
        "positionSide": "BOTH",
        "realizedPnl": number(fill.realized),
        "marginAsset": "USDT",
        "buyer": order.ticket.side == "BUY",
        "maker": fill.maker,
    }


def algo_order(order: Order, child: Order | None) -> Json:
    """GET and POST /fapi/v1/algoOrder; `child` is the order it sent when triggered."""
    ticket = order.ticket
    return {
        "algoId": order.id,
        "clientAlgoId": _client_id(ticket, order.id),
        "algoType": "CONDITIONAL",
        "orderType": ticket.type,
        "symbol": ticket.symbol,
        "side": ticket.side,
        "positionSide": "BOTH",
        "timeInForce": ticket.time_in_force,
        "quantity": number(ticket.quantity),
        "algoStatus": order.status.value,
        "actualOrderId": str(child.id) if child else "",
        "actualPrice": number(child.average) if child else "0",
        "triggerPrice": number(ticket.stop_price),
        "price": number(ticket.price),
        "icebergQuantity": None,
        "selfTradePreventionMode": "NONE",
        "workingType": ticket.working_type,
        "priceMatch": "NONE",
        "closePosition": ticket.close_position,
        "priceProtect": False,
        "reduceOnly": ticket.reduce_only,
        "createTime": order.created_ms,
        "updateTime": order.updated_ms,
        "triggerTime": order.updated_ms if order.status is Status.FINISHED else 0,
        "goodTillDate": 0,
    }


def filters(instrument: Instrument, kind: MarketKind, notional: Json) -> list[Json]:
    """The filters of a market that ccxt reads."""
    step, tick = number(instrument.step_of(kind)), number(instrument.tick)
    lot: Json = {"minQty": step, "maxQty": "900000000", "stepSize": step}
    return [
        {"filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": "10000000", "tickSize": tick},
        {"filterType": "LOT_SIZE", **lot},
        {"filterType": "MARKET_LOT_SIZE", **lot},
        notional,
    ]


def _common(order: Order) -> Json:
    ticket = order.ticket
    return {
        "symbol": ticket.symbol,
        "orderId": order.id,
        "clientOrderId": _client_id(ticket, order.id),
        "price": number(ticket.price),
        "origQty": number(order.quantity),
        "executedQty": number(order.filled),
        "status": order.status.value,
        "timeInForce": ticket.time_in_force,
        "type": ticket.type,
        "side": ticket.side,
    }


def _client_id(ticket: Ticket, order_id: int) -> str:
    return ticket.client_id or f"sandbox-{order_id}"


def _spot_fill(fill: Fill) -> Json:
    return {
        "price": number(fill.price),
        "qty": number(fill.quantity),
        "commission": number(fill.commission),
        "commissionAsset": fill.commission_asset,
        "tradeId": fill.id,
    }


def _trade(order: Order, fill: Fill) -> Json:
    return {
        "symbol": order.ticket.symbol,
        "id": fill.id,
        "orderId": order.id,
        "price": number(fill.price),
        "qty": number(fill.quantity),
        "quoteQty": number(fill.price * fill.quantity),
        "commission": number(fill.commission),
        "commissionAsset": fill.commission_asset,
        "time": fill.time_ms,
    }
