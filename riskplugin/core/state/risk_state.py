"""The risk state: events folded over time. ``observe`` changes it, everything else only reads.

Live events and a replay after a restart go through the same ``observe``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from riskplugin.core import events as ev
from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import OnTrip
from riskplugin.core.limits import RuntimeLimits
from riskplugin.core.units import Quote, Ratio

#: How many of the latest order answers count for the share of rejected orders.
ANSWERS = 20
#: Commands that are remembered as carried out, until the ledger has them marked.
HANDLED = 50
#: Moments from which something is counted.
SINCE = ("half_open_since", "probed_at", "distrust_since", "emergency_since", "flatten_since")
#: Accepted orders that are remembered until their fill; cancelled ones leave when others come.
AWAITED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """An order that the exchange accepted, until it is filled. ``booked``: the bot knows of it."""

    order_id: str
    sent: ev.OrderSent
    booked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """A command from the ledger that was carried out, by its number."""

    control: int
    outcome: str


@dataclass(slots=True, kw_only=True)
class RiskState:
    """All that must survive a restart (CB-7).

    ``capital`` is None until the first balance was seen. ``wallet_gap`` is the accepted
    difference between wallet and book (fees, funding, dust). ``trips`` counts openings since the
    breaker was last closed; it escalates the cooldown. ``records`` is the sum of closed trades as
    known here, ``began`` when a bot first ran with this state, ``handled`` the latest commands
    that were carried out, ``limits`` names the limits that were adopted last, ``software`` the
    riskplugin that folds. ``runtime`` is what people changed of the limits, ``clock`` the latest
    moment that was told while an override holds.
    """

    breaker: BreakerState = BreakerState.CLOSED
    open_until: datetime | None = None
    trips: int = 0
    tripped_by: tuple[str, ...] = ()
    action: OnTrip = OnTrip.HALT
    latched_by: str | None = None
    half_open_since: datetime | None = None
    half_open_equity: Quote | None = None
    probed_at: datetime | None = None
    wins: int = 0
    losses: int = 0
    capital: Quote | None = None
    wallet_gap: Quote = Quote(0.0)
    distrust: str | None = None
    distrust_since: datetime | None = None
    distrust_gap: Quote | None = None
    peak_equity: Quote | None = None
    day_equity: Quote | None = None
    day_until: datetime | None = None
    week_equity: Quote | None = None
    week_until: datetime | None = None
    emergency: bool = False
    emergency_by: str | None = None
    emergency_since: datetime | None = None
    flattening: bool = False
    flatten_by: str | None = None
    flatten_since: datetime | None = None
    flatten_ids: tuple[int, ...] = ()
    flatten_outcomes: tuple[ev.FlattenOutcome, ...] = ()
    flatten_orders: int = 0
    losing_streak: int = 0
    consecutive_errors: int = 0
    last_fault: str | None = None
    answers: tuple[bool, ...] = ()
    warnings: tuple[str, ...] = ()
    unresolved: tuple[ev.OrderSent, ...] = ()
    pending: tuple[ev.OrderSent, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    checked: tuple[str, ...] = ()
    mismatch: str | None = None
    records: Quote | None = None
    began: datetime | None = None
    handled: tuple[Handled, ...] = ()
    policy_version: str | None = None
    limits: str | None = None
    software: str | None = None
    alerts: AlertBook = AlertBook()
    runtime: RuntimeLimits = RuntimeLimits()
    clock: datetime | None = None
    ended: datetime | None = None

    @property
    def rejected_ratio(self) -> Ratio:
        """Share of the latest order answers that were refusals; 0 below five answers."""
        if len(self.answers) < 5:
            return Ratio(0.0)
        return Ratio(sum(self.answers) / len(self.answers))

    def observe(self, event: ev.Event) -> None:
        """Fold one event in. Events that carry no state are ignored.

        Raises IllegalTransition when the breaker cannot take the event's signal.
        """
        fold = FOLDS.get(type(event))
        if fold is not None:
            fold(self, event)
        if self.runtime.overrides and (self.clock is None or event.at > self.clock):
            self.clock = event.at


def limits_name(version: str, max_positions: int | None) -> str:
    """The name of a set of limits: its version, and what the bot added to it."""
    return version if max_positions is None else f"{version}+{max_positions}"


#: What each kind of event does to the state; the modules beside this one fill it.
FOLDS: dict[type[ev.Event], Callable[[RiskState, Any], None]] = {}

E = TypeVar("E", bound=ev.Event)
Fold = Callable[[RiskState, E], None]


def on(kind: type[E]) -> Callable[[Fold[E]], Fold[E]]:
    """The function below folds events of ``kind``."""

    def register(fold: Fold[E]) -> Fold[E]:
        FOLDS[kind] = fold
        return fold

    return register
