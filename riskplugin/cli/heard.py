"""The lines that a rehearsal tells, put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from riskplugin.cli.findings.observed import Call, Denied, Observed

#: No more of what a strategy tries is listed.
MOST = 20


@dataclass(frozen=True)
class Rehearsed:
    """What the strategy's class says (empty when it could not be loaded), what freqtrade says to
    the configuration, what its exchange can do, and what the strategy did.
    """

    facts: dict[str, Any]
    refused: str
    stops: tuple[bool, tuple[str, ...]]
    seen: Observed


@dataclass
class Heard:
    """What the child has told so far."""

    calls: list[Call] = field(default_factory=list)
    denied: list[Denied] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    refused: str = ""
    stops: tuple[bool, tuple[str, ...]] = (True, ())
    at: str = "strategy"
    ready: bool = False
    finished: bool = False
    left_out: str = ""
    messages: int = 0

    def take(self, said: Mapping[str, Any]) -> None:
        """One line."""
        match said:
            case {"call": dict(told)}:
                given = {**told.get("given", {}), **told.pop("more", {})}
                self.calls.append(Call(**{**told, "given": given}))
            case {"denied": dict(told)} if len(self.denied) < MOST:
                self.denied.append(Denied(**told))
            case {"begin": str(hook)}:
                self.at = hook
            case {"facts": dict(told), "refused": str(why)}:
                self.facts, self.refused = told, why
            case {"stops": [bool(able), list(types)]}:
                self.stops = (able, tuple(types))
            case {"ready": True}:
                self.ready = True
            case {"left_out": str(why)}:
                self.left_out = why
            case {"messages": int(number)}:
                self.messages = number
            case {"finished": True}:
                self.finished = True

    def rehearsed(self, stuck: str, died: str, limit: float, printed: int) -> Rehearsed:
        """All of it."""
        seen = Observed(
            ran=True,
            calls=tuple(self.calls),
            denied=tuple(self.denied),
            stuck=stuck,
            limit=limit,
            died=died,
            at=self.at,
            printed=printed,
            left_out=self.left_out,
        )
        facts = self.facts | ({"sends_messages": True} if self.facts and self.messages else {})
        return Rehearsed(facts, self.refused, self.stops, seen)
