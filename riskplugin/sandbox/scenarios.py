"""Named market scenarios as data: stretches of time with a drift and a volatility.

A log-return is that of an instrument with beta 1 (bitcoin); the others move by their own beta.
Times are scenario seconds: a speed of 60 plays an hour of scenario in a minute of wall clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

_MINUTE = 60.0
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """`seconds` of scenario time in which the price moves by `log_return`, straight plus noise.

    `vol` multiplies the calm market's noise and spread.
    """

    name: str
    seconds: float
    log_return: float
    vol: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named sequence of stretches; calm at speed 1 follows the last one."""

    name: str
    summary: str
    stretches: tuple[Stretch, ...] = ()

    @property
    def seconds(self) -> float:
        """Length in scenario time."""
        return sum(stretch.seconds for stretch in self.stretches)


def _stretch(name: str, seconds: float, before: float, after: float, vol: float) -> Stretch:
    return Stretch(name, seconds, log(after / before), vol)


# After the hourly candles of BTC/USDT on Binance, 12 March 2020 00:00 to 13 March 12:00 UTC, in US
# dollars; the low of the 13th, 3 782, fell into the hour after 02:00.
_CRASH = Scenario(
    "crash-2020-03-12",
    "12 March 2020: 7 934 to 3 800 in 26 hours, most of it in two blows; then half-way back",
    (
        _stretch("slide", 10.0 * _HOUR, 7934, 7355, 1.5),
        _stretch("first blow", 0.9 * _HOUR, 7355, 6015, 4.0),
        _stretch("dazed", 12.1 * _HOUR, 6015, 5800, 3.0),
        _stretch("second blow", 1.0 * _HOUR, 5800, 4800, 4.0),
        _stretch("free fall", 2.25 * _HOUR, 4800, 3800, 4.0),
        _stretch("rebound", 0.75 * _HOUR, 3800, 4850, 4.0),
        _stretch("recovery", 9.0 * _HOUR, 4850, 5400, 3.0),
    ),
)
_FLASH = Scenario(
    "flash-crash",
    "a quarter of the price gone in three minutes, most of it back a quarter of an hour later",
    (
        _stretch("fall", 3 * _MINUTE, 100, 75, 4.0),
        _stretch("bottom", 2 * _MINUTE, 75, 76, 4.0),
        _stretch("recovery", 12 * _MINUTE, 76, 95, 2.5),
    ),
)
_BLEED = Scenario(
    "slow-bleed",
    "a fifth of the price lost in two days without one bad hour",
    (_stretch("bleed", 48 * _HOUR, 100, 80, 0.7),),
)
_SPIKE = Scenario(
    "spike-and-recovery",
    "up by 15 % in ten minutes, held for five, given back in twenty",
    (
        _stretch("spike", 10 * _MINUTE, 100, 115, 3.0),
        _stretch("top", 5 * _MINUTE, 115, 114, 3.0),
        _stretch("recovery", 20 * _MINUTE, 114, 101, 2.0),
    ),
)
_CALM = Scenario("calm", "no drift, two to four percent a day of noise")

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario for scenario in (_CALM, _CRASH, _FLASH, _BLEED, _SPIKE)
}


def find_scenario(name: str) -> Scenario:
    """The scenario of this name. Raises ValueError naming those that exist."""
    if name not in SCENARIOS:
        raise ValueError(f"no scenario {name!r}; there are {', '.join(SCENARIOS)}")
    return SCENARIOS[name]
