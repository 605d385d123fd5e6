"""What an order that is marked as reducing can reduce, by the trades and by the exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskplugin.adapter import internals
from riskplugin.calm import calm_logger

if TYPE_CHECKING:
    from riskplugin.adapter.session import RiskSession

logger = calm_logger(__name__)


def reducible(session: RiskSession, pair: str, side: str) -> float | None:
    """How much of ``pair`` an order of that side can reduce; None where that is not known.

    Trades and exchange each may be behind: the larger of the two counts.
    """
    try:
        held = [
            t.amount
            for t in internals.open_trades(live=True)
            if t.pair == pair and t.exit_side == side
        ]
        position = internals.exchange_positions(session.wallets).get(pair)
        if position is not None and (position.side == "short") == (side == "buy"):
            held.append(abs(float(position.position)))
    except Exception:
        logger.exception("riskplugin: what is held of %s is not known", pair)
        return None
    return max(held, default=0.0)


def leverage_of(session: RiskSession, pair: str) -> float:
    """The leverage of the open trade in ``pair``, 0 without one."""
    trades = internals.open_trades(live=True)
    return max((float(t.leverage or 1.0) for t in trades if t.pair == pair), default=0.0)


def closes(session: RiskSession, pair: str) -> bool:
    """The position in ``pair`` is ordered closed."""
    trades = internals.open_trades(live=True)
    return any(session.closing(t.id) is not None for t in trades if t.pair == pair)


def not_reducing(session: RiskSession, pair: str, side: str) -> str | None:
    """Why an order that is marked as reducing reduces nothing, None when it does."""
    if not session.futures or reducible(session, pair, side) != 0:
        return None
    return nothing_to_reduce(pair, side)


def nothing_to_reduce(pair: str, side: str) -> str:
    """The sentence for an order that is marked as reducing while nothing is held."""
    return f"{side} {pair} is marked as reducing, but there is nothing that it would reduce"
