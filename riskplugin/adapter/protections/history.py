"""The curve of realised results: what had been earned when, read on as trades close (PF-2)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta

from freqtrade.persistence import LocalTrade, Trade

from riskplugin.adapter import internals
from riskplugin.core.stats.drawdown import SlidingDrawdown

#: Several trades may close at the same moment: those of the last one are asked for again.
_OVERLAP = timedelta(seconds=1)


class ClosedProfits:
    """Running total of closed profits in stake currency, beginning with 0."""

    def __init__(self) -> None:
        self._dates: list[datetime] = []
        self._totals: list[float] = []
        self._ids: set[int] = set()
        self._peak = 0.0
        self._period = SlidingDrawdown()
        self._since: datetime | None = None

    @property
    def total(self) -> float:
        """All profits."""
        return self._totals[-1] if self._totals else 0.0

    def before(self, moment: datetime) -> float:
        """The total of all trades that closed before ``moment``."""
        i = bisect_left(self._dates, moment)
        return self._totals[i - 1] if i else 0.0

    def highest(self, since: datetime | None) -> float:
        """The highest total at or after ``since``, or ever."""
        if since is None:
            return self._peak
        self._move_on(since)
        period = self._period.whole
        return self.total - period.total + period.high

    def update(self) -> None:
        """Read the trades that closed meanwhile; anew when the records were changed behind us."""
        if not self._take(self._new()) or not self._agrees():
            self._dates, self._totals, self._ids, self._peak = [], [], set(), 0.0
            self._since = None
            self._take(self._new())

    def _new(self) -> list[LocalTrade]:
        since = self._dates[-1] - _OVERLAP if self._dates else None
        found: Sequence[LocalTrade] = Trade.get_trades_proxy(is_open=False, close_date=since)
        return sorted((t for t in found if t.id not in self._ids), key=lambda t: t.close_date_utc)

    def _take(self, trades: Sequence[LocalTrade]) -> bool:
        """False when one of them closed before those that are known."""
        for trade in trades:
            if self._dates and trade.close_date_utc < self._dates[-1]:
                return False
            self._ids.add(trade.id)
            self._dates.append(trade.close_date_utc)
            profit = float(trade.close_profit_abs or 0.0)
            self._totals.append(self.total + profit)
            self._period.add(trade.close_date_utc, profit)
            self._peak = max(self._peak, self.total)
        return True

    def _move_on(self, since: datetime) -> None:
        """Forget what closed before ``since``; anew when that lies before what was asked last."""
        if self._since is None or since < self._since:
            self._period = SlidingDrawdown()
            begin = bisect_left(self._dates, since)
            earned = self._totals[begin - 1] if begin else 0.0
            for date, total in zip(self._dates[begin:], self._totals[begin:], strict=True):
                self._period.add(date, total - earned)
                earned = total
        else:
            self._period.forget_before(since)
        self._since = since

    def _agrees(self) -> bool:
        known = internals.closed_profit(live=bool(Trade.use_db))
        return abs(known - self.total) <= 1e-6 * max(1.0, abs(known))
