"""Which session guards which strategy instance. Outside the instance: no pickle, no strategy
reaches it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import ref

from freqtrade.enums import TRADE_MODES, RunMode
from freqtrade.exceptions import OperationalException

from riskplugin.adapter.botconfig import run_mode_of
from riskplugin.adapter.session import GUARDED, RiskSession

if TYPE_CHECKING:
    from freqtrade.strategy.interface import IStrategy
    from freqtrade.wallets import Wallets

#: What this process guards besides bots.
_OTHERS = set(GUARDED).difference(TRADE_MODES)


def leave_backtests() -> None:
    """From here on this process guards no backtest (riskplugin compare). Bots are guarded still."""
    _OTHERS.clear()


#: By identity: a strategy may say what it likes about equality. A session ends with its strategy.
_SESSIONS: dict[int, tuple[ref[IStrategy], RiskSession]] = {}


def start_session(strategy: IStrategy, wallets: Wallets) -> RiskSession | None:
    """A new session for ``strategy``; None in run modes that are not guarded.

    An old session stays in place until the new one is ready. A running bot keeps the wallet it
    was started with: whoever hands it another one later is refused.
    """
    mode = _run_mode(strategy)
    if mode not in TRADE_MODES and mode not in _OTHERS:
        return None
    old = _known(strategy)
    if old is not None and old.live and old.wallets is not wallets:
        raise OperationalException("riskplugin: a running bot does not change its wallet")
    try:
        session = RiskSession(strategy, wallets)
    except Exception:
        _go_on()
        raise
    if old is not None:
        old.service.close()
    number = id(strategy)
    if session.live:
        _end_earlier(session, wallets)
    _SESSIONS[number] = (ref(strategy, partial(_forget, _SESSIONS, number)), session)
    return session


def _go_on() -> None:
    """The sessions that were to be replaced stay, and deliver their alerts again."""
    for session in _sessions():
        if session.live and session.service.alerts is not None:
            session.service.alerts.resume()


def _forget(sessions: dict[int, Any], number: int, _gone: Any) -> None:
    """Given the dictionary, because modules are empty when the interpreter goes down."""
    sessions.pop(number, None)


def session_of(strategy: IStrategy) -> RiskSession | None:
    """The session of ``strategy``; made anew where a pickled strategy woke up without one.

    Never a live one: the bot itself starts that, and a mere copy of its strategy shares it.
    """
    session = _known(strategy)
    if session is not None or strategy.wallets is None:
        return session
    if _run_mode(strategy) in TRADE_MODES:
        return next((s for s in _sessions() if s.live and s.config is strategy.config), None)
    return start_session(strategy, strategy.wallets)


def _end_earlier(session: RiskSession, wallets: Wallets) -> None:
    """A bot that was reloaded has a new strategy and a new wallet; its old session is over."""
    for number, (_, other) in list(_SESSIONS.items()):
        if other.live and other.bot == session.bot and other.wallets is not wallets:
            other.service.close()
            del _SESSIONS[number]


def _known(strategy: IStrategy) -> RiskSession | None:
    found = _SESSIONS.get(id(strategy))
    return found[1] if found is not None and found[0]() is strategy else None


def _run_mode(strategy: IStrategy) -> RunMode:
    return run_mode_of(strategy.config)


def _sessions() -> list[RiskSession]:
    return [session for _, session in list(_SESSIONS.values())]


def session_for(config: Any) -> RiskSession | None:
    """The session that guards the bot, or the backtest under way, to which ``config`` belongs.

    For parts of freqtrade that know no strategy, such as protections: live, they get the very dict
    that the strategy has. In a backtest it may be a copy (--strategy-list); there the session that
    owns the run is meant, which it does from its first candle on.
    """
    for session in _sessions():
        if session.config is config if session.live else session.owns_run():
            return session
    return None


def may_be_guarded(config: Any) -> bool:
    """False when :func:`session_for` cannot answer a session for ``config``, now or later."""
    return any(not s.live or s.config is config for s in _sessions())
