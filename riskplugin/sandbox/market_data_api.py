"""Public market data, the same on spot (`/api/v3`) and futures (`/fapi/v1`)."""

# every endpoint takes the same arguments, needed or not

from __future__ import annotations

import numpy as np

from riskplugin.sandbox.book import depth
from riskplugin.sandbox.call import Call
from riskplugin.sandbox.candles import LISTED_BEFORE_MS, Candles, interval_ms, opening
from riskplugin.sandbox.instruments import Instrument
from riskplugin.sandbox.market import TICK_MS
from riskplugin.sandbox.routes import Routes
from riskplugin.sandbox.wire import number

api = Routes()
_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_MAX_KLINES = 1500
_MAX_DEPTH = 1000


@api.add("GET", "/api/v3/ping", "/fapi/v1/ping")
def ping(call: Call) -> object:
    """Nothing, quickly."""
    return {}


@api.add("GET", "/api/v3/time", "/fapi/v1/time")
def server_time(call: Call) -> object:
    """The time here."""
    return {"serverTime": call.now_ms}


@api.add("GET", "/api/v3/depth", "/fapi/v1/depth")
def order_book(call: Call) -> object:
    """Bids and asks."""
    instrument = call.instrument()
    quote = call.world.market.quote(instrument.symbol, call.now_ms)
    levels = max(1, min(call.integer("limit", 100), _MAX_DEPTH))
    bids, asks = depth(instrument, quote, levels, call.world.market.seed)
    moment = call.world.market.tick_at(instrument.symbol, call.now_ms)
    return {
        "lastUpdateId": moment,
        "E": call.now_ms,
        "T": moment,
        "bids": bids,
        "asks": asks,
    }


@api.add("GET", "/api/v3/klines", "/fapi/v1/klines", "/fapi/v1/markPriceKlines")
def klines(call: Call) -> object:
    """Candles; mark prices are last prices here."""
    instrument = call.instrument()
    width = interval_ms(call.required("interval"))
    return rows(instrument, requested_candles(call, instrument, width), width)


def requested_candles(call: Call, instrument: Instrument, width: int) -> Candles:
    """What startTime, endTime and limit ask for; `width` is the interval in milliseconds."""
    limit = max(1, min(call.integer("limit", 500), _MAX_KLINES))
    end = min(call.integer("endTime", call.now_ms), call.now_ms)
    if call.text("startTime"):
        begin = opening(call.integer("startTime", 0) + width - 1, width)
    else:
        begin = opening(end, width) - (limit - 1) * width
    listed = opening(call.world.start_ms - LISTED_BEFORE_MS, width)
    begin = max(begin, listed)
    count = min(limit, max(0, (end - begin) // width + 1))
    return call.world.candles[instrument.symbol].between(begin, call.now_ms, width, count)


def rows(instrument: Instrument, candles: Candles, width: int) -> list[list[object]]:
    """Candles as Binance's arrays of twelve."""
    places = max(0, -int(instrument.tick.normalize().as_tuple().exponent))
    price = f"%.{places}f"
    text = [
        [price % value for value in column.tolist()]
        for column in (candles.open, candles.high, candles.low, candles.close)
    ]
    volume = candles.volume
    quote_volume = np.round(volume * (candles.open + candles.close) / 2.0, 2)
    return [
        [time, o, h, lo, c, str(v), time + width - 1, str(q), 100, str(v / 2), str(q / 2), "0"]
        for time, o, h, lo, c, v, q in zip(
            candles.time.tolist(), *text, volume.tolist(), quote_volume.tolist(), strict=True
        )
    ]


@api.add("GET", "/api/v3/trades", "/fapi/v1/trades", "/api/v3/historicalTrades")
def trades(call: Call) -> object:
    """Public trades, one per price change."""
    return [
        {
            "id": time // TICK_MS,
            "price": price,
            "qty": quantity,
            "quoteQty": number(instrument.step),
            "time": time,
            "isBuyerMaker": time // TICK_MS % 2 == 0,
            "isBestMatch": True,
        }
        for instrument, time, price, quantity in _public_trades(call)
    ]


@api.add("GET", "/api/v3/aggTrades", "/fapi/v1/aggTrades")
def aggregate_trades(call: Call) -> object:
    """Public trades in the aggregated form."""
    return [
        {
            "a": time // TICK_MS,
            "p": price,
            "q": quantity,
            "f": time // TICK_MS,
            "l": time // TICK_MS,
            "T": time,
            "m": time // TICK_MS % 2 == 0,
            "M": True,
        }
        for _, time, price, quantity in _public_trades(call)
    ]


def _public_trades(call: Call) -> list[tuple[Instrument, int, str, str]]:
    instrument = call.instrument()
    limit = max(1, min(call.integer("limit", 500), 1000))
    default = call.now_ms - (limit - 1) * TICK_MS
    start = call.integer("startTime", call.integer("fromId", default // TICK_MS) * TICK_MS)
    first = max(start, call.world.start_ms - LISTED_BEFORE_MS) // TICK_MS * TICK_MS
    times = np.arange(first, min(call.now_ms, first + limit * TICK_MS), TICK_MS)
    prices = call.world.market.paths[instrument.symbol].prices(times.astype(np.float64))
    lot = number(instrument.step * 100)
    return [
        (instrument, int(time), number(instrument.nearest_tick(float(price))), lot)
        for time, price in zip(times, prices, strict=True)
    ]
