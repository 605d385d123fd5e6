"""The markets on offer: assets, price levels, steps, and how strongly each follows the market.

Pure data. The same instrument is offered on spot and as a USDT-margined perpetual. Steps are small
enough for a position of a few USDT. Tick × step is a multiple of 0.0001 in all of them: then every
fee, profit and funding payment has at most eight decimals, which is what freqtrade rounds to, and
its database agrees with the wallets here to the last digit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from math import log10
from typing import Literal

MarketKind = Literal["spot", "futures"]


@dataclass(frozen=True, slots=True)
class Instrument:
    """One market against USDT.

    `beta` scales a scenario's log-return, `daily_vol` is the standard deviation of a calm day's
    log-return, `daily_volume` is in base currency. `step` is that of the perpetual.
    """

    base: str
    price: float
    tick: Decimal
    step: Decimal
    beta: float
    daily_vol: float
    daily_volume: float
    min_notional: Decimal = Decimal(5)
    quote: str = "USDT"

    @property
    def symbol(self) -> str:
        """Binance's name, `BTCUSDT`."""
        return self.base + self.quote

    @property
    def pair(self) -> str:
        """The spot name in ccxt, `BTC/USDT`."""
        return f"{self.base}/{self.quote}"

    def nearest_tick(self, price: float | Decimal) -> Decimal:
        """The price rounded to the closest tick."""
        return self._to_tick(price, ROUND_HALF_EVEN)

    def floor_tick(self, price: float | Decimal) -> Decimal:
        """The price rounded down to a tick."""
        return self._to_tick(price, ROUND_FLOOR)

    def ceil_tick(self, price: float | Decimal) -> Decimal:
        """The price rounded up to a tick."""
        return self._to_tick(price, ROUND_CEILING)

    def step_of(self, kind: MarketKind) -> Decimal:
        """The quantity step: a tenth on spot, where the fee is taken from what was bought."""
        return self.step / 10 if kind == "spot" else self.step

    def floor_step(self, quantity: Decimal, kind: MarketKind) -> Decimal:
        """The quantity rounded towards zero to a step."""
        step = self.step_of(kind)
        return (quantity / step).to_integral_value(ROUND_DOWN) * step

    def at_price(self, price: float) -> Instrument:
        """This instrument at another price level: finer ticks and coarser steps if much cheaper."""
        shift = max(0, round(log10(self.price / price)))
        factor = Decimal(10) ** shift
        return replace(self, price=price, tick=self.tick / factor, step=self.step * factor)

    def _to_tick(self, price: float | Decimal, rounding: str) -> Decimal:
        ticks = (Decimal(price) / self.tick).to_integral_value(rounding)
        return max(ticks, Decimal(1)) * self.tick


# base, price, tick, step, beta, daily volatility, daily volume
_TABLE = (
    ("BTC", 65000.0, "1", "0.0001", 1.0, 0.022, 25_000),
    ("ETH", 3200.0, "0.1", "0.001", 1.10, 0.028, 400_000),
    ("SOL", 150.0, "0.01", "0.01", 1.25, 0.036, 4_000_000),
    ("BNB", 580.0, "0.01", "0.01", 1.15, 0.025, 600_000),
    ("XRP", 0.6200, "0.0001", "1", 1.00, 0.030, 300_000_000),
    ("ADA", 0.4500, "0.0001", "1", 1.10, 0.032, 200_000_000),
    ("LINK", 14.0, "0.001", "0.1", 1.25, 0.034, 12_000_000),
    ("LTC", 75.0, "0.01", "0.01", 1.00, 0.028, 2_000_000),
    ("DOGE", 0.13000, "0.00001", "10", 0.90, 0.036, 1_500_000_000),
)
DEFAULT_INSTRUMENTS = tuple(
    Instrument(base, price, Decimal(tick), Decimal(step), beta, vol, volume)
    for base, price, tick, step, beta, vol, volume in _TABLE
)


def select(names: Iterable[str]) -> tuple[Instrument, ...]:
    """The default instruments of these pairs (`BTC/USDT`, `BTC/USDT:USDT` or `BTC`), in order.

    Raises ValueError for a name that is not among the defaults.
    """
    by_base = {instrument.base: instrument for instrument in DEFAULT_INSTRUMENTS}
    bases = dict.fromkeys(name.split("/")[0] for name in names)
    if unknown := [base for base in bases if base not in by_base]:
        raise ValueError(f"not on offer: {', '.join(unknown)}; there are {', '.join(by_base)}")
    return tuple(by_base[base] for base in bases)


@dataclass(frozen=True, slots=True)
class Bracket:
    """One leverage tier: up to `cap` notional; maintenance margin is `ratio` × notional − `cum`."""

    number: int
    leverage: int
    floor: Decimal
    cap: Decimal
    ratio: Decimal
    cum: Decimal


def _brackets(rows: Iterable[tuple[int, int, str]]) -> tuple[Bracket, ...]:
    """Tiers that join continuously: cum grows by floor × (ratio − previous ratio)."""
    tiers: list[Bracket] = []
    floor = cum = last = Decimal(0)
    for number, (leverage, cap, text) in enumerate(rows, start=1):
        ratio = Decimal(text)
        cum += floor * (ratio - last)
        tiers.append(Bracket(number, leverage, floor, Decimal(cap), ratio, cum))
        floor, last = Decimal(cap), ratio
    return tuple(tiers)


BRACKETS: tuple[Bracket, ...] = _brackets(
    [
        (75, 10_000, "0.005"),
        (50, 100_000, "0.0065"),
        (40, 500_000, "0.01"),
        (25, 1_000_000, "0.02"),
        (20, 5_000_000, "0.025"),
        (10, 20_000_000, "0.05"),
        (5, 50_000_000, "0.1"),
        (2, 200_000_000, "0.25"),
        (1, 500_000_000, "0.5"),
    ]
)
MAX_LEVERAGE = BRACKETS[0].leverage


def bracket_for(notional: Decimal) -> Bracket:
    """The tier that a position of this notional falls into (the last one beyond all caps)."""
    return next((tier for tier in BRACKETS if notional <= tier.cap), BRACKETS[-1])


def max_notional(leverage: int) -> Decimal:
    """The largest notional that may be held with this leverage."""
    return max(tier.cap for tier in BRACKETS if tier.leverage >= leverage)
