"""What the adapter has to do to the book now. The same answer for the same state and account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import RiskLevel
from riskplugin.core.policy import Policy
from riskplugin.core.snapshot import AccountSnapshot, Position
from riskplugin.core.state import RiskState
from riskplugin.core.units import Ratio

_NOTHING: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """Orders to the adapter.

    ``halted``: no entry passes, working entries are cancelled. ``close``: trade ids to be closed at
    market, each with its reason. ``close_all``: everything, whatever it is. ``stop`` is the
    distance in price at which positions are stopped, None when the plugin's stop only observes.
    """

    halted: bool = False
    close_all: str | None = None
    close: Mapping[int, str] = field(default_factory=lambda: _NOTHING)
    stop: Ratio | None = None


def direct(state: RiskState, account: AccountSnapshot, policy: Policy) -> Directive:
    """The directive that follows from state and account."""
    stop = policy.emergency.stop if state.emergency else policy.stop
    return Directive(
        halted=state.breaker in (BreakerState.OPEN, BreakerState.LATCHED) or state.flattening,
        close_all="risk_close_all" if state.flattening else None,
        close=_to_close(state, account, policy) if account.positions else _NOTHING,
        stop=stop if policy.enforced("stop") else None,
    )


def _to_close(state: RiskState, account: AccountSnapshot, policy: Policy) -> Mapping[int, str]:
    """Positions outside the hard leverage cap and, in an emergency, its limits (EM-1, LV-2)."""
    close: dict[int, str] = {}
    cap = policy.leverage.max[RiskLevel.MINIMAL]
    if policy.enforced("leverage") and account.max_leverage > cap:
        close |= _ids((p for p in account.positions if p.leverage > cap), "risk_leverage")
    if state.emergency and policy.enforced("emergency"):
        close |= _ids(_outside_emergency(state, account, policy), "risk_emergency")
    return close


def _ids(positions: Iterable[Position], reason: str) -> dict[int, str]:
    return {p.trade_id: reason for p in positions if p.trade_id is not None}


def _outside_emergency(
    state: RiskState, account: AccountSnapshot, policy: Policy
) -> list[Position]:
    """Too much leverage, too large when the emergency began, then the worst ones beyond the
    count.
    """
    limits = policy.emergency
    largest = account.equity * limits.max_position
    outside: list[Position] = []
    inside: list[Position] = []
    for position in account.positions:
        older = _opened_before(position, state)
        wrong = position.leverage > limits.max_leverage or (older and position.stake > largest)
        (outside if wrong else inside).append(position)
    inside.sort(key=lambda p: p.unrealised, reverse=True)
    return outside + inside[limits.max_positions :]


def _opened_before(position: Position, state: RiskState) -> bool:
    """Entries made during the emergency were sized by its limits: a falling account is no
    breach.
    """
    since = state.emergency_since
    return position.opened_at is None or since is None or position.opened_at < since
