"""What the checks rest on: order log, ledger, the marked account, and the limits.

The order log is the exchange's; what was approved and when the breaker moved is the ledger's; sizes
and caps are worked out anew from the configuration (limits.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from riskplugin.cli.demo.orderlog import Order
from riskplugin.cli.demo.tape import Tape
from riskplugin.core import events as ev
from riskplugin.core.policy import Policy
from riskplugin.core.verdict import Decision

FOREVER = datetime.max.replace(tzinfo=UTC)
#: The log's times are whole milliseconds, rounded down.
_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From ``begin`` (inclusive) to ``end`` (exclusive) something was so."""

    begin: datetime
    end: datetime
    what: str

    def holds(self, at: datetime) -> bool:
        """Whether it was so at that moment."""
        return self.begin <= at < self.end


@dataclass(frozen=True, slots=True)
class Approval:
    """The records of one order: written before it left, and the decision that let it pass."""

    sent: ev.OrderSent
    decision: Decision | None


@dataclass(frozen=True)
class Evidence:
    """Everything about one guarded account. ``slots`` is the bot's own max_open_trades."""

    orders: Sequence[Order]
    events: Sequence[ev.Event]
    tape: Tape
    policy: Policy
    slots: int

    @cached_property
    def entries(self) -> list[Order]:
        """Every entry order that reached the exchange, refused ones included."""
        return [order for order in self.orders if order.entry]

    @cached_property
    def breaker(self) -> list[Span]:
        """The states of the breaker other than closed."""
        return _spans(self.events, _BREAKER)

    @cached_property
    def emergencies(self) -> list[Span]:
        """When emergency mode was on."""
        return _spans(self.events, _EMERGENCY)

    @cached_property
    def approvals(self) -> dict[str, Approval]:
        """The records of each entry by the exchange's id of the order."""
        return _approvals(self.events)

    def state(self, at: datetime) -> str:
        """The breaker's state at a moment."""
        return next((span.what for span in self.breaker if span.holds(at + _TICK)), "closed")

    def emergency(self, at: datetime) -> bool:
        """Whether emergency mode was on."""
        return any(span.holds(at + _TICK) for span in self.emergencies)

    def spans(self, *states: str) -> list[Span]:
        """The times that the breaker spent in these states."""
        return [span for span in self.breaker if span.what in states]

    def halted(self, until: datetime) -> float:
        """Seconds in which no entry was to pass."""
        spent = [min(s.end, until) - s.begin for s in self.spans("open", "latched")]
        return sum(max(time.total_seconds(), 0.0) for time in spent)


_BREAKER: dict[type[ev.Event], str] = {
    ev.BreakerTripped: "open",
    ev.BreakerHalfOpened: "half-open",
    ev.BreakerReclosed: "",
    ev.BreakerLatched: "latched",
}
_EMERGENCY: dict[type[ev.Event], str] = {ev.EmergencyEntered: "emergency", ev.EmergencyLeft: ""}


def symbol_of(pair: str) -> str:
    """The exchange's name: BTCUSDT of BTC/USDT:USDT."""
    return pair.split(":", maxsplit=1)[0].replace("/", "")


def _spans(events: Sequence[ev.Event], names: dict[type[ev.Event], str]) -> list[Span]:
    changes = [(event.at, names[type(event)]) for event in events if type(event) in names]
    ends = [at for at, _ in changes[1:]] + [FOREVER]
    return [Span(at, end, what) for (at, what), end in zip(changes, ends, strict=False) if what]


def _approvals(events: Sequence[ev.Event]) -> dict[str, Approval]:
    allowed: dict[str, Decision] = {}
    sent: dict[str, Approval] = {}
    known: dict[str, Approval] = {}
    for event in events:
        if isinstance(event, ev.EntryDecided) and event.decision.allowed:
            allowed[event.decision.request.pair] = event.decision
        elif isinstance(event, ev.OrderSent) and not event.reduces:
            sent[event.intent] = Approval(event, allowed.pop(event.pair, None))
        elif isinstance(event, ev.OrderAnswered) and event.intent in sent and event.order_id:
            known[event.order_id] = sent[event.intent]
    return known
