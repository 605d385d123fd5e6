"""The book as the adapter found it in one look: positions, working entries, balance. No limits
here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from riskplugin.core.levels import Side
from riskplugin.core.made import made_quickly
from riskplugin.core.snapshot import Position, WorkingEntry
from riskplugin.core.sums import Sums, sums_of
from riskplugin.core.units import Quote, Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedTrade:
    """A trade that ended since the last look.

    ``profit`` is net of ``fees`` (paid) and ``funding`` (received); None where these are not known.
    """

    trade_id: int
    pair: str
    side: Side
    profit: Quote
    opened_at: datetime
    exit_reason: str
    tag: str = ""
    stake: Quote | None = None
    leverage: float | None = None
    fees: Quote | None = None
    funding: Quote | None = None


@made_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the bot holds and knows at ``at``.

    ``wallet`` is the equity that the wallet shows (balance plus open positions at their marks),
    None when no usable balance is known. ``result`` is what the bot's records say was earned since
    they began: realised plus unrealised, net of fees and funding. Equity from the records is
    capital + result; the two are compared at every look (CB-11). ``untrusted`` is the adapter's own
    reason to doubt its prices or balance. ``unknown`` names holdings at the exchange that no trade
    explains (or the reverse). ``closed_result`` is the part of ``result`` from closed trades, None
    where the records cannot be edited (a backtest). ``bound`` is what working entries may have
    taken out of a spot wallet since the records were brought up to date.
    """

    at: datetime
    wallet: Quote | None
    result: Quote
    positions: tuple[Position, ...] = ()
    working: tuple[WorkingEntry, ...] = ()
    closed: tuple[ClosedTrade, ...] = ()
    price_age: timedelta = timedelta(0)
    volatility: Ratio | None = None
    untrusted: str | None = None
    unknown: str | None = None
    closed_result: Quote | None = None
    bound: Quote = Quote(0.0)
    settling: bool = False
    """The wallet is older than the latest fill: its difference to the records says nothing yet."""
    _sums: Sums | None = field(init=False, default=None, repr=False, compare=False)

    @property
    def sums(self) -> Sums:
        """What positions and working entries add up to: reckoned once for a look, however many
        questions follow.

        Raises ValueError as :func:`~riskplugin.core.sums.sums_of` does.
        """
        known = self._sums
        if known is None:
            known = sums_of(self.positions, self.working)
            object.__setattr__(self, "_sums", known)
        return known
