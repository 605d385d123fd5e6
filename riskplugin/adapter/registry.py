"""Which session guards which strategy instance. Outside the instance: no pickle, no strategy reaches it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from freqtrade.enums import RunMode

from riskplugin.adapter.session import GUARDED, RiskSession

if TYPE_CHECKING:
    from freqtrade.strategy.interface import IStrategy
    from freqtrade.wallets import Wallets

_SESSIONS: WeakKeyDictionary[IStrategy, RiskSession] = WeakKeyDictionary()


def start_session(strategy: IStrategy, wallets: Wallets) -> RiskSession | None:
    """A new session for ``strategy``; None in run modes that are not guarded."""
    if RunMode(strategy.config.get("runmode", RunMode.OTHER)) not in GUARDED:
        return None
    old = _SESSIONS.pop(strategy, None)
    if old is not None:
        old.service.close()
    session = RiskSession(strategy, wallets)
    _SESSIONS[strategy] = session
    return session


def session_of(strategy: IStrategy) -> RiskSession | None:
    """The session of ``strategy``; made anew where a pickled strategy woke up without one."""
    session = _SESSIONS.get(strategy)
    if session is None and strategy.wallets is not None:
        session = start_session(strategy, strategy.wallets)
    return session
