"""The market: one price path per instrument, all driven by the same scenario.

Prices change once a tick (a second by default) and at once when somebody steers them. Everything
is a function of the seed, the start and the list of steering commands; the time is an argument.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from riskplugin.sandbox.instruments import Instrument
from riskplugin.sandbox.noise import FractalNoise
from riskplugin.sandbox.path import (
    CorrelatedNoise,
    PricePath,
    Segment,
    Source,
    jump_log_factor,
)
from riskplugin.sandbox.scenarios import Scenario

MINUTE_MS = 60_000
TICK_MS = 1000
HALF_SPREAD = 0.00005
CORRELATION = 0.75
_MAX_SPREAD_FACTOR = 10.0


@dataclass(frozen=True, slots=True)
class Quote:
    """Best bid and ask and the last price (also the mark price), on the tick grid."""

    bid: Decimal
    ask: Decimal
    last: Decimal


@dataclass(frozen=True, slots=True)
class Playing:
    """The scenario under way and when it began."""

    scenario: Scenario
    speed: float
    start_ms: int


class Market:
    """All instruments and their price paths.

    `start_ms` is when wall-clock history ends and the live market begins; it is taken down to the
    minute. `sources` replaces the noise of an instrument, by a recording for example; `speed` is
    scenario seconds per second outside scenarios.
    """

    def __init__(
        self,
        instruments: Sequence[Instrument],
        seed: int,
        start_ms: int,
        *,
        speed: float = 1.0,
        sources: Mapping[str, Source] | None = None,
    ) -> None:
        self.instruments = {instrument.symbol: instrument for instrument in instruments}
        self.seed = seed
        self.origin_ms = start_ms // MINUTE_MS * MINUTE_MS
        self._speed = speed
        common = FractalNoise(seed)
        self.paths = {
            instrument.symbol: self._path(instrument, common, number, sources or {})
            for number, instrument in enumerate(instruments, start=1)
        }
        self.playing: Playing | None = None
        self._held: dict[str, list[Segment]] = {}
        self._quotes: dict[str, tuple[int, Quote]] = {}

    def quote(self, symbol: str, now_ms: int) -> Quote:
        """Best bid, best ask and last price at this time."""
        moment = self.tick_at(symbol, now_ms)
        cached = self._quotes.get(symbol)
        if cached is None or cached[0] != moment:
            cached = (moment, self._quote(symbol, moment))
            self._quotes[symbol] = cached
        return cached[1]

    def tick_at(self, symbol: str, now_ms: int) -> int:
        """The moment of the last price change: the tick, or a later steering command."""
        tick = now_ms // TICK_MS * TICK_MS
        return max(tick, self.paths[symbol].segment_at(now_ms).start_ms)

    def play(self, scenario: Scenario, speed: float, start_ms: int) -> None:
        """Start a scenario; calm follows it. Raises ValueError for speed <= 0."""
        if not speed > 0.0:
            raise ValueError("the speed must be above 0")
        self._held.clear()
        self.playing = Playing(scenario, speed, start_ms)
        for symbol, path in self.paths.items():
            beta = self.instruments[symbol].beta
            path.replace_from(_segments(scenario, beta, speed, start_ms, self._speed))
        self._quotes.clear()

    def jump(self, symbol: str, factor: float, now_ms: int) -> None:
        """Multiply one instrument's price by a factor, at once and for good."""
        log_factor = jump_log_factor(factor)
        self.paths[symbol].jump(now_ms, log_factor)
        self._quotes.clear()

    def hold(self, now_ms: int) -> None:
        """Freeze all prices. Harmless when frozen already."""
        if not self._held:
            self._held = {symbol: path.hold(now_ms) for symbol, path in self.paths.items()}
            self._quotes.clear()

    def resume(self, now_ms: int) -> None:
        """Let frozen prices go on where they stopped. Harmless when not frozen."""
        for symbol, planned in self._held.items():
            self.paths[symbol].resume(now_ms, planned)
        self._held.clear()
        self._quotes.clear()

    @property
    def held(self) -> bool:
        """Whether prices are frozen."""
        return bool(self._held)

    def phase(self, now_ms: int) -> str:
        """The name of the stretch under way, `calm` outside scenarios, `hold` when frozen."""
        return next(iter(self.paths.values())).segment_at(now_ms).phase

    def _quote(self, symbol: str, moment: int) -> Quote:
        instrument, path = self.instruments[symbol], self.paths[symbol]
        price = path.price(moment)
        factor = min(max(path.segment_at(moment).vol, 1.0), _MAX_SPREAD_FACTOR)
        half = price * HALF_SPREAD * factor
        bid, ask = instrument.floor_tick(price - half), instrument.ceil_tick(price + half)
        if ask == bid:
            ask += instrument.tick
        return Quote(bid, ask, instrument.nearest_tick(price))

    def _path(
        self, instrument: Instrument, common: Source, number: int, sources: Mapping[str, Source]
    ) -> PricePath:
        seed = self.seed + 7919 * number
        own = CorrelatedNoise(common, seed, instrument.daily_vol, CORRELATION)
        source = sources.get(instrument.symbol, own)
        return PricePath(source, instrument.price, Segment(self.origin_ms, speed=self._speed))


def _segments(
    scenario: Scenario, beta: float, speed: float, start_ms: int, after_speed: float
) -> list[Segment]:
    """The stretches as wall-clock segments of one instrument, then calm."""
    segments: list[Segment] = []
    at_ms = float(start_ms)
    for stretch in scenario.stretches:
        drift = beta * stretch.log_return * speed / stretch.seconds
        segments.append(Segment(round(at_ms), speed, drift, stretch.vol, phase=stretch.name))
        at_ms += stretch.seconds / speed * 1000.0
    return [*segments, Segment(round(at_ms), speed=after_speed)]
