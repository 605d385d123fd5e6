"""The entry under way as the core sees it: prices, fee, maintenance and what is stale beside what
was proposed.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from riskplugin.adapter.prices import known_price, market_price
from riskplugin.adapter.underway import Proposal
from riskplugin.calm import calm_logger
from riskplugin.core.snapshot import EntryRequest
from riskplugin.core.units import Quote, Ratio, is_number

if TYPE_CHECKING:
    from riskplugin.adapter.session import RiskSession

logger = calm_logger(__name__)


def request_of(
    session: RiskSession,
    proposal: Proposal,
    *,
    stake: float,
    at: datetime,
    min_stake: float | None = None,
    exchange_max_leverage: float | None = None,
    stoploss: Any = None,
) -> EntryRequest:
    """The core's view of the entry under way."""
    return EntryRequest(
        at=at,
        pair=proposal.pair,
        side=proposal.side,
        stake=Quote(stake),
        price=proposal.price,
        market_price=market_price(session, proposal, at),
        leverage=proposal.leverage,
        kind=proposal.kind,
        min_stake=None if min_stake is None else Quote(min_stake),
        stoploss=Ratio(abs(stoploss)) if is_number(stoploss) and stoploss else None,
        can_liquidate=session.futures,
        exchange_max_leverage=exchange_max_leverage,
        maintenance_ratio=_maintenance(session, proposal, stake),
        volatility=session.marks.volatility(proposal.pair, at),
        fee=Ratio(_fee(session, proposal.pair)),
        tag=proposal.tag,
        stale=_stale(session, proposal.pair, at),
    )


def usual_stake(session: RiskSession) -> float:
    """A stake to reckon with before the real one is known: the leverage's brackets need one."""
    last = session.service.last if session.live else None  # a backtest's may be older than a candle
    equity = (session.look(session.now()).wallet or 0.0) if last is None else last.account.equity
    return max(equity * max(session.policy.sizing.base.values()), 1.0)


def _maintenance(session: RiskSession, proposal: Proposal, stake: float) -> Ratio:
    if not session.futures:
        return Ratio(0.0)
    notional = _within_size(session, stake) * proposal.leverage
    if not (is_number(notional) and notional > 0):
        return Ratio(0.005)
    try:
        ratio, _ = session.exchange.get_maintenance_ratio_and_amt(proposal.pair, notional)
    except Exception:
        logger.debug("no maintenance ratio for %s", proposal.pair, exc_info=True)
        return Ratio(0.05)
    return Ratio(ratio)


def _within_size(session: RiskSession, stake: float) -> float:
    """What can become of ``stake``: who asks for too much gets the bracket of what is left."""
    if not session.policy.enforced("size"):
        return stake
    return min(stake, usual_stake(session))


def _fee(session: RiskSession, pair: str) -> float:
    configured = session.config.get("fee")
    if is_number(configured):
        return float(configured)
    fee = session.exchange.markets.get(pair, {}).get("taker")
    return float(fee) if is_number(fee) else 0.001


def _stale(session: RiskSession, pair: str, at: datetime) -> str | None:
    """Without the market's price an order cannot be valued: a forced one names any it likes."""
    if pair in session.unanalysed:
        return f"the strategy's analysis of the newest candle of {pair} failed"
    if session.live and known_price(session, pair, at) is None:
        return f"no market price of {pair} is known"
    order = session.service.unresolved(pair)
    if order is None:
        return None
    return f"an earlier order on {pair} has an unknown fate since {order.at:%H:%M:%S} UTC"
