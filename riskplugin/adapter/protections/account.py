"""What a protection can see of the account: all of it with RiskMixin, else what was realised.

Without a session there are no prices: an open position counts at its entry price, and what it has
lost since is not seen until it closes. Every reason says so ("realised equity").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from freqtrade.persistence import LocalTrade, Trade

from riskplugin.adapter import internals
from riskplugin.adapter.registry import session_for
from riskplugin.core.breaker import BreakerState
from riskplugin.core.monitor import account_of
from riskplugin.core.policy import DayPolicy
from riskplugin.core.snapshot import AccountSnapshot
from riskplugin.core.state import RiskState
from riskplugin.core.units import is_number


@dataclass(frozen=True, slots=True)
class Guarded:
    """The account marked to market as the exit that has just filled left it, and its state."""

    account: AccountSnapshot
    state: RiskState
    day: DayPolicy

    @property
    def judged_elsewhere(self) -> bool:
        """Untrusted figures move no limit (CB-11); a half-open test has its own budget (CB-6)."""
        return self.account.untrusted is not None or self.state.breaker is BreakerState.HALF_OPEN

    @property
    def realised(self) -> float:
        """Equity with open positions at their entry price."""
        return self.account.equity - sum(p.unrealised for p in self.account.positions)


def guarded(config: Any, at: datetime) -> Guarded | None:
    """The account of the session to which ``config`` belongs; None without RiskMixin."""
    session = session_for(config)
    if session is None:
        return None
    state, policy = session.service.state, session.policy
    account, _ = account_of(state, session.look(at), policy)
    return Guarded(account, state, policy.day)


def realised_equity(config: Any, starting_balance: float) -> float:
    """Capital and realised results, as far as freqtrade counts them in ``starting_balance``.

    Live, freqtrade's starting balance holds the results of partial exits already, unless
    available_capital sets it; in a backtest it is what the run began with.
    Raises ValueError when that is no usable number.
    """
    if not is_number(starting_balance):
        raise ValueError(f"the starting balance is {starting_balance!r}, not a number")
    live = bool(Trade.use_db)
    equity = starting_balance + internals.closed_profit(live=live)
    if not live or "available_capital" in config:
        equity += sum(t.realized_profit or 0.0 for t in internals.open_trades(live=live))
    return equity


def exposure_at_entry() -> float:
    """Gross notional of open positions at their entry prices, and of working entry orders."""
    return sum(_notional(trade) for trade in internals.open_trades(live=bool(Trade.use_db)))


def _notional(trade: LocalTrade) -> float:
    working = sum(
        float(order.safe_amount) * float(order.safe_price)
        for order in trade.open_orders
        if order.ft_order_side == trade.entry_side
    )
    return float(trade.amount * trade.open_rate) + working


def fall(reference: float | None, equity: float) -> float:
    """Fall from ``reference`` as a ratio of it, >= 0; 1 where it stands on nothing."""
    if reference is None or equity >= reference:
        return 0.0
    return (reference - equity) / reference if reference > 0 else 1.0
