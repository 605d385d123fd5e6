"""What was seen of an account over time, marked to market, and what follows from that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

#: How old the market can be, in a bot's eyes, when its order arrives: a slow loop.
_LOOP = timedelta(seconds=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An account at a moment. ``exposure`` is the notional of its positions at the mark."""

    at: datetime
    equity: float
    exposure: float = 0.0
    leverage: float = 0.0
    positions: int = 0
    prices: Mapping[str, float] = field(default_factory=dict)


@dataclass
class Tape:
    """Samples of one account, in the order of time."""

    samples: list[Sample] = field(default_factory=list)

    def add(self, sample: Sample) -> None:
        """Keep a sample."""
        self.samples.append(sample)

    @property
    def max_drawdown(self) -> float:
        """The deepest fall from the highest equity before it, as a ratio."""
        peak = worst = 0.0
        for sample in self.samples:
            peak = max(peak, sample.equity)
            worst = max(worst, 1 - sample.equity / peak if peak > 0 else 0.0)
        return worst

    @property
    def max_exposure(self) -> float:
        """The largest notional / equity; positions on no equity count as infinite."""
        return max((_ratio(s.exposure, s.equity) for s in self.samples), default=0.0)

    @property
    def max_leverage(self) -> float:
        """The highest leverage of a position."""
        return max((s.leverage for s in self.samples), default=0.0)

    def around(self, at: datetime) -> list[Sample]:
        """What a bot may have seen when its order arrived ``at``: the last samples before it."""
        before = [s for s in self.samples if s.at <= at]
        lately = [s for s in before if at - s.at <= _LOOP]
        return lately or before[-1:] or self.samples[:1]

    def equity(self, at: datetime) -> float:
        """The equity that a bot may have reckoned with."""
        return max((s.equity for s in self.around(at)), default=0.0)

    def price(self, symbol: str, at: datetime) -> float:
        """The market's price that a bot may have reckoned with, 0 when none is known."""
        return min((s.prices[symbol] for s in self.around(at) if symbol in s.prices), default=0.0)


def sample_of_account(account: Mapping[str, Any], state: Mapping[str, Any], at: datetime) -> Sample:
    """From the exchange's answers."""
    futures = account["futures"]
    held = futures["positions"].values()
    return Sample(
        at=at,
        equity=float(futures["equity"]),
        exposure=sum(abs(float(p["notional"])) for p in held),
        leverage=max((float(p["leverage"]) for p in held), default=0.0),
        positions=len(held),
        prices={symbol: float(quote["last"]) for symbol, quote in state["prices"].items()},
    )


def sample_of_status(told: Mapping[str, Any]) -> Sample:
    """From what a dry-run bot says of itself: no exchange knows its account."""
    held = told["positions"]
    return Sample(
        at=datetime.fromisoformat(told["at"]),
        equity=told["equity"],
        exposure=sum(p["notional"] for p in held),
        leverage=max((p["leverage"] for p in held), default=0.0),
        positions=len(held),
    )


def _ratio(part: float, whole: float) -> float:
    if part == 0:
        return 0.0
    return part / whole if whole > 0 else float("inf")
