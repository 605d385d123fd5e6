"""L2 and L3: the last looks, on the bot's own objects, that no strategy callback can go around.

``install`` puts them in place, ``post`` sees in every loop that they still stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskplugin.adapter.guards import venue
from riskplugin.adapter.guards.base import RiskDenied
from riskplugin.adapter.guards.lastlook import last_look
from riskplugin.adapter.guards.order import OrderGuard
from riskplugin.adapter.guards.seals import unshadow
from riskplugin.adapter.guards.stake import StakeGuard
from riskplugin.adapter.registry import start_session
from riskplugin.adapter.session import RiskSession, read_config

if TYPE_CHECKING:
    from freqtrade.strategy.interface import IStrategy
    from freqtrade.wallets import Wallets

__all__ = [
    "OrderGuard",
    "RiskDenied",
    "StakeGuard",
    "check_config",
    "install",
    "last_look",
    "post",
]


def check_config(config: Any) -> None:
    """Refuse a wrong section "risk" as early as freqtrade makes the strategy."""
    read_config(config)


def install(strategy: IStrategy, wallets: Wallets) -> None:
    """Stand guard on the bot's objects. Raises OperationalException when that cannot be done."""
    session = start_session(strategy, wallets)
    if session is None:
        return
    post(strategy, session)


def post(strategy: IStrategy, session: RiskSession) -> bool:
    """Put the guards where they belong; True when they stood there already."""
    held = not unshadow(strategy)
    wallets, exchange = session.wallets, session.exchange
    if not _holds(wallets, "validate_stake_amount", StakeGuard, strategy):
        wallets.validate_stake_amount = StakeGuard(wallets, strategy)
        held = False
    if not session.live:
        return held
    if not _holds(exchange, "create_order", OrderGuard, strategy):
        exchange.create_order = OrderGuard(exchange, strategy)
        held = False
    return venue.stand(exchange, strategy, dry_run=not session.real) and held


def _holds(owner: Any, name: str, kind: type, strategy: IStrategy) -> bool:
    guard = owner.__dict__.get(name)
    return type(guard) is kind and getattr(guard, "strategy", None) is strategy
