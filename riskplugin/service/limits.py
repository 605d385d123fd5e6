"""The limits that decide now: for every pair, or for a pair that people gave limits of its own.

Without ``running`` limits the policy of the start holds for good.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from riskplugin.control.limits import Holding, RunningLimits, fresh, headroom
from riskplugin.core import events as ev
from riskplugin.core.gate import Gate
from riskplugin.core.monitor import Assessment
from riskplugin.core.policy import Policy
from riskplugin.core.snapshot import EntryRequest
from riskplugin.core.state import limits_name
from riskplugin.recorder import Recorder


class LimitsInForce:
    """The gate, and what it decides by. ``text`` is the policy as text, recorded whenever it
    changed; ``futures`` is for how headroom is told.
    """

    def __init__(
        self,
        recorder: Recorder,
        policy: Policy,
        *,
        version: str,
        text: str = "",
        running: RunningLimits | None = None,
        futures: bool = False,
    ) -> None:
        self.policy, self.gate, self.version = policy, Gate(policy), version
        self._recorder = recorder
        self._text = text
        self._running = running
        self._futures = futures
        self._holding: Holding | None = None
        self._own: dict[str, tuple[Gate, str, Policy]] = {}

    def judge_of(self, request: EntryRequest, at: datetime) -> tuple[Gate, str, Policy]:
        """What decides on an entry in this pair: gate, version and policy."""
        if self._own:
            until = None if self._holding is None else self._holding.until
            if until is not None and at >= until:
                self.due(at)
            own = self._own.get(request.pair) if type(request.pair) is str else None
            if own is not None:
                return own
        return self.gate, self.version, self.policy

    def due(self, at: datetime) -> None:
        """Let happen what happens to limits by itself by now."""
        if self._running is not None:
            self._recorder.fold(self._running.due(self._recorder.state, at))
            self.follow(at)

    def follow(self, at: datetime) -> None:
        """Let the limits that hold by now decide from here on, once that is recorded."""
        running = self._running
        if running is None or running.holding(self._recorder.state.runtime) is self._holding:
            return
        adopted = [*running.adoptions(self._recorder.state, at)]
        if adopted:
            self._recorder.record(adopted)
        self._use(running.holding(self._recorder.state.runtime))

    def _use(self, holding: Holding) -> None:
        base = holding.base
        if base.policy != self.policy:
            self.policy, self.gate = base.policy, Gate(base.policy)
        self.version = base.version
        self._own = {
            pair: (Gate(own.policy), own.version, own.policy) for pair, own in holding.pairs.items()
        }
        self._holding = holding

    def used(self, pair: str, at: datetime) -> None:
        """An entry in ``pair`` was sent: an override may be for one only."""
        if self._running is not None:
            self._recorder.fold(self._running.used(self._recorder.state, pair, at))
            self.follow(at)

    def taken_up(self, at: datetime) -> list[ev.Event]:
        """What the file that the bot starts with means for the limits that hold."""
        if self._running is None:
            return [*self._adopted(at)]
        foreseen, events = replace(self._recorder.state), list[ev.Event]()
        for step in (self._running.taken_up(foreseen, at), self._running.due(foreseen, at)):
            for event in step:
                foreseen.observe(event)
                events.append(event)
        self._use(self._running.holding(foreseen.runtime))
        return [*events, *self._running.adoptions(foreseen, at)]

    def told(self, assessment: Assessment, at: datetime) -> dict[str, Any]:
        """Which limits hold, and what they leave for an entry now."""
        request = fresh(assessment.account, self.policy, at, futures=self._futures)
        told: dict[str, Any] = {"headroom": headroom(self.gate, assessment.account, request)}
        if self._running is not None:
            told["limits"] = self._running.told(self._recorder.state)
        return told

    def _adopted(self, at: datetime) -> list[ev.LimitsAdopted]:
        """The limits, if others held when the bot ran last."""
        most = self.policy.max_positions
        if not self._text or self._recorder.state.limits == limits_name(self.version, most):
            return []
        return [
            ev.LimitsAdopted(at=at, version=self.version, section=self._text, max_positions=most)
        ]
