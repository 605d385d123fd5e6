"""The few endpoints under /sapi that ccxt and freqtrade ask for."""

# every endpoint takes the same arguments, needed or not

from __future__ import annotations

from riskplugin.sandbox.call import Call
from riskplugin.sandbox.routes import Routes
from riskplugin.sandbox.wire import number

api = Routes()


@api.add("GET", "/sapi/v1/asset/tradeFee", signed=True)
def trade_fee(call: Call) -> object:
    """Commissions."""
    fees = call.world.exchange.spot.fees
    return [
        {
            "symbol": instrument.symbol,
            "makerCommission": number(fees.maker),
            "takerCommission": number(fees.taker),
        }
        for instrument in call.instruments()
    ]


@api.add("GET", "/sapi/v1/spot/delist-schedule")
def delist_schedule(call: Call) -> object:
    """Nothing is ever delisted here."""
    return []


@api.add("GET", "/sapi/v1/capital/config/getall", signed=True)
def currencies(call: Call) -> object:
    """No deposits or withdrawals over networks."""
    return []


@api.add("GET", "/sapi/v1/system/status")
def system_status(call: Call) -> object:
    """Always open."""
    return {"status": 0, "msg": "normal"}
