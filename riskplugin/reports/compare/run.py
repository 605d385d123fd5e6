"""One backtest as plain records: trades with their fills, equity at each candle, what was asked.

Moments are whole seconds since 1970 in UTC, money is in stake currency, amounts in base currency.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.int64]
Figures = NDArray[np.float64]
States = NDArray[np.int8]


class State(IntEnum):
    """The breaker at one candle."""

    CLOSED = 0
    OPEN = 1
    HALF_OPEN = 2
    LATCHED = 3


#: States in which no entry passes.
HALTED = (State.OPEN, State.LATCHED)


@dataclass(frozen=True, slots=True)
class Fill:
    """A filled order, placed at ``ordered``. ``funding`` came in (> 0) or was paid since the fill
    before.
    """

    at: int
    ordered: int
    entry: bool
    amount: float
    price: float
    funding: float = 0.0


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade from its first fill to its end; ``profit`` is freqtrade's, fees and funding in it."""

    pair: str
    side: str
    leverage: float
    opened: int
    closed: int
    profit: float
    fee_open: float
    fee_close: float
    fills: tuple[Fill, ...]
    tag: str = ""
    reason: str = ""

    @property
    def sign(self) -> int:
        """+1 for long, -1 for short."""
        return -1 if self.side == "short" else 1

    def stake_of(self, fill: Fill) -> float:
        """The margin that one fill bound."""
        return fill.amount * fill.price / (self.leverage or 1.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """An entry that was refused (``given`` is 0) or cut: margin asked for and given, and why."""

    at: int
    pair: str
    side: str
    kind: str
    asked: float
    given: float
    rule: str
    text: str
    tag: str = ""

    @property
    def refused(self) -> bool:
        """Nothing of it passed."""
        return self.given <= 0


@dataclass(frozen=True, slots=True)
class Trip:
    """The breaker opened, by the limits ``names``; ``text`` says it with the figures."""

    at: int
    names: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the backtest was run on; the same for all that are compared."""

    strategy: str
    currency: str
    balance: float
    timeframe: str
    candle: int
    pairs: tuple[str, ...]
    futures: bool
    fee: float
    begin: int
    end: int
    freqtrade: str
    riskplugin: str


@dataclass(frozen=True, slots=True)
class Effects:
    """What the limits did in a run, counted by their names.

    ``refused`` and ``cut`` count entries, also those that are too many to be kept one by one.
    ``observed`` counts what would have tripped. ``stops`` are trades that ended at the plugin's
    stop, ``closings`` those that it closed by order.
    """

    entries: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    observed: dict[str, int] = field(default_factory=dict)
    leverage_lowered: int = 0
    stops: int = 0
    closings: dict[str, int] = field(default_factory=dict)
    faults: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What the backtest itself took: seconds, and memory at its highest."""

    seconds: float = 0.0
    memory_mb: float = 0.0


@dataclass(frozen=True)
class Run:
    """One backtest. ``equity`` is marked at each of ``times``, before what happens then.

    ``own`` is the equity that the plugin itself reckoned and ``states`` its breaker; both are
    empty for a run without the plugin. ``limits`` is the version of the limits, "" without.
    """

    name: str
    guarded: bool
    limits: str
    settings: dict[str, Any]
    facts: Facts
    trades: tuple[Trade, ...]
    times: Seconds
    equity: Figures
    own: Figures
    states: States
    asked: tuple[Asked, ...] = ()
    trips: tuple[Trip, ...] = ()
    effects: Effects = Effects()
    cost: Cost = Cost()
    was_guarded: bool = False
    """A run without the plugin, of a strategy that has its base class by itself."""
