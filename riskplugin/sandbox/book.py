"""An order book around a quote: levels and sizes, made up but reproducible. Pure."""

from __future__ import annotations

import numpy as np

from riskplugin.sandbox.instruments import Instrument
from riskplugin.sandbox.market import Quote
from riskplugin.sandbox.noise import unit_uniform
from riskplugin.sandbox.wire import number

_TOP_NOTIONAL = 20_000.0
_SPACING = 0.00004

Level = list[str]


def depth(
    instrument: Instrument, quote: Quote, levels: int, seed: int
) -> tuple[list[Level], list[Level]]:
    """Bids and asks, best first, as `[price, quantity]`; the book deepens away from the price."""
    gap = instrument.ceil_tick(float(quote.last) * _SPACING)
    sizes = _sizes(instrument, quote, levels, seed)
    bids = [
        [number(quote.bid - gap * i), sizes[i]] for i in range(levels) if quote.bid - gap * i > 0
    ]
    asks = [[number(quote.ask + gap * i), sizes[-1 - i]] for i in range(levels)]
    return bids, asks


def _sizes(instrument: Instrument, quote: Quote, levels: int, seed: int) -> list[str]:
    """Quantities of `levels` bids, then of as many asks in reverse."""
    luck = 0.3 + 1.4 * unit_uniform(seed + int(quote.last / instrument.tick), np.arange(2 * levels))
    rank = np.minimum(np.arange(2 * levels), np.arange(2 * levels)[::-1])
    amounts = _TOP_NOTIONAL / float(quote.last) * luck * (1.0 + 0.15 * rank)
    step = float(instrument.step)
    places = max(0, -int(instrument.step.normalize().as_tuple().exponent))
    return [f"{max(step, round(amount / step) * step):.{places}f}" for amount in amounts]
