"""L2: stands on ``wallets.validate_stake_amount`` and sees every entry, increase, forced entry and
replacement. It answers 0 and never raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskplugin.adapter import internals
from riskplugin.adapter.entry_request import request_of
from riskplugin.adapter.guards.base import Guard
from riskplugin.adapter.session import RiskSession
from riskplugin.adapter.trades import side_of
from riskplugin.adapter.underway import Proposal
from riskplugin.calm import calm_logger
from riskplugin.core.levels import EntryKind
from riskplugin.core.units import is_number

if TYPE_CHECKING:
    from freqtrade.persistence import LocalTrade
    from freqtrade.strategy.interface import IStrategy
    from freqtrade.wallets import Wallets

logger = calm_logger(__name__)

_STAKE_ARGS = ("pair", "stake_amount", "min_stake_amount", "max_stake_amount", "trade_amount")


class StakeGuard(Guard):
    """L2: what freqtrade is about to stake, after its own raising and clamping."""

    wallets: Wallets

    def __init__(self, wallets: Wallets, strategy: IStrategy) -> None:
        super().__init__(strategy, wallets=wallets)

    def __call__(self, *args: Any, **kwargs: Any) -> float:
        kwargs = {**dict(zip(_STAKE_ARGS, args, strict=False)), **kwargs}
        session = self.session()
        if session is None or not session.owns_run():
            return float(type(self.wallets).validate_stake_amount(self.wallets, **kwargs))
        try:
            if not is_number(kwargs.get("stake_amount")):
                return 0.0
            session.settle(session.now())
            stake = type(self.wallets).validate_stake_amount(self.wallets, **kwargs)
            return _limited(session, kwargs, stake)
        except Exception as error:
            logger.exception("riskplugin: the stake of %s cannot be judged", kwargs.get("pair"))
            session.fault("validate_stake_amount", error)
            return 0.0


def _limited(session: RiskSession, kwargs: dict[str, Any], stake: Any) -> float:
    """The stake that the limits leave of ``stake``, 0 when none."""
    if not (is_number(stake) and stake > 0):
        return 0.0
    thread = session.thread
    if thread.refusal is not None:
        session.refusals.log(kwargs["pair"], thread.refusal)
        return 0.0
    proposal = _proposal(session, kwargs["pair"])
    if proposal is None:
        session.fault("validate_stake_amount", f"an entry on {kwargs['pair']} came past every hook")
        return 0.0
    request = request_of(
        session,
        proposal,
        stake=float(stake),
        at=session.now(),
        min_stake=kwargs.get("min_stake_amount"),
        exchange_max_leverage=proposal.exchange_max_leverage,
        stoploss=session.stoploss,
    )
    decision = session.service.decide(request, session.look(request.at), "stake")
    if not decision.allowed:
        session.refusals.log_decision(decision)
        return 0.0
    allowed = min(float(stake), decision.stake)
    proposal.approved_notional = allowed * proposal.leverage * request.price_factor
    proposal.entries_before = session.entries_sent
    thread.proposal = proposal
    return allowed


def _proposal(session: RiskSession, pair: str) -> Proposal | None:
    """What the hooks learnt of this entry; without them, what the trade says."""
    known = session.thread.proposal
    if known is not None and known.pair == pair:
        return known
    trade = _open_trade(session, pair)
    if trade is None:
        return None
    mark = session.marks.mark(pair, session.now())
    return Proposal(
        pair=pair,
        side=side_of(trade),
        leverage=trade.leverage or 1.0,
        price=mark.price if mark is not None else trade.open_rate,
        kind=EntryKind.INCREASE,
    )


def _open_trade(session: RiskSession, pair: str) -> LocalTrade | None:
    return next((t for t in internals.open_trades(live=session.live) if t.pair == pair), None)
