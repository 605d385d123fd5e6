"""Sees what the plugin does in one backtest: every look, every answer, every trip. Changes nothing.

It stands before the methods of one session's service, in a process that runs nothing else.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime

from riskplugin.adapter.session import RiskSession
from riskplugin.core import events as ev
from riskplugin.core.band import Prices
from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.directive import Directive
from riskplugin.core.leverage import LeverageCap
from riskplugin.core.snapshot import EntryRequest
from riskplugin.core.triggers import Severity
from riskplugin.core.verdict import Cap, Decision, Deny
from riskplugin.ledger import MemoryLedger
from riskplugin.reports.compare.run import Asked, Effects, State, Trip

#: Refusals and cuts that are kept one by one; of more, only their number.
MOST = 50_000
#: Less than this share is rounding, not a cut.
ROUNDING = 1e-9
_STATES = {
    BreakerState.CLOSED: State.CLOSED,
    BreakerState.OPEN: State.OPEN,
    BreakerState.HALF_OPEN: State.HALF_OPEN,
    BreakerState.LATCHED: State.LATCHED,
}


@dataclass
class Witness:
    """What was seen. ``at``, ``equity`` and ``states`` have one figure for each candle."""

    at: list[int] = field(default_factory=list)
    equity: list[float] = field(default_factory=list)
    states: list[int] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    trips: list[Trip] = field(default_factory=list)
    entries: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)
    observed: Counter[str] = field(default_factory=Counter)
    lowered: int = 0
    faults: int = 0
    fault: str = ""
    _now: Asked | None = None

    def attend(self, session: RiskSession) -> None:
        """Stand before the session's service."""
        service = session.service
        tick, steady = service.tick, service.steady
        decide, cap = service.decide, service.leverage_cap
        refused = session.refusals.log

        def ticked(book: Book) -> Directive:
            directive = tick(book)
            if service.last is not None:
                self._look(book.at, service.last.account.equity, service.state.breaker)
            return directive

        def stayed(prices: Prices) -> bool:
            calm = steady(prices)
            if calm:  # otherwise a whole look follows
                self._look(prices.at, prices.equity, service.state.breaker)
            return calm

        def decided(
            request: EntryRequest, book: Book, point: str, *, final: bool = True
        ) -> Decision:
            decision = decide(request, book, point, final=final)
            self._answered(request, decision, point)
            return decision

        def capped(request: EntryRequest, book: Book) -> LeverageCap:
            answer = cap(request, book)
            self.lowered += answer.value < request.leverage
            return answer

        def said(pair: str, text: str, *, rule: str | None = None) -> None:
            refused(pair, text, rule=rule)
            if rule is None:
                self._last_look(pair, text)

        vars(service).update(tick=ticked, steady=stayed, decide=decided, leverage_cap=capped)
        vars(session.refusals)["log"] = said
        service.subscribers.append(self._heard)
        ledger = service._ledger
        if isinstance(ledger, MemoryLedger):  # it would keep every record to the end
            vars(ledger)["_keep"] = lambda _event: False

    def close(self) -> None:
        """The backtest is over."""
        self._settle()

    def effects(self) -> Effects:
        """The counts."""
        return Effects(
            entries=self.entries,
            refused=dict(self.refused),
            cut=dict(self.cut),
            observed=dict(self.observed),
            leverage_lowered=self.lowered,
            faults=self.faults,
            fault=self.fault,
        )

    # --- inside --------------------------------------------------------------------------------

    def _look(self, at: datetime, equity: float, state: BreakerState) -> None:
        self.at.append(int(at.timestamp()))
        self.equity.append(equity)
        self.states.append(_STATES[state])

    def _answered(self, request: EntryRequest, decision: Decision, point: str) -> None:
        """Follow one entry through its points: asked is what the strategy wanted at the first."""
        now, at = self._now, int(request.at.timestamp())
        same = now is not None and (now.pair, now.at) == (request.pair, at)
        if now is None or not same or point == "proposal" or now.refused:
            self._settle()
            now = Asked(
                at=at,
                pair=request.pair,
                side=request.side.value,
                kind=request.kind.value,
                asked=float(request.stake),
                given=float(request.stake),
                rule="",
                text="",
                tag=request.tag or "",
            )
        binding = decision.binding
        if isinstance(binding, Deny):
            now = replace(now, given=0.0, rule=binding.reason.rule, text=binding.reason.text)
        elif isinstance(binding, Cap) and decision.stake < now.given * (1 - ROUNDING):
            reason = binding.reason
            now = replace(now, given=float(decision.stake), rule=reason.rule, text=reason.text)
        self._now = now

    def _last_look(self, pair: str, text: str) -> None:
        """The order itself was not what had been approved."""
        if self._now is not None and self._now.pair == pair and not self._now.refused:
            self._now = replace(self._now, given=0.0, rule="last look", text=text)

    def _settle(self) -> None:
        """What has become of the latest entry stands."""
        now, self._now = self._now, None
        if now is None:
            return
        self.entries += 1
        if not now.rule:
            return
        (self.refused if now.refused else self.cut)[now.rule] += 1
        if len(self.asked) < MOST:
            self.asked.append(now)

    def _heard(self, event: ev.Event) -> None:
        match event:
            case ev.BreakerTripped():
                names = tuple(trigger.name for trigger in event.triggers)
                text = "; ".join(t.text for t in event.triggers) or "the test was not passed"
                self.trips.append(Trip(int(event.at.timestamp()), names, text))
            case ev.BreakerLatched():
                self.trips.append(Trip(int(event.at.timestamp()), (), event.reason))
            case ev.WarningRaised(trigger=trigger):
                if trigger.observed and trigger.severity is Severity.TRIP:
                    self.observed[trigger.name] += 1
            case ev.FaultRecorded():
                self.faults += 1
                self.fault = f"{event.source}: {event.text}"
