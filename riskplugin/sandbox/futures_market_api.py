"""Public endpoints that only futures have: contracts, funding, premium index."""

from __future__ import annotations

from riskplugin.sandbox.call import Call
from riskplugin.sandbox.instruments import Instrument
from riskplugin.sandbox.routes import Routes
from riskplugin.sandbox.wire import Json, filters, number

api = Routes()
_NEVER = 4_133_404_800_000
_ONBOARD = 1_569_398_400_000


@api.add("GET", "/fapi/v1/exchangeInfo")
def exchange_info(call: Call) -> object:
    """The perpetual contracts."""
    return {
        "timezone": "UTC",
        "serverTime": call.now_ms,
        "futuresType": "U_MARGINED",
        "rateLimits": [],
        "exchangeFilters": [],
        "assets": [{"asset": "USDT", "marginAvailable": True, "autoAssetExchange": "-10000"}],
        "symbols": [_contract(instrument) for instrument in call.instruments()],
    }


def _contract(instrument: Instrument) -> Json:
    notional: Json = {"filterType": "MIN_NOTIONAL", "notional": number(instrument.min_notional)}
    return {
        "symbol": instrument.symbol,
        "pair": instrument.symbol,
        "contractType": "PERPETUAL",
        "deliveryDate": _NEVER,
        "onboardDate": _ONBOARD,
        "status": "TRADING",
        "baseAsset": instrument.base,
        "quoteAsset": instrument.quote,
        "marginAsset": instrument.quote,
        "pricePrecision": _places(instrument.tick.normalize().as_tuple().exponent),
        "quantityPrecision": _places(instrument.step.normalize().as_tuple().exponent),
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "triggerProtect": "0.05",
        "liquidationFee": "0",
        "orderTypes": ["LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT"],
        "timeInForce": ["GTC", "IOC", "FOK", "GTX"],
        "filters": filters(instrument, "futures", notional),
    }


def _places(exponent: object) -> int:
    return max(0, -exponent) if isinstance(exponent, int) else 0


@api.add("GET", "/fapi/v1/fundingRate")
def funding_rate(call: Call) -> object:
    """Past funding of a symbol, oldest first."""
    funding, instrument = call.world.exchange.funding, call.instrument()
    limit = max(1, min(call.integer("limit", 100), 1000))
    end = min(call.integer("endTime", call.now_ms), call.now_ms)
    start = call.integer("startTime", end - limit * funding.interval_ms)
    start = max(start, end - 1000 * funding.interval_ms)
    path = call.world.market.paths[instrument.symbol]
    return [
        {
            "symbol": instrument.symbol,
            "fundingTime": moment,
            "fundingRate": number(funding.rate),
            "markPrice": number(instrument.nearest_tick(path.price(moment))),
        }
        for moment in funding.due(start - 1, end)[:limit]
    ]


@api.add("GET", "/fapi/v1/fundingInfo")
def funding_info(call: Call) -> object:
    """The funding interval."""
    hours = max(1, call.world.exchange.funding.interval_ms // 3_600_000)
    return [
        {
            "symbol": instrument.symbol,
            "adjustedFundingRateCap": "0.02",
            "adjustedFundingRateFloor": "-0.02",
            "fundingIntervalHours": hours,
        }
        for instrument in call.instruments()
    ]


@api.add("GET", "/fapi/v1/premiumIndex")
def premium_index(call: Call) -> object:
    """Mark prices and the funding to come."""
    answers = [_premium(call, instrument) for instrument in call.instruments()]
    return answers[0] if call.text("symbol") else answers


def _premium(call: Call, instrument: Instrument) -> Json:
    last = number(call.world.market.quote(instrument.symbol, call.now_ms).last)
    funding = call.world.exchange.funding
    return {
        "symbol": instrument.symbol,
        "markPrice": last,
        "indexPrice": last,
        "estimatedSettlePrice": last,
        "lastFundingRate": number(funding.rate),
        "interestRate": "0.0001",
        "nextFundingTime": funding.next_after(call.now_ms),
        "time": call.now_ms,
    }


@api.add("GET", "/fapi/v1/openInterest")
def open_interest(call: Call) -> object:
    """A tenth of a day's volume."""
    instrument = call.instrument()
    return {
        "symbol": instrument.symbol,
        "openInterest": f"{instrument.daily_volume / 10:.3f}",
        "time": call.now_ms,
    }
