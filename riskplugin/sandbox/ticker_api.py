"""Tickers of spot and futures. On futures only the book ticker tells bid and ask, with the time."""

from __future__ import annotations

from riskplugin.sandbox.book import depth
from riskplugin.sandbox.call import Call
from riskplugin.sandbox.candles import opening
from riskplugin.sandbox.instruments import Instrument
from riskplugin.sandbox.routes import Routes
from riskplugin.sandbox.wire import Json, number

api = Routes()
_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000


@api.add("GET", "/api/v3/ticker/price", "/fapi/v1/ticker/price", "/fapi/v2/ticker/price")
def ticker_price(call: Call) -> object:
    """Last prices."""
    return _one_or_all(call, [_price(call, instrument) for instrument in call.instruments()])


@api.add("GET", "/api/v3/ticker/bookTicker", "/fapi/v1/ticker/bookTicker")
def book_ticker(call: Call) -> object:
    """Best bids and asks."""
    return _one_or_all(call, [_best(call, instrument) for instrument in call.instruments()])


@api.add("GET", "/api/v3/ticker/24hr", "/fapi/v1/ticker/24hr")
def ticker_day(call: Call) -> object:
    """Statistics of the last day."""
    return _one_or_all(call, [_day(call, instrument) for instrument in call.instruments()])


def _one_or_all(call: Call, answers: list[Json]) -> object:
    return answers[0] if call.text("symbol") else answers


def _price(call: Call, instrument: Instrument) -> Json:
    last = call.world.market.quote(instrument.symbol, call.now_ms).last
    answer: Json = {"symbol": instrument.symbol, "price": number(last)}
    return answer if call.on_spot else {**answer, "time": call.now_ms}


def _best(call: Call, instrument: Instrument) -> Json:
    quote = call.world.market.quote(instrument.symbol, call.now_ms)
    bids, asks = depth(instrument, quote, 1, call.world.market.seed)
    answer: Json = {
        "symbol": instrument.symbol,
        "bidPrice": bids[0][0],
        "bidQty": bids[0][1],
        "askPrice": asks[0][0],
        "askQty": asks[0][1],
    }
    return answer if call.on_spot else {**answer, "time": call.now_ms}


def _day(call: Call, instrument: Instrument) -> Json:
    begin = opening(call.now_ms, _HOUR_MS) - 23 * _HOUR_MS
    candles = call.world.candles[instrument.symbol].between(begin, call.now_ms, _HOUR_MS, 24)
    quote = call.world.market.quote(instrument.symbol, call.now_ms)
    opened = instrument.nearest_tick(float(candles.open[0]))
    volume = float(candles.volume.sum())
    best = _best(call, instrument) if call.on_spot else {"symbol": instrument.symbol}
    return {
        **best,
        "priceChange": number(quote.last - opened),
        "priceChangePercent": f"{(float(quote.last / opened) - 1.0) * 100.0:.3f}",
        "weightedAvgPrice": number(quote.last),
        "prevClosePrice": number(opened),
        "lastPrice": number(quote.last),
        "lastQty": number(instrument.step),
        "openPrice": number(opened),
        "highPrice": number(instrument.nearest_tick(float(candles.high.max()))),
        "lowPrice": number(instrument.nearest_tick(float(candles.low.min()))),
        "volume": f"{volume:.3f}",
        "quoteVolume": f"{float((candles.volume * candles.close).sum()):.2f}",
        "openTime": call.now_ms - _DAY_MS,
        "closeTime": call.now_ms,
        "firstId": 1,
        "lastId": 1000,
        "count": 1000,
    }
