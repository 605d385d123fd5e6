"""L2 and L3: the last looks, on the bot's own objects, that no strategy callback can go around.

``install`` puts them in place, ``post`` sees in every loop that they still stand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from riskplugin.adapter.botconfig import read_config
from riskplugin.adapter.doors import open_doors
from riskplugin.adapter.guards.base import RiskDenied
from riskplugin.adapter.guards.lastlook import last_look
from riskplugin.adapter.guards.order import OrderGuard
from riskplugin.adapter.guards.posts import post
from riskplugin.adapter.guards.stake import StakeGuard
from riskplugin.adapter.registry import start_session

if TYPE_CHECKING:
    from freqtrade.strategy.interface import IStrategy
    from freqtrade.wallets import Wallets

    from riskplugin.adapter.sealing import Seals

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
    """Refuse a wrong section "risk" as early as freqtrade makes the strategy.

    The doors for people are opened here, too: freqtrade starts its own before the session is there.
    """
    read_config(config)
    open_doors(config)


def install(strategy: IStrategy, wallets: Wallets, seals: Callable[[], Seals]) -> None:
    """Stand guard on the bot's objects. Raises OperationalException when that cannot be done.

    ``seals`` makes what watches over the hooks of a running bot's strategy.
    """
    session = start_session(strategy, wallets)
    if session is None:
        return
    if session.live:
        session.standing.seals = seals()
    post(strategy, session)
