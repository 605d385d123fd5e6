"""Where guards stand, and that they stand there still: the list is made once, looked at often."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from riskplugin.adapter.guards import venue
from riskplugin.adapter.guards.base import Guard
from riskplugin.adapter.guards.loop import LoopGuard
from riskplugin.adapter.guards.order import OrderGuard
from riskplugin.adapter.guards.stake import StakeGuard
from riskplugin.adapter.unmoved import Unmoved

if TYPE_CHECKING:
    from freqtrade.strategy.interface import IStrategy

    from riskplugin.adapter.session import RiskSession


def post(strategy: IStrategy, session: RiskSession) -> bool:
    """Put the guards where they belong; True when all stood there already."""
    standing = session.standing
    if not standing.posts:
        owners: dict[int, tuple[Any, dict[str, Any]]] = {}
        for owner, name, guard in _posts(strategy, session):
            owners.setdefault(id(owner), (owner, {}))[1][name] = guard
        session.standing.posts = [
            (owner, names, Unmoved(names)) for owner, names in owners.values()
        ]
    return session.standing.stand()


def _posts(strategy: IStrategy, session: RiskSession) -> Iterator[tuple[Any, str, Guard]]:
    wallets, exchange = session.wallets, session.exchange
    known = wallets.__dict__.get("validate_stake_amount")
    ours = type(known) is StakeGuard and known.strategy is strategy  # woke up from a pickle
    yield wallets, "validate_stake_amount", known if ours else StakeGuard(wallets, strategy)
    if session.live:
        yield exchange, "create_order", OrderGuard(exchange, strategy)
        yield exchange, "reload_markets", LoopGuard(exchange, "reload_markets", strategy)
        yield from venue.posts(exchange, strategy, dry_run=not session.real)
