"""Books and a driver for tests of the monitor: one look after the other, time moves by the
minute."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from riskplugin.core.book import Book, ClosedTrade
from riskplugin.core.events import Event
from riskplugin.core.levels import Side
from riskplugin.core.monitor import Assessment, assess
from riskplugin.core.policy import Policy
from riskplugin.core.snapshot import Position
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote, Ratio

START = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def position(
    trade_id: int = 1,
    notional: float = 100.0,
    opened_at: datetime = START,
    leverage: float = 1.0,
    unrealised: float = 0.0,
    pair: str | None = None,
) -> Position:
    """A long position marked at 100."""
    return Position(
        pair=pair or f"P{trade_id}/USDT",
        side=Side.LONG,
        amount=notional / 100.0,
        entry_price=100.0,
        mark_price=100.0,
        stake=Quote(notional / leverage),
        leverage=leverage,
        unrealised=Quote(unrealised),
        trade_id=trade_id,
        opened_at=opened_at,
    )


def closed(trade_id: int, profit: float, opened_at: datetime) -> ClosedTrade:
    """A trade that ended with ``profit``."""
    return ClosedTrade(
        trade_id=trade_id,
        pair=f"P{trade_id}/USDT",
        side=Side.LONG,
        profit=Quote(profit),
        opened_at=opened_at,
        exit_reason="roi",
    )


@dataclass
class Account:
    """A wallet whose records agree with it unless told otherwise; each look is a minute later."""

    policy: Policy = field(default_factory=Policy)
    state: RiskState = field(default_factory=RiskState)
    at: datetime = START
    result: float = 0.0
    capital: float = 1000.0
    events: list[Event] = field(default_factory=list)

    def look(
        self,
        equity: float | None = None,
        *positions: Position,
        wait: timedelta = MINUTE,
        ended: tuple[ClosedTrade, ...] = (),
        wallet: float | None = None,
        no_balance: bool = False,
        unknown: str | None = None,
        untrusted: str | None = None,
        price_age: timedelta = timedelta(0),
        volatility: float | None = None,
        fault: str | None = None,
        settling: bool = False,
    ) -> Assessment:
        """Let ``wait`` pass and look: by default records and wallet show the same ``equity``."""
        self.at += wait
        if equity is not None:
            self.result = equity - self.capital
        shown = self.capital + self.result if wallet is None else wallet
        book = Book(
            at=self.at,
            wallet=None if no_balance else Quote(shown),
            result=Quote(self.result),
            positions=positions,
            closed=ended,
            price_age=price_age,
            volatility=None if volatility is None else Ratio(volatility),
            untrusted=untrusted,
            unknown=unknown,
            settling=settling,
        )
        assessment = assess(self.state, book, self.policy, fault=fault)
        self.events += assessment.events
        return assessment

    def kinds(self) -> list[str]:
        """Names of all events so far."""
        return [type(event).__name__ for event in self.events]
