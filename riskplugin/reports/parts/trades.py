"""What was earned by what: closed trades by pair, side, tag, level and exit reason; what the
equity changed by besides.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from riskplugin.core import events as ev
from riskplugin.reports.parts.decisions import MOST, OTHERS, Answer

UNKNOWN = "(not known)"

#: Allowed entries that are remembered per pair, to find the level that a trade began at.
_REMEMBERED = 64
#: A trade may be dated a little before its order was decided on: freqtrade asks for the time first.
_SLACK = timedelta(seconds=5)


@dataclass
class Earned:
    """What some trades earned. ``fees`` were paid, ``funding`` received; both are in ``profit``
    already, and known for ``told`` of the trades.
    """

    trades: int = 0
    wins: int = 0
    profit: float = 0.0
    fees: float = 0.0
    funding: float = 0.0
    told: int = 0
    best: float | None = None
    worst: float | None = None

    def add(self, trade: ev.TradeClosed, profit: float) -> None:
        """Count a trade."""
        self.trades += 1
        self.wins += profit > 0
        self.profit += profit
        self.best = profit if self.best is None else max(self.best, profit)
        self.worst = profit if self.worst is None else min(self.worst, profit)
        fees, funding = finite(trade.fees), finite(trade.funding)
        if fees is not None and funding is not None:
            self.told += 1
            self.fees += fees
            self.funding += funding


@dataclass
class Entries:
    """The level and tag that entries were allowed with, by pair."""

    allowed: dict[str, deque[tuple[datetime, str]]] = field(default_factory=dict)

    def add(self, answer: Answer) -> None:
        """Remember an allowed entry."""
        if answer.outcome != "refused" and answer.entry == "open":
            if answer.pair not in self.allowed and len(self.allowed) >= MOST * 10:
                return
            kept = self.allowed.setdefault(answer.pair, deque(maxlen=_REMEMBERED))
            kept.append((answer.at, answer.level))

    def level(self, pair: str, opened_at: datetime) -> str:
        """The level at which the trade of ``pair`` that was opened then was allowed."""
        for at, level in reversed(self.allowed.get(pair, ())):
            if at <= opened_at + _SLACK:
                return level
        return UNKNOWN


BY = ("pair", "side", "tag", "level", "exit_reason")


@dataclass
class Trades:
    """All trades that were closed in a period, by each of BY."""

    all: Earned = field(default_factory=Earned)
    by: dict[str, dict[str, Earned]] = field(
        default_factory=lambda: {name: defaultdict(Earned) for name in BY}
    )
    odd: int = 0

    def add(self, trade: ev.TradeClosed, level: str) -> None:
        """Count a trade; one whose result is no number is only counted as odd."""
        profit = finite(trade.profit)
        if profit is None:
            self.odd += 1
            return
        self.all.add(trade, profit)
        names = (trade.pair, trade.side, trade.tag, level, trade.exit_reason)
        for by, name in zip(BY, names, strict=True):
            table, text = self.by[by], str(name)[:200] or "(none)"
            table[text if text in table or len(table) < MOST else OTHERS].add(trade, profit)


@dataclass(frozen=True)
class Contribution:
    """Where a change of equity came from. The parts sum up to ``result``; ``rest`` is unexplained.

    ``result`` is the change without money that came in or went out. ``open`` is what open
    positions gained or lost on paper, ``differences`` what the wallet had more than the records.
    """

    result: float
    closed: float
    open: float
    differences: float
    rest: float


def contribution(
    result: float, trades: Trades, unrealised: tuple[float, float], differences: float
) -> Contribution:
    """The parts of ``result``."""
    open_ = unrealised[1] - unrealised[0]
    rest = result - trades.all.profit - open_ - differences
    return Contribution(result, trades.all.profit, open_, differences, rest)


def finite(value: object) -> float | None:
    """A figure that can be summed, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        figure = float(value)
    except OverflowError:
        return None
    return figure if math.isfinite(figure) else None
